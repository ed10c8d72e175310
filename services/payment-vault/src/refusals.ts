/** Expected failures that several mutations share. */

/** As many are stored as can be. */
export interface TooManyStored {
  readonly kind: 'too_many_stored';
  readonly limit: number;
}

/** Stripe could not be asked, or did not answer in time. */
export interface ProviderUnavailable {
  readonly kind: 'provider_unavailable';
  readonly retryAfterMs: number;
}

export const providerUnavailable: ProviderUnavailable = { kind: 'provider_unavailable', retryAfterMs: 1_000 };

/** Too much or too often within an hour; nothing was sent to Stripe. */
export interface Limited {
  readonly kind: 'limited';
  readonly retryAfterMs: number;
}

/** There is no such thing, or it is another buyer's. */
export interface NotFound {
  readonly kind: 'not_found';
  readonly id: string;
}

/** Everything about the buyer is being deleted: nothing new is taken until that is done. */
export interface DeletionRunning {
  readonly kind: 'deletion_running';
  readonly retryAfterMs: number;
}

export const deletionRunning: DeletionRunning = { kind: 'deletion_running', retryAfterMs: 5_000 };
