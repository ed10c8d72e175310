/** Takes a payment's lease, waiting a little for whoever is talking to Stripe about it. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Deps } from './deps.ts';
import type { Payment, PaymentStatus } from './payment.ts';

export type Claim =
  | { readonly kind: 'claimed'; readonly payment: Payment }
  /** It is in none of the wanted states, or not any more. */
  | { readonly kind: 'other_state'; readonly payment: Payment }
  | { readonly kind: 'busy' };

const waitMs = 4_000;
const pollMs = 40;

/** @throws Error when the order has no payment. */
export async function claimSoon(
  deps: Pick<Deps, 'payments'>,
  orderId: string,
  leaseToken: string,
  statuses: readonly PaymentStatus[],
): Promise<Claim> {
  const endsAt = performance.now() + waitMs;
  for (;;) {
    const claimed = await deps.payments.claim(orderId, leaseToken, statuses);
    if (claimed !== null) return { kind: 'claimed', payment: claimed };
    const found = await deps.payments.find(orderId);
    if (found?.kind !== 'payment') throw new Error(`${orderId} has no payment`);
    if (!statuses.includes(found.payment.status)) return { kind: 'other_state', payment: found.payment };
    if (performance.now() >= endsAt) return { kind: 'busy' };
    await pause(pollMs);
  }
}
