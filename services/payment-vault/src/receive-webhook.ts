/**
 * Takes in an event that Stripe sends: the signature over the raw bytes and its age are checked, and the event is stored
 * once, by reference. The answer to Stripe comes after that; what the event means is found out by the loop.
 */
import { Stripe } from 'stripe';
import type { Deps } from './deps.ts';
import { readStripeEvent } from './stripe-event.ts';

/** How old a signature may be, as Stripe's libraries have it (https://docs.stripe.com/webhooks#replay-attacks). */
const toleranceSeconds = 300;

export type ReceiveWebhookResult =
  /** `known`: it was stored before. */
  | { readonly kind: 'stored' }
  | { readonly kind: 'known' }
  /** An event of a type that is not taken in. */
  | { readonly kind: 'ignored' }
  /** Not of Stripe, or too old. */
  | { readonly kind: 'not_verified' }
  /** Signed, but no event, or one of the other mode. */
  | { readonly kind: 'malformed' };

export async function receiveWebhook(
  deps: Pick<Deps, 'stripeEvents' | 'stripeWebhookSecrets' | 'stripeIsLive' | 'now' | 'wakeInbox'>,
  body: Buffer,
  signature: string,
): Promise<ReceiveWebhookResult> {
  const event = verify(deps, body, signature);
  if (event === null) return { kind: 'not_verified' };
  const read = readStripeEvent(event);
  if (read.kind === 'malformed') return { kind: 'malformed' };
  if (read.kind === 'not_ours') return { kind: 'ignored' };
  if (read.livemode !== deps.stripeIsLive) return { kind: 'malformed' };
  const added = await deps.stripeEvents.addOne(read.event);
  if (added === 'waits') deps.wakeInbox();
  return { kind: added === 'known' ? 'known' : 'stored' };
}

/** Any of the secrets will do: there are two while one replaces the other. */
function verify(deps: Pick<Deps, 'stripeWebhookSecrets' | 'now'>, body: Buffer, signature: string): unknown {
  for (const secret of deps.stripeWebhookSecrets) {
    try {
      return Stripe.webhooks.constructEvent(body, signature, secret, toleranceSeconds, undefined, deps.now().getTime());
    } catch (error) {
      const isForged = error instanceof Stripe.errors.StripeSignatureVerificationError;
      // Signed by Stripe, and still no JSON: nothing that could be stored.
      if (!isForged) return {};
    }
  }
  return null;
}
