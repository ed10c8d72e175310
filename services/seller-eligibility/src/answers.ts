/** Answers that the resolvers have in common. */
import { unreachable } from '@vitrine/runtime/errors';
import type { IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import type { InvalidInput } from './use-case.ts';

type CommonRefusal = InvalidInput | IdempotencyRefusal;

export function toUserError(refusal: CommonRefusal) {
  switch (refusal.kind) {
    case 'invalid_input':
      return { __typename: 'InvalidInputError', path: refusal.path, message: refusal.message } as const;
    case 'idempotency_key_invalid':
      return { __typename: 'InvalidInputError', path: ['idempotencyKey'], message: refusal.message } as const;
    case 'idempotency_key_reused':
      return { __typename: 'IdempotencyKeyReusedError', idempotencyKey: refusal.idempotencyKey, message: refusal.message } as const;
    case 'idempotency_key_in_flight':
      return { __typename: 'IdempotencyKeyInFlightError', retryAfterMs: refusal.retryAfterMs, message: refusal.message } as const;
    default:
      return unreachable(refusal);
  }
}
