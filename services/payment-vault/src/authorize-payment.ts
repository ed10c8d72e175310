/**
 * Authorizes an order's total on a card. The payment, its idempotency key and the order's copy of the address are
 * written before Stripe is called, and every repeat finds out what became of the first call: there is at most one
 * PaymentIntent for an order, whatever breaks in between.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { AuthorizationRequest, AuthorizationResponse } from '@vitrine/contracts/payment-vault-http';
import { unreachable } from '@vitrine/runtime/errors';
import { newId } from '@vitrine/runtime/ids';
import { settleUse } from '@vitrine/runtime/use-limits';
import { concludeAuthorization, decidedResponse, type Finding } from './conclude-authorization.ts';
import type { Deps } from './deps.ts';
import { daysAfterCapture } from './grant.ts';
import { lookUpIntent } from './look-up-intent.ts';
import { sameTerms, stripeKey, stripeKeyLifetimeMs, type Payment, type PaymentTerms } from './payment.ts';
import { openAddress, sealAddress } from './sealed-address.ts';
import type { Limited } from './refusals.ts';
import { budgetOf, type Budget, type StripeRefusal } from './stripe-call.ts';
import { readIntent } from './stripe-payments.ts';
import { unlessErasing } from './unless-erasing.ts';

/** Less than a lease, and than checkout waits. */
const stripeBudgetMs = 13_000;
/** A try is not begun later than this. */
const lastTryAfterMs = 4_000;
const maxTries = 3;
const firstPauseMs = 150;

/** `conflict`: the order's payment was begun with other terms, which is a bug of the caller. */
export type AuthorizationResult = AuthorizationResponse | { readonly status: 'conflict' };

export async function authorizePayment(deps: Deps, request: AuthorizationRequest, requestId: string): Promise<AuthorizationResult> {
  const { orderId, buyerId, sellerId, paymentMethodId, addressId, amount, sellerShareMinor } = request;
  const { amountMinor, currency } = amount;
  const terms: PaymentTerms = { buyerId, sellerId, paymentMethodId, addressId, amountMinor, currency, sellerShareMinor };
  const leaseToken = randomUUID();
  const begun = await begin(deps, orderId, terms, leaseToken, requestId);
  if (begun.kind === 'missing') return { status: 'missing_details', missing: begun.missing };
  if (begun.kind === 'limited') return { status: 'limited', retryAfterMs: begun.retryAfterMs };
  if (begun.kind === 'begun') return drive(deps, begun.payment, leaseToken, true);

  const found = await deps.payments.find(orderId);
  if (found === null) throw new Error(`the payment of ${orderId} is gone`);
  if (found.kind === 'tombstone') return { status: 'voided' };
  if (!sameTerms(found.payment, terms)) return { status: 'conflict' };
  const decided = decidedResponse(found.payment);
  if (decided !== null) return decided;
  const claimed = await deps.payments.claim(orderId, leaseToken, ['started', 'requires_action']);
  return claimed === null ? { status: 'retry_later', retryAfterMs: 250 } : drive(deps, claimed, leaseToken, false);
}

type Begun =
  | { readonly kind: 'begun'; readonly payment: Payment }
  | { readonly kind: 'known' }
  | Limited
  | { readonly kind: 'missing'; readonly missing: ('DELIVERY_ADDRESS' | 'PAYMENT_METHOD')[] };

/** Records the payment with the order's own copy of the address, unless the order has one. */
async function begin(deps: Deps, orderId: string, terms: PaymentTerms, leaseToken: string, requestId: string): Promise<Begun> {
  const { buyerId } = terms;
  const { charge: card, sealed } = await deps.purchaseReads.findChargeable(terms);
  // Mostly one key does for both: what the address is sealed with, and what its copy will be.
  const newest = sealed === null ? null : await deps.keys.newest(buyerId);
  const storedKey =
    sealed === null || newest?.version === sealed.keyVersion ? (newest?.key ?? null) : await deps.keys.find(buyerId, sealed.keyVersion);
  if (card === null || sealed === null || newest === null || storedKey === null) {
    // A repeat is answered by what was begun, even when card or address have been deleted since.
    if ((await deps.payments.find(orderId)) !== null) return { kind: 'known' };
    const missing: ('DELIVERY_ADDRESS' | 'PAYMENT_METHOD')[] = [];
    if (sealed === null || storedKey === null) missing.push('DELIVERY_ADDRESS');
    if (card === null) missing.push('PAYMENT_METHOD');
    return { kind: 'missing', missing };
  }
  const limited = await deps.cardLimits.takePayment(orderId, card, terms.amountMinor);
  if (limited !== null) return (await deps.payments.find(orderId)) === null ? limited : { kind: 'known' };
  const address = openAddress(
    storedKey,
    { table: 'addresses', buyerId, rowId: terms.addressId, keyVersion: sealed.keyVersion },
    sealed.ciphertext,
  );
  const { key, version } = newest;
  const started = await unlessErasing(() =>
    deps.payments.start({
      ...terms,
      ...card,
      orderId,
      paymentId: newId('pay'),
      authorizeKey: stripeKey(orderId, 'authorize'),
      correlationId: requestId,
      leaseToken,
      sealedAddress: {
        ciphertext: sealAddress(key, { table: 'order_addresses', buyerId, rowId: orderId, keyVersion: version }, address),
        keyVersion: version,
      },
      grantDays: daysAfterCapture,
    }),
  );
  if (started !== null && 'kind' in started) {
    await settleUse(deps.pool, orderId, 'returned');
    return { kind: 'missing', missing: ['DELIVERY_ADDRESS', 'PAYMENT_METHOD'] };
  }
  return started === null ? { kind: 'known' } : { kind: 'begun', payment: started };
}

