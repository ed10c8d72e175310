/** Begins to store a card: a SetupIntent whose client secret goes to the app and is never stored here. */
import { createHash } from 'node:crypto';
import { unreachable } from '@vitrine/runtime/errors';
import {
  findStoredResult,
  invalidKey,
  isIdempotencyKey,
  keyInFlight,
  runIdempotent,
  type IdempotencyRefusal,
} from '@vitrine/runtime/idempotency';
import type { CardGiver } from './card-limits.ts';
import { maxCards } from './card.ts';
import type { Deps } from './deps.ts';
import { nextStripeKey } from './payment.ts';
import { providerUnavailable, type Limited, type ProviderUnavailable, type TooManyStored } from './refusals.ts';
import { budgetOf, type Budget } from './stripe-call.ts';
import type { CardSetup } from './stripe-cards.ts';
import { ensureCustomer } from './stripe-customer.ts';

export type StartCardSetupResult =
  | {
      readonly kind: 'started';
      readonly setupIntentId: string;
      readonly clientSecret: string;
      readonly stripeCustomerId: string;
      /** Made anew each time, and stored nowhere; null when Stripe gave none. */
      readonly customerSessionClientSecret: string | null;
    }
  | TooManyStored
  | Limited
  | ProviderUnavailable
  | IdempotencyRefusal;

interface Stored {
  readonly kind: 'stored';
  readonly setupIntentId: string;
}

const budgetMs = 12_000;

export async function startCardSetup(deps: Deps, call: CardGiver & { readonly idempotencyKey: string }): Promise<StartCardSetupResult> {
  const { buyerId, idempotencyKey } = call;
  const idempotentCall = { actorId: buyerId, operation: 'startCardSetup', idempotencyKey, input: { idempotencyKey } };
  if (!isIdempotencyKey(idempotencyKey)) return invalidKey;
  const budget = budgetOf(budgetMs);
  const stored = await findStoredResult<Stored>(deps.pool, idempotentCall);
  if (stored !== undefined) return stored.kind === 'stored' ? readAgain(deps, stored.setupIntentId, budget) : stored;

  if ((await deps.cards.count(buyerId)) >= maxCards) return { kind: 'too_many_stored', limit: maxCards };
  // The client's key is hashed: what a client writes into it need not reach Stripe.
  const firstKey = `${buyerId}:card-setup:${createHash('sha256').update(idempotencyKey).digest('hex')}`;
  const limited = await deps.cardLimits.takeSetup(call, createHash('sha256').update(firstKey).digest('base64url'));
  if (limited !== null) return limited;
  const { stripeKey } = await deps.cards.startSetup(buyerId, idempotencyKey, firstKey);
  const customerId = await ensureCustomer(deps, buyerId, budget);
  if (customerId === null) return providerUnavailable;
  const made = await deps.stripeCards.createSetup(customerId, stripeKey, budget);
  switch (made.kind) {
    case 'ok': {
      await deps.unsaved.noteSetup(buyerId, idempotencyKey, made.value.id);
      const kept = await runIdempotent<Stored>(deps.pool, idempotentCall, async () => ({ kind: 'stored', setupIntentId: made.value.id }));
      return kept.kind === 'stored' ? toStarted(deps, made.value, budget) : kept;
    }
    case 'refused':
      if (made.refusal.code === 'resource_missing' && made.refusal.param === 'customer') {
        // Somebody deleted it at Stripe.
        await deps.cards.forgetCustomer(buyerId, customerId);
        await deps.cards.replaceSetupKey(buyerId, idempotencyKey, stripeKey, nextStripeKey(stripeKey));
        return providerUnavailable;
      }
      throw new Error(`Stripe does not take a SetupIntent: ${made.refusal.code ?? made.refusal.status}`);
    case 'in_flight':
      return keyInFlight();
    case 'not_sent':
      return providerUnavailable;
    case 'unknown':
    case 'key_conflict':
      // A setup that was made all the same is never confirmed by anybody.
      if (made.kind === 'key_conflict' || made.replayed)
        await deps.cards.replaceSetupKey(buyerId, idempotencyKey, stripeKey, nextStripeKey(stripeKey));
      return providerUnavailable;
    default:
      return unreachable(made);
  }
}

async function readAgain(deps: Deps, setupIntentId: string, budget: Budget): Promise<StartCardSetupResult> {
  const outcome = await deps.stripeCards.retrieveSetup(setupIntentId, budget);
  return outcome.kind === 'ok' ? toStarted(deps, outcome.value, budget) : providerUnavailable;
}

/** The client secret is enough to give a card to Stripe: without a session, Stripe's own sheet only does not show the cards of before. */
async function toStarted(deps: Deps, setup: CardSetup, budget: Budget): Promise<StartCardSetupResult> {
  const { id: setupIntentId, clientSecret, customerId: stripeCustomerId } = setup;
  if (clientSecret === null || stripeCustomerId === null) throw new Error(`Stripe gave no client secret or customer for ${setupIntentId}`);
  const session = await deps.stripeCards.createCustomerSession(stripeCustomerId, budget);
  const customerSessionClientSecret = session.kind === 'ok' ? session.value.client_secret : null;
  return { kind: 'started', setupIntentId, clientSecret, stripeCustomerId, customerSessionClientSecret };
}
