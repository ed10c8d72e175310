/**
 * The purchase: a loop over recovery points. Each turn does one thing that is safe to repeat and writes the next
 * recovery point, so whoever enters the loop again after a crash (the buyer's retry, or the completer) goes on where it
 * stopped. What a step may have to undo is written before its call. Stock is held before money moves; no remote call is
 * made inside a transaction.
 */
import { randomUUID } from 'node:crypto';
import { RetryableError, unreachable } from '@vitrine/runtime/errors';
import { hashInput, invalidKey, isIdempotencyKey, keyInFlight, keyReused } from '@vitrine/runtime/idempotency';
import { isId, newId } from '@vitrine/runtime/ids';
import { sameMoney } from '@vitrine/runtime/money';
import type { Deps } from './deps.ts';
import { orderPlaced } from './events.ts';
import type { Order } from './order.ts';
import { maxQuantity } from './pricing.ts';
import type { Compensation, InvalidInput, PlaceOrderResult, Purchase, PurchaseInput, PurchaseOutcome, Quote } from './purchase.ts';
import { quotePurchase } from './quote-purchase.ts';
import { checkpoint, claimPurchase, finishPurchase, leaseSeconds, LeaseLostError, placeOrderRow, renewLease, suspend } from './store.ts';

export interface PlaceOrderCommand {
  readonly buyerId: string;
  readonly buyerCountry: string | null;
  readonly requestId: string;
  readonly idempotencyKey: string;
  readonly input: PurchaseInput;
}

/** Who drives the purchase: money is only moved while the buyer's call is there, or once it may have moved already. */
type Driver = 'buyer' | 'completer';

/** A purchase whose caller is gone before money could move is undone after this long. */
const abandonAfterSeconds = 60;
/** A purchase of which it is not known for so long whether it can be paid is undone. */
const giveUpAfterMs = 15 * 60_000;
/** How often the completer asks whether the buyer has confirmed at the bank without coming back to the app. */
const pollBuyerActionSeconds = 15;

/** Buys. Every answer but `action_required`, `unavailable` and "in flight" is final for the key. */
export async function placeOrder(deps: Deps, command: PlaceOrderCommand): Promise<PlaceOrderResult> {
  if (!isIdempotencyKey(command.idempotencyKey)) return invalidKey;
  const invalid = validateInput(command.input);
  if (invalid !== null) return invalid;
  const claim = await claimPurchase(deps.pool, {
    ...command,
    orderId: newId('ord'),
    inputHash: hashInput(command.input),
    leaseToken: randomUUID(),
    abandonAfterSeconds,
  });
  switch (claim.kind) {
    case 'reused':
      return keyReused(command.idempotencyKey);
    case 'in_flight':
      return keyInFlight();
    case 'decided':
      return { kind: 'finished', orderId: claim.orderId, outcome: claim.outcome };
    case 'claimed':
      return advancePurchase(deps, claim.purchase, 'buyer');
    default:
      return unreachable(claim);
  }
}

/** What is wrong with an input, if anything. */
export function validateInput(input: Omit<PurchaseInput, 'expectedTotal' | 'sourcePostId'> & Partial<PurchaseInput>): InvalidInput | null {
  const invalid = (path: string, message: string): InvalidInput => ({ kind: 'invalid_input', path: [path], message });
  if (!Number.isInteger(input.quantity) || input.quantity < 1 || input.quantity > maxQuantity) {
    return invalid('quantity', `quantity must be from 1 to ${maxQuantity}.`);
  }
  if (input.addressId !== null && !isId('adr', input.addressId))
    return invalid('addressId', 'addressId must be an id that begins with adr_.');
  if (input.paymentMethodId !== null && !isId('pmt', input.paymentMethodId)) {
    return invalid('paymentMethodId', 'paymentMethodId must be an id that begins with pmt_.');
  }
  if (typeof input.sourcePostId === 'string' && !isId('pst', input.sourcePostId)) {
    return invalid('sourcePostId', 'sourcePostId must be an id that begins with pst_.');
  }
  if (input.expectedTotal !== undefined && (input.expectedTotal.amountMinor < 0 || !/^[A-Z]{3}$/.test(input.expectedTotal.currency))) {
    return invalid(
      'expectedTotal',
      'expectedTotal must be the total that openBuy or oneTapTotal gave: an amount in minor units and its ISO 4217 currency.',
    );
  }
  return null;
}

/** Drives a purchase that the caller holds the lease of as far as it goes. */
export async function advancePurchase(deps: Deps, purchase: Purchase, driver: Driver): Promise<PlaceOrderResult> {
  let current = purchase;
  const heartbeat = setInterval(
    () => {
      renewLease(deps.pool, current).catch((error: unknown) =>
        deps.logger.warn({ err: error, orderId: purchase.orderId }, 'lease could not be renewed'),
      );
    },
    (leaseSeconds * 1000) / 3,
  );
  try {
    for (;;) {
      const step = await takeStep(deps, current, driver);
      if ('result' in step) return step.result;
      current = step.purchase;
    }
  } catch (error) {
    if (error instanceof LeaseLostError) return keyInFlight();
    if (!(error instanceof RetryableError)) {
      await letGo(deps, current);
      throw error;
    }
    deps.logger.warn({ err: error, orderId: current.orderId, recoveryPoint: current.recoveryPoint }, 'purchase cannot go on at the moment');
    await letGo(deps, current);
    // What is decided is decided, even if its undoing has to wait for the completer.
    if (current.outcome !== null) return { kind: 'finished', orderId: current.orderId, outcome: current.outcome };
    return { kind: 'unavailable', retryAfterMs: 1_000 };
  } finally {
    clearInterval(heartbeat);
  }
}