/** Asks Stripe until it is known what became of the payment, or time is up. `isNew`: nothing was sent so far. */
async function drive(deps: Deps, held: Payment, leaseToken: string, isNew: boolean): Promise<AuthorizationResponse> {
  const startedAt = performance.now();
  const budget = budgetOf(stripeBudgetMs);
  let neverSent = isNew || held.sentAt === null;
  if (!isNew && neverSent && !(await deps.payments.markSent(held.orderId, leaseToken))) {
    await deps.payments.release(held.orderId, leaseToken, { settleInMs: null });
    return { status: 'voided' };
  }
  for (let tries = 1; ; tries += 1) {
    const finding = await findOut(deps, held, neverSent, budget);
    const isLast = tries === maxTries || performance.now() - startedAt > lastTryAfterMs;
    if (finding.kind !== 'unknown' || isLast) return concludeAuthorization(deps, held, leaseToken, finding, budget);
    neverSent = finding.neverSent;
    await pause(firstPauseMs * 2 ** tries);
  }
}

/** Sends the authorization, or finds out what an earlier one came to. */
async function findOut(deps: Deps, held: Payment, neverSent: boolean, budget: Budget): Promise<Finding> {
  const sentLongAgo = held.sentAt !== null && deps.now().getTime() - held.sentAt.getTime() >= stripeKeyLifetimeMs;
  if (held.stripePaymentIntentId !== null || sentLongAgo) return lookUp(deps, held, budget, false);
  const outcome = await deps.stripePayments.authorize(held, held.authorizeKey, budget);
  switch (outcome.kind) {
    case 'ok':
      return outcome.replayed
        ? lookUp(deps, { ...held, stripePaymentIntentId: outcome.value.id }, budget, false)
        : { kind: 'intent', intent: outcome.value };
    case 'refused':
      return readRefusal(deps, held, outcome.refusal);
    case 'not_sent':
      return { kind: 'unknown', neverSent };
    case 'in_flight':
      return { kind: 'unknown', neverSent: false };
    case 'key_conflict':
      return lookUp(deps, held, budget, false);
    case 'unknown':
      // Stripe repeats its failure for this key for ever: what the call left behind is all there will be.
      return outcome.replayed ? lookUp(deps, held, budget, true) : { kind: 'unknown', neverSent: false };
    default:
      return unreachable(outcome);
  }
}

async function lookUp(deps: Deps, held: Payment, budget: Budget, mayAppear: boolean): Promise<Finding> {
  const looked = await lookUpIntent(deps, held, budget);
  if (looked.kind === 'intent') return looked;
  return looked.kind === 'none' ? { kind: 'refused', reason: 'PROCESSING_ERROR', mayAppear } : { kind: 'unknown', neverSent: false };
}

/** A declined attempt leaves its intent behind; any other refusal leaves nothing. */
function readRefusal(deps: Deps, held: Payment, refusal: StripeRefusal): Finding {
  const intent = readIntent(refusal.paymentIntent);
  if (intent !== null)
    return { kind: 'intent', intent: { ...intent, failure: intent.failure ?? { code: refusal.code, declineCode: refusal.declineCode } } };
  if (refusal.param === 'payment_method') return { kind: 'refused', reason: 'CARD_GONE', mayAppear: false };
  deps.logger.error(
    { orderId: held.orderId, status: refusal.status, code: refusal.code, param: refusal.param },
    'Stripe does not take this payment',
  );
  return { kind: 'refused', reason: 'PROCESSING_ERROR', mayAppear: false };
}
