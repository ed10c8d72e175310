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
import type { SagaDeps } from './deps.ts';
import { isDatabaseUnavailable } from '@vitrine/runtime/database';
import { orderPlaced } from './events.ts';
import type { Order } from './order.ts';
import { maxQuantity } from './pricing.ts';
import type {
  Compensation,
  InvalidInput,
  PlaceOrderResult,
  Purchase,
  PurchaseInput,
  PurchaseOutcome,
  PurchaseStep,
  Quote,
} from './purchase.ts';
import { quotePurchase } from './quote-purchase.ts';
import { leaseSeconds, LeaseLostError, type Checkpoint } from './purchase-store.ts';

export interface PlaceOrderCommand {
  readonly buyerId: string;
  readonly buyerCountry: string | null;
  readonly deviceId: string | null;
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

/** Buys. Every answer but `action_required`, `unavailable`, `possible_duplicate` and "in flight" is final for the key. */
export async function placeOrder(deps: SagaDeps, command: PlaceOrderCommand): Promise<PlaceOrderResult> {
  if (!isIdempotencyKey(command.idempotencyKey)) return invalidKey;
  const invalid = validateInput(command.input);
  if (invalid !== null) return invalid;
  try {
    return await claimAndAdvance(deps, command);
  } catch (error) {
    if (!isPassing(error)) throw error;
    deps.logger.warn({ err: error }, 'purchase cannot be begun at the moment');
    return { kind: 'unavailable', retryAfterMs: 1_000 };
  }
}

/** The services and the database come back: what failed with them can be asked for again. */
const isPassing = (error: unknown): boolean => error instanceof RetryableError || isDatabaseUnavailable(error);

/** How often a purchase may turn out to come after one that placed no order, before it has to be tried again. */
const maxClaims = 3;

async function claimAndAdvance(deps: SagaDeps, command: PlaceOrderCommand): Promise<PlaceOrderResult> {
  const inputHash = hashInput(command.input);
  let overrules = command.input.besideOrderId;
  for (let claims = 1; ; claims += 1) {
    const claim = await deps.purchases.claim({
      ...command,
      orderId: newId('ord'),
      inputHash,
      leaseToken: randomUUID(),
      overrules,
      abandonAfterSeconds,
      duplicateWindowSeconds: deps.duplicateWindowSeconds,
    });
    switch (claim.kind) {
      case 'reused':
        return keyReused(command.idempotencyKey);
      case 'in_flight':
        return keyInFlight();
      case 'decided':
        return { kind: 'finished', orderId: claim.orderId, outcome: claim.outcome };
      case 'duplicate':
        // Of several taps that come after a failed one, each has to come after another one.
        if (!claim.cameToNothing || claims === maxClaims) return { kind: 'possible_duplicate', orderId: claim.orderId };
        overrules = claim.orderId;
        break;
      case 'claimed':
        return advancePurchase(deps, claim.purchase, 'buyer', claim.isNew);
      default:
        return unreachable(claim);
    }
  }
}

/** What is wrong with an input, if anything. */
export function validateInput(
  input: Pick<PurchaseInput, 'quantity' | 'addressId' | 'paymentMethodId' | 'shippingService'> & Partial<PurchaseInput>,
): InvalidInput | null {
  const invalid = (path: string, message: string): InvalidInput => ({ kind: 'invalid_input', path: [path], message });
  if (!Number.isInteger(input.quantity) || input.quantity < 1 || input.quantity > maxQuantity) {
    return invalid('quantity', `quantity must be from 1 to ${maxQuantity}.`);
  }
  if (input.addressId !== null && !isId('adr', input.addressId))
    return invalid('addressId', 'addressId must be an id that begins with adr_.');
  if (input.paymentMethodId !== null && !isId('pmt', input.paymentMethodId)) {
    return invalid('paymentMethodId', 'paymentMethodId must be an id that begins with pmt_.');
  }
  if (input.shippingService !== null && !/^[a-z][a-z0-9-]{0,31}$/.test(input.shippingService)) {
    return invalid('shippingService', 'shippingService must be one of the services in shippingChoices of openBuy.');
  }
  if (typeof input.besideOrderId === 'string' && !isId('ord', input.besideOrderId)) {
    return invalid('besideOrderId', 'besideOrderId must be the orderId of a PossibleDuplicateError.');
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

/**
 * Drives a purchase that the caller holds the lease of as far as it goes. `isNew`: nothing was done for it before this call.
 */
export async function advancePurchase(deps: SagaDeps, purchase: Purchase, driver: Driver, isNew = false): Promise<PlaceOrderResult> {
  let current = purchase;
  const stopHeartbeat = deps.clock.every((leaseSeconds * 1000) / 3, () => {
    deps.purchases
      .renewLease(current)
      .catch((error: unknown) => deps.logger.warn({ err: error, orderId: purchase.orderId }, 'lease could not be renewed'));
  });
  try {
    for (;;) {
      const step = await takeStep({ deps, driver, isNew: isNew && current === purchase }, current);
      if ('result' in step) return step.result;
      current = step.purchase;
    }
  } catch (error) {
    if (error instanceof LeaseLostError) return keyInFlight();
    if (!isPassing(error)) {
      await letGo(deps, current, driver, 'failed');
      throw error;
    }
    deps.logger.warn({ err: error, orderId: current.orderId, recoveryPoint: current.recoveryPoint }, 'purchase cannot go on at the moment');
    await letGo(deps, current, driver, 'unavailable');
    // What is decided is decided, even if its undoing has to wait for the completer.
    if (current.outcome !== null) return { kind: 'finished', orderId: current.orderId, outcome: current.outcome };
    return { kind: 'unavailable', retryAfterMs: 1_000 };
  } finally {
    stopHeartbeat();
  }
}

/** How a purchase is driven at this turn of the loop. */
interface Drive {
  readonly deps: SagaDeps;
  readonly driver: Driver;
  readonly isNew: boolean;
}

type Step = { readonly purchase: Purchase } | { readonly result: PlaceOrderResult };

const stepOf = ({ deps, driver }: Pick<Drive, 'deps' | 'driver'>, purchase: Purchase, step: string, detail?: string): PurchaseStep => ({
  step,
  at: deps.clock.now().toISOString(),
  attempt: purchase.attempts + 1,
  by: driver,
  ...(detail === undefined ? {} : { detail }),
});

async function takeStep(drive: Drive, purchase: Purchase): Promise<Step> {
  const { deps, driver } = drive;
  switch (purchase.recoveryPoint) {
    case 'started':
      return driver === 'completer' ? compensate(drive, purchase, { kind: 'abandoned' }) : quoteAndReserve(drive, purchase);
    case 'stock_reserved':
      // Nobody waits for it any more: a charge would come as a surprise, so whatever became of the payment is undone.
      if (driver === 'completer' && ageMs(deps, purchase) > giveUpAfterMs) return compensate(drive, purchase, { kind: 'abandoned' });
      return authorize(drive, purchase, quoteOf(purchase));
    case 'awaiting_buyer':
      return authorize(drive, purchase, quoteOf(purchase));
    case 'compensating':
      return undoOne(drive, purchase);
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

/** Prices the purchase and holds its stock. Both are safe to repeat; that stock may be held was written when it began. */
async function quoteAndReserve(drive: Drive, purchase: Purchase): Promise<Step> {
  const { deps } = drive;
  const { input, buyerId, buyerCountry, requestId, orderId } = purchase;
  const quoted = await quotePurchase(deps, { ...input, buyerId, buyerCountry, requestId });
  if (quoted.kind !== 'quote') return drive.isNew ? finish(drive, purchase, quoted) : compensate(drive, purchase, quoted);
  const { quote } = quoted;
  const { line } = quote;
  const reached = await deps.limits.take(purchase, quote);
  if (reached !== null) {
    const limited: PurchaseOutcome = { kind: 'limited', ...reached };
    return drive.isNew ? finish(drive, purchase, limited) : compensate(drive, purchase, limited);
  }
  const reservation = await deps.clients.reserve(
    { orderId, buyerId, productId: line.productId, quantity: line.quantity, ttlSeconds: deps.reservationTtlSeconds },
    requestId,
  );
  switch (reservation.status) {
    case 'not_found':
      return compensate(drive, purchase, { kind: 'not_found', productId: line.productId });
    case 'out_of_stock':
      return compensate(drive, purchase, { kind: 'out_of_stock', availableQuantity: Math.min(reservation.availableQuantity, maxQuantity) });
    case 'released':
      return compensate(drive, purchase, { kind: 'abandoned' });
    case 'reserved':
      break;
    default:
      return unreachable(reservation);
  }
  // The price may have changed between the quote and the reservation: what the buyer saw is what is charged, or nothing is.
  if (!sameMoney(reservation.offer.price, line.unitPrice)) {
    // Released only when it is written that this purchase fails: another process may have taken it over, and gone on.
    const requoted = await quotePurchase(deps, { ...input, buyerId, buyerCountry, requestId, heldQuantity: line.quantity });
    return compensate(drive, purchase, requoted.kind === 'quote' ? { kind: 'abandoned' } : requoted);
  }
  return {
    purchase: await checkpoint(drive, purchase, {
      recoveryPoint: 'stock_reserved',
      quote,
      compensations: ['release_stock', 'void_payment'],
    }),
  };
}

const checkpoint = (drive: Drive, purchase: Purchase, next: Omit<Checkpoint, 'step'>, detail?: string): Promise<Purchase> =>
  drive.deps.purchases.checkpoint(purchase, { ...next, step: stepOf(drive, purchase, next.recoveryPoint, detail) });

async function authorize(drive: Drive, purchase: Purchase, quote: Quote): Promise<Step> {
  const { deps } = drive;
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
      return placeIfAllowed(drive, purchase, quote);
    case 'declined':
      return compensate(drive, purchase, { kind: 'declined', reason: authorization.reason });
    case 'limited':
      return compensate(drive, purchase, { kind: 'limited', scope: 'CARD', retryAfterMs: authorization.retryAfterMs });
    case 'missing_details':
      return compensate(drive, purchase, { kind: 'missing_details', missing: authorization.missing });
    case 'voided':
      return compensate(drive, purchase, { kind: 'abandoned' });
    case 'requires_action': {
      const expiresAt = new Date(purchase.createdAt.getTime() + deps.buyerActionTimeoutSeconds * 1_000);
      if (expiresAt.getTime() <= deps.clock.now().getTime())
        return compensate(drive, purchase, { kind: 'declined', reason: 'AUTHENTICATION_FAILED' });
      const waiting =
        purchase.recoveryPoint === 'awaiting_buyer' ? purchase : await checkpoint(drive, purchase, { recoveryPoint: 'awaiting_buyer' });
      const secondsLeft = (expiresAt.getTime() - deps.clock.now().getTime()) / 1_000;
      await deps.purchases.suspend(waiting, Math.min(pollBuyerActionSeconds, secondsLeft), stepOf(drive, waiting, 'waiting_for_buyer'));
      return { result: { kind: 'action_required', clientSecret: authorization.clientSecret, expiresAt } };
    }
    case 'retry_later': {
      const patienceMs =
        purchase.recoveryPoint === 'awaiting_buyer' ? Math.max(giveUpAfterMs, deps.buyerActionTimeoutSeconds * 1_000) : giveUpAfterMs;
      if (ageMs(deps, purchase) > patienceMs) return compensate(drive, purchase, { kind: 'abandoned' });
      await deps.purchases.suspend(
        purchase,
        Math.max(authorization.retryAfterMs / 1_000, backoffSeconds(purchase.attempts)),
        stepOf(drive, purchase, 'authorize_payment', 'the payment provider cannot say at the moment'),
      );
      return { result: { kind: 'unavailable', retryAfterMs: authorization.retryAfterMs } };
    }
    default:
      return unreachable(authorization);
  }
}

/** A buyer who came back from the bank may have been away for long: whether the purchase is allowed is asked again. */
async function placeIfAllowed(drive: Drive, purchase: Purchase, quote: Quote): Promise<Step> {
  if (purchase.recoveryPoint === 'awaiting_buyer') {
    const decision = await drive.deps.clients.decide(
      { buyerId: purchase.buyerId, buyerCountry: purchase.buyerCountry, sellerId: quote.sellerId, shipToCountry: quote.market },
      purchase.requestId,
    );
    if (!decision.allowed) {
      return compensate(drive, purchase, { kind: 'not_eligible', reason: decision.reason, message: decision.message });
    }
  }
  return place(drive, purchase, quote);
}

async function place(drive: Drive, purchase: Purchase, quote: Quote): Promise<Step> {
  const { deps } = drive;
  const placedAt = deps.clock.now();
  const order: Order = {
    orderId: purchase.orderId,
    buyerId: purchase.buyerId,
    sellerId: quote.sellerId,
    market: quote.market,
    status: 'placed',
    payment: 'authorized',
    fulfilment: 'unshipped',
    returns: 'none',
    dispute: 'none',
    lines: [quote.line],
    subtotal: quote.subtotal,
    shipping: quote.shipping,
    tax: quote.tax,
    total: quote.total,
    refundedMinor: 0,
    shippingService: quote.shippingService,
    sourcePostId: purchase.input.sourcePostId,
    sequence: 1,
    requestId: purchase.requestId,
    placedAt,
    confirmedAt: null,
    cancelledAt: null,
    cancelReason: null,
    captureAt: new Date(placedAt.getTime() + quote.undoWindowSeconds * 1_000),
  };
  await deps.purchases.place(purchase, order, orderPlaced(order), stepOf(drive, purchase, 'placed'));
  deps.wakeRelay();
  if (quote.undoWindowSeconds === 0) deps.wakeCapture();
  return { result: { kind: 'finished', orderId: order.orderId, outcome: { kind: 'placed' }, order } };
}

async function finish(drive: Drive, purchase: Purchase, outcome: PurchaseOutcome): Promise<Step> {
  await drive.deps.purchases.finish(purchase, outcome, stepOf(drive, purchase, 'finished', outcome.kind));
  return { result: { kind: 'finished', orderId: purchase.orderId, outcome } };
}

/** Decides that the purchase fails: from here on it is only undone. */
async function compensate(drive: Drive, purchase: Purchase, outcome: PurchaseOutcome): Promise<Step> {
  return { purchase: await checkpoint(drive, purchase, { recoveryPoint: 'compensating', outcome }, outcome.kind) };
}

/** Undoes what was recorded last; ends the purchase when nothing is left to undo. */
async function undoOne(drive: Drive, purchase: Purchase): Promise<Step> {
  const last = purchase.compensations.at(-1);
  if (last === undefined) {
    if (purchase.outcome === null) throw new Error(`${purchase.orderId} is compensating without an outcome`);
    await drive.deps.limits.settle(purchase, purchase.outcome);
    return finish(drive, purchase, purchase.outcome);
  }
  await undo(drive.deps, purchase, last);
  const compensations = purchase.compensations.slice(0, -1);
  return { purchase: await checkpoint(drive, purchase, { recoveryPoint: 'compensating', compensations }, `${last} done`) };
}

async function undo(deps: SagaDeps, purchase: Purchase, compensation: Compensation): Promise<void> {
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

const ageMs = (deps: SagaDeps, purchase: Purchase): number => deps.clock.now().getTime() - purchase.createdAt.getTime();
const backoffSeconds = (attempts: number): number => Math.min(0.5 * 2 ** attempts, 30);

/** Gives the lease back after a failure. While money cannot have moved, the purchase keeps waiting for its buyer. */
async function letGo(deps: SagaDeps, purchase: Purchase, driver: Driver, why: string): Promise<void> {
  const nextAttemptInSeconds = purchase.recoveryPoint === 'started' ? null : backoffSeconds(purchase.attempts);
  const step = stepOf({ deps, driver }, purchase, purchase.recoveryPoint, why);
  await deps.purchases.suspend(purchase, nextAttemptInSeconds, step).catch((error: unknown) => {
    // The lease runs out by itself.
    deps.logger.warn({ err: error, orderId: purchase.orderId }, 'lease could not be given back');
  });
}
