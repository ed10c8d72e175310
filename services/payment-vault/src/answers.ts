/** Expected failures as GraphQL types, for every resolver file. */
import { unreachable } from '@vitrine/runtime/errors';
import type { IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import type { InvalidInput } from './address.ts';
import type { ConsentOutdated } from './consent.ts';
import type {
  CardLimitError,
  ConsentTextOutdatedError,
  DeletionRunningError,
  IdempotencyKeyInFlightError,
  IdempotencyKeyReusedError,
  InvalidInputError,
  NotFoundError,
  PaymentProviderUnavailableError,
  TooManyStoredError,
} from './generated/schema.ts';
import type { DeletionRunning, Limited, NotFound, ProviderUnavailable, TooManyStored } from './refusals.ts';

export const tooManyStored = (
  { limit }: TooManyStored,
  what: string,
): { readonly __typename: 'TooManyStoredError' } & TooManyStoredError => ({
  __typename: 'TooManyStoredError',
  message: `You have ${limit} ${what}, which is as many as can be stored. Delete one first.`,
  limit,
});

export const unavailable = (
  { retryAfterMs }: ProviderUnavailable,
  next: string,
): { readonly __typename: 'PaymentProviderUnavailableError' } & PaymentProviderUnavailableError => ({
  __typename: 'PaymentProviderUnavailableError',
  message: `The payment provider did not answer. ${next}`,
  retryAfterMs,
});

export const limited = ({ retryAfterMs }: Limited): { readonly __typename: 'CardLimitError' } & CardLimitError => ({
  __typename: 'CardLimitError',
  message: 'Too many cards were tried within an hour. Try again later.',
  retryAfterMs,
});

export const notFound = ({ id }: NotFound, what: string): { readonly __typename: 'NotFoundError' } & NotFoundError => ({
  __typename: 'NotFoundError',
  message: what,
  id,
});

export const stillDeleting = ({
  retryAfterMs,
}: DeletionRunning): { readonly __typename: 'DeletionRunningError' } & DeletionRunningError => ({
  __typename: 'DeletionRunningError',
  message: 'Everything about you is being deleted as you asked. Try again when that is done.',
  retryAfterMs,
});

type Refused =
  | ({ readonly __typename: 'InvalidInputError' } & InvalidInputError)
  | ({ readonly __typename: 'IdempotencyKeyReusedError' } & IdempotencyKeyReusedError)
  | ({ readonly __typename: 'IdempotencyKeyInFlightError' } & IdempotencyKeyInFlightError);

export function refused(refusal: InvalidInput | IdempotencyRefusal): Refused {
  switch (refusal.kind) {
    case 'invalid_input':
      return { __typename: 'InvalidInputError', message: refusal.message, path: refusal.path };
    case 'idempotency_key_invalid':
      return { __typename: 'InvalidInputError', message: refusal.message, path: ['idempotencyKey'] };
    case 'idempotency_key_reused':
      return { __typename: 'IdempotencyKeyReusedError', message: refusal.message, idempotencyKey: refusal.idempotencyKey };
    case 'idempotency_key_in_flight':
      return { __typename: 'IdempotencyKeyInFlightError', message: refusal.message, retryAfterMs: refusal.retryAfterMs };
    default:
      return unreachable(refusal);
  }
}

export const consentOutdated = ({
  currentVersion,
}: ConsentOutdated): { readonly __typename: 'ConsentTextOutdatedError' } & ConsentTextOutdatedError => ({
  __typename: 'ConsentTextOutdatedError',
  message: 'The text that was agreed to has changed. Show the current one, and ask again.',
  currentVersion,
});
