/**
 * Begins to set up a seller's payouts: one account at Stripe for each seller, and a link to Stripe's page where the seller
 * enters what Stripe has to know. Vitrine learns none of it.
 */
import { createHash } from 'node:crypto';
import { unreachable } from '@vitrine/runtime/errors';
import { invalidKey, isIdempotencyKey, keyInFlight, type IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import type { Deps } from './deps.ts';
import { keyToSend } from './key-to-send.ts';
import { nextStripeKey } from './payment.ts';
import { providerUnavailable, type ProviderUnavailable } from './refusals.ts';
import { shareDelayMs } from './share.ts';
import { budgetOf, type Budget } from './stripe-call.ts';

export type StartPayoutSetupResult =
  | { readonly kind: 'started'; readonly url: string; readonly expiresAt: Date }
  | ProviderUnavailable
  | IdempotencyRefusal;

const budgetMs = 12_000;
/** A link that a repeat gets is good for at least so long. */
const leastLinkLifeMs = 30_000;

export async function startPayoutSetup(
  deps: Deps,
  call: { readonly sellerId: string; readonly idempotencyKey: string },
): Promise<StartPayoutSetupResult> {
  const { sellerId, idempotencyKey } = call;
  if (!isIdempotencyKey(idempotencyKey)) return invalidKey;
  const budget = budgetOf(budgetMs);
  const accountId = await ensureAccount(deps, sellerId, budget);
  if (accountId === null) return providerUnavailable;

  // The client's key is hashed: what a client writes into it need not reach Stripe.
  const firstKey = `${sellerId}:payout-setup:${createHash('sha256').update(idempotencyKey).digest('hex')}`;
  let key = await deps.sellerAccounts.startSetup(sellerId, idempotencyKey, firstKey);
  const takeNextKey = async (): Promise<void> => {
    const next = nextStripeKey(key);
    await deps.sellerAccounts.replaceSetupKey(sellerId, idempotencyKey, key, next);
    key = next;
  };
  const urls = { returnUrl: withOutcome(deps.partnerDashboardUrl, 'done'), refreshUrl: withOutcome(deps.partnerDashboardUrl, 'again') };
  for (;;) {
    const made = await deps.stripeConnect.createLink(accountId, urls, key, budget);
    switch (made.kind) {
      case 'ok':
        if (made.replayed && made.value.expiresAt.getTime() - deps.now().getTime() < leastLinkLifeMs) {
          await takeNextKey();
          continue;
        }
        await deps.sellerAccounts.expectChange(sellerId, shareDelayMs(0));
        return { kind: 'started', ...made.value };
      case 'refused':
        throw new Error(`Stripe gives no account link: ${made.refusal.code ?? made.refusal.status}`);
      case 'in_flight':
        return keyInFlight();
      case 'not_sent':
        return providerUnavailable;
      case 'unknown':
      case 'key_conflict':
        // A link that was made all the same opens nothing to anybody who does not have it.
        if (made.kind === 'key_conflict' || made.replayed) await takeNextKey();
        return providerUnavailable;
      default:
        return unreachable(made);
    }
  }
}

/** Says to the dashboard from where the seller comes. */
function withOutcome(dashboardUrl: string, outcome: 'done' | 'again'): string {
  const url = new URL(dashboardUrl);
  url.searchParams.set('payouts', outcome);
  return url.href;
}

/** Answers the id of the seller's account; null when Stripe cannot say at the moment. */
async function ensureAccount(deps: Deps, sellerId: string, budget: Budget): Promise<string | null> {
  const { sellerAccounts, stripeConnect } = deps;
  const known = await sellerAccounts.start(sellerId, `${sellerId}:account`);
  if (known.stripeAccountId !== null) return known.stripeAccountId;
  // Stripe knows a key for a day only: after that an account that was made has to be found.
  const next = keyToSend({ ...known, keySpentAt: null }, deps.now());
  if ('key' in next && next.key !== known.stripeKey) {
    const found = await stripeConnect.findAccount(sellerId, known.sentAt, budget);
    if (found.kind !== 'ok') return null;
    if (found.value.account !== null) return sellerAccounts.finish(sellerId, found.value.account.id);
    await sellerAccounts.replaceKey(sellerId, known.stripeKey, next.key);
    return null;
  }
  const outcome = await stripeConnect.createAccount(sellerId, known.stripeKey, budget);
  switch (outcome.kind) {
    case 'ok':
      return sellerAccounts.finish(sellerId, outcome.value.id);
    case 'refused':
      throw new Error(`Stripe does not take an account: ${outcome.refusal.code ?? outcome.refusal.status}`);
    case 'unknown':
    case 'key_conflict': {
      if (outcome.kind === 'unknown' && !outcome.replayed) return null;
      const found = await stripeConnect.findAccount(sellerId, known.sentAt, budget);
      if (found.kind !== 'ok') return null;
      if (found.value.account !== null) return sellerAccounts.finish(sellerId, found.value.account.id);
      await sellerAccounts.replaceKey(sellerId, known.stripeKey, nextStripeKey(known.stripeKey));
      return null;
    }
    case 'in_flight':
    case 'not_sent':
      return null;
    default:
      return unreachable(outcome);
  }
}