type Step = { readonly purchase: Purchase } | { readonly result: PlaceOrderResult };

async function takeStep(deps: Deps, purchase: Purchase, driver: Driver): Promise<Step> {
  switch (purchase.recoveryPoint) {
    case 'started': {
      if (driver === 'completer') return compensate(deps, purchase, { kind: 'abandoned' });
      const { input, buyerId, buyerCountry, requestId } = purchase;
      const quoted = await quotePurchase(deps, { ...input, buyerId, buyerCountry, requestId });
      if (quoted.kind !== 'quote') return finish(deps, purchase, quoted);
      return {
        purchase: await checkpoint(deps.pool, purchase, {
          recoveryPoint: 'quoted',
          quote: quoted.quote,
          compensations: ['release_stock'],
          nextAttemptInSeconds: abandonAfterSeconds,
        }),
      };
    }
    case 'quoted':
      return driver === 'completer' ? compensate(deps, purchase, { kind: 'abandoned' }) : reserveStock(deps, purchase, quoteOf(purchase));
    case 'stock_reserved':
      // Nobody waits for it any more: a charge would come as a surprise, so whatever became of the payment is undone.
      if (driver === 'completer' && ageMs(purchase) > giveUpAfterMs) return compensate(deps, purchase, { kind: 'abandoned' });
      return authorize(deps, purchase, quoteOf(purchase));
    case 'awaiting_buyer':
      return authorize(deps, purchase, quoteOf(purchase));
    case 'compensating':
      return undoOne(deps, purchase);
    case 'finished':
      if (purchase.outcome === null) throw new Error(`${purchase.orderId} is finished without an outcome`);
      return { result: { kind: 'finished', orderId: purchase.orderId, outcome: purchase.outcome } };
    default:
      return unreachable(purchase.recoveryPoint);
  }
}

function quoteOf(purchase: Purchase): Quote {
  if (purchase.quote === null) throw new Error(`${purchase.orderId} has no quote`);
  return purchase.quote;
}

async function reserveStock(deps: Deps, purchase: Purchase, quote: Quote): Promise<Step> {
  const reservation = await deps.clients.reserve(
    {
      orderId: purchase.orderId,
      buyerId: purchase.buyerId,
      productId: quote.line.productId,
      quantity: quote.line.quantity,
      ttlSeconds: deps.reservationTtlSeconds,
    },
    purchase.requestId,
  );
  switch (reservation.status) {
    case 'not_found':
      return compensate(deps, purchase, { kind: 'not_found', productId: quote.line.productId });
    case 'out_of_stock':
      return compensate(deps, purchase, { kind: 'out_of_stock', availableQuantity: Math.min(reservation.availableQuantity, maxQuantity) });
    case 'released':
      return compensate(deps, purchase, { kind: 'abandoned' });
    case 'reserved': {
      // The price may have changed between the quote and the reservation: what the buyer saw is what is charged, or nothing is.
      if (!sameMoney(reservation.offer.price, quote.line.unitPrice)) {
        // Its own pieces would count as taken.
        await deps.clients.release(purchase.orderId, purchase.requestId);
        const requoted = await quotePurchase(deps, {
          ...purchase.input,
          buyerId: purchase.buyerId,
          buyerCountry: purchase.buyerCountry,
          requestId: purchase.requestId,
        });
        return compensate(deps, purchase, requoted.kind === 'quote' ? { kind: 'abandoned' } : requoted);
      }
      return {
        purchase: await checkpoint(deps.pool, purchase, {
          recoveryPoint: 'stock_reserved',
          compensations: ['release_stock', 'void_payment'],
        }),
      };
    }
    default:
      return unreachable(reservation);
  }
}

