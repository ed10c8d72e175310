/**
 * With which idempotency key something is sent that Stripe does not have: the same as before while Stripe still knows it, so
 * that a call that arrives late counts as the same one; else another, once the call can have no effect any more.
 */
import { nextStripeKey, stripeKeyLifetimeMs } from './payment.ts';

export interface SentKey {
  readonly stripeKey: string;
  /** When a call with this key was first made; null when none was. */
  readonly sentAt: Date | null;
  /** When Stripe answered this key with a failure of its own, which it then does for ever. */
  readonly keySpentAt: Date | null;
}

/**
 * How long a call that Stripe answered with a failure of its own may still take effect there. Nothing is sent with another
 * key before that, and only after looking.
 */
export const lateEffectMs = 15_000;

/** To be asked after looking at Stripe. */
export function keyToSend({ stripeKey, sentAt, keySpentAt }: SentKey, now: Date): { readonly key: string } | { readonly waitMs: number } {
  if (keySpentAt !== null) {
    const waitMs = keySpentAt.getTime() + lateEffectMs - now.getTime();
    return waitMs > 0 ? { waitMs } : { key: nextStripeKey(stripeKey) };
  }
  const sentLongAgo = sentAt !== null && now.getTime() - sentAt.getTime() >= stripeKeyLifetimeMs;
  return { key: sentLongAgo ? nextStripeKey(stripeKey) : stripeKey };
}
