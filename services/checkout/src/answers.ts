/** Answers that the resolvers have in common. */
import { unreachable } from '@vitrine/runtime/errors';
import type { IdempotencyRefusal } from '@vitrine/runtime/idempotency';

/** A state, as the schema's enums write it. */
export const inCapitals = <Text extends string>(text: Text): Uppercase<Text> => text.toUpperCase() as Uppercase<Text>;

/** A value of one of the schema's enums, as a state. */
export const inSmallLetters = <Text extends string>(text: Text): Lowercase<Text> => text.toLowerCase() as Lowercase<Text>;

/** What is wrong with an idempotency key, which every mutation answers alike. */
export function toKeyError(refusal: IdempotencyRefusal) {
  switch (refusal.kind) {
    case 'idempotency_key_invalid':
      return { __typename: 'InvalidInputError', message: refusal.message, path: ['idempotencyKey'] } as const;
    case 'idempotency_key_reused':
      return { __typename: 'IdempotencyKeyReusedError', message: refusal.message, idempotencyKey: refusal.idempotencyKey } as const;
    case 'idempotency_key_in_flight':
      return { __typename: 'IdempotencyKeyInFlightError', message: refusal.message, retryAfterMs: refusal.retryAfterMs } as const;
    default:
      return unreachable(refusal);
  }
}