async function authorize(deps: Deps, purchase: Purchase, quote: Quote): Promise<Step> {
  const authorization = await deps.clients.authorize(
    {
      orderId: purchase.orderId,
      buyerId: purchase.buyerId,
      sellerId: quote.sellerId,
      paymentMethodId: quote.paymentMethodId,
      addressId: quote.addressId,
      amount: quote.total,
      sellerShareMinor: quote.sellerShareMinor,
    },
    purchase.requestId,
  );
  switch (authorization.status) {
    case 'authorized':
      return place(deps, purchase, quote);
    case 'declined':
      return compensate(deps, purchase, { kind: 'declined', reason: authorization.reason });
    case 'missing_details':
      return compensate(deps, purchase, { kind: 'missing_details', missing: authorization.missing });
    case 'voided':
      return compensate(deps, purchase, { kind: 'abandoned' });
    case 'requires_action': {
      const expiresAt = new Date(purchase.createdAt.getTime() + deps.buyerActionTimeoutSeconds * 1_000);
      if (expiresAt.getTime() <= Date.now()) return compensate(deps, purchase, { kind: 'declined', reason: 'AUTHENTICATION_FAILED' });
      const waiting = await checkpoint(deps.pool, purchase, { recoveryPoint: 'awaiting_buyer' });
      await suspend(deps.pool, waiting, Math.min(pollBuyerActionSeconds, (expiresAt.getTime() - Date.now()) / 1_000));
      return { result: { kind: 'action_required', clientSecret: authorization.clientSecret, expiresAt } };
    }
    case 'retry_later': {
      const patienceMs =
        purchase.recoveryPoint === 'awaiting_buyer' ? Math.max(giveUpAfterMs, deps.buyerActionTimeoutSeconds * 1_000) : giveUpAfterMs;
      if (ageMs(purchase) > patienceMs) return compensate(deps, purchase, { kind: 'abandoned' });
      await suspend(deps.pool, purchase, Math.max(authorization.retryAfterMs / 1_000, backoffSeconds(purchase.attempts)));
      return { result: { kind: 'unavailable', retryAfterMs: authorization.retryAfterMs } };
    }
    default:
      return unreachable(authorization);
  }
}

async function place(deps: Deps, purchase: Purchase, quote: Quote): Promise<Step> {
  const placedAt = new Date();
  const order: Order = {
    orderId: purchase.orderId,
    buyerId: purchase.buyerId,
    sellerId: quote.sellerId,
    market: quote.market,
    status: 'placed',
    lines: [quote.line],
    subtotal: quote.subtotal,
    shipping: quote.shipping,
    tax: quote.tax,
    total: quote.total,
    sourcePostId: purchase.input.sourcePostId,
    sequence: 1,
    requestId: purchase.requestId,
    placedAt,
    confirmedAt: null,
    cancelledAt: null,
    captureAt: new Date(placedAt.getTime() + quote.undoWindowSeconds * 1_000),
  };
  await placeOrderRow(deps.pool, purchase, order, orderPlaced(order));
  deps.wakeRelay();
  if (quote.undoWindowSeconds === 0) deps.wakeCapture();
  return { result: { kind: 'finished', orderId: order.orderId, outcome: { kind: 'placed' } } };
}

async function finish(deps: Deps, purchase: Purchase, outcome: PurchaseOutcome): Promise<Step> {
  await finishPurchase(deps.pool, purchase, outcome);
  return { result: { kind: 'finished', orderId: purchase.orderId, outcome } };
}

/** Decides that the purchase fails: from here on it is only undone. */
async function compensate(deps: Deps, purchase: Purchase, outcome: PurchaseOutcome): Promise<Step> {
  return { purchase: await checkpoint(deps.pool, purchase, { recoveryPoint: 'compensating', outcome }) };
}

/** Undoes what was recorded last; ends the purchase when nothing is left to undo. */
async function undoOne(deps: Deps, purchase: Purchase): Promise<Step> {
  const last = purchase.compensations.at(-1);
  if (last === undefined) {
    if (purchase.outcome === null) throw new Error(`${purchase.orderId} is compensating without an outcome`);
    return finish(deps, purchase, purchase.outcome);
  }
  await undo(deps, purchase, last);
  return {
    purchase: await checkpoint(deps.pool, purchase, { recoveryPoint: 'compensating', compensations: purchase.compensations.slice(0, -1) }),
  };
}

async function undo(deps: Deps, purchase: Purchase, compensation: Compensation): Promise<void> {
  switch (compensation) {
    case 'release_stock':
      await deps.clients.release(purchase.orderId, purchase.requestId);
      return;
    case 'void_payment': {
      const voided = await deps.clients.voidPayment(purchase.orderId, purchase.requestId);
      if (voided.status === 'retry_later') throw new RetryableError('the payment cannot be voided yet');
      if (voided.status === 'already_captured') throw new Error(`${purchase.orderId} was captured without an order`);
      return;
    }
    default:
      return unreachable(compensation);
  }
}

const ageMs = (purchase: Purchase): number => Date.now() - purchase.createdAt.getTime();
const backoffSeconds = (attempts: number): number => Math.min(0.5 * 2 ** attempts, 30);

/** Gives the lease back after a failure. While money cannot have moved, the purchase keeps waiting for its buyer. */
async function letGo(deps: Deps, purchase: Purchase): Promise<void> {
  const waitsForBuyer = purchase.recoveryPoint === 'started' || purchase.recoveryPoint === 'quoted';
  await suspend(deps.pool, purchase, waitsForBuyer ? null : backoffSeconds(purchase.attempts)).catch((error: unknown) => {
    // The lease runs out by itself.
    deps.logger.warn({ err: error, orderId: purchase.orderId }, 'lease could not be given back');
  });
}
