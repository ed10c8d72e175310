/** Every expected failure in plain words, with what to do next. */
import { formatDateTime, formatMoney, formatWait } from './format.js';

const declined = {
  INSUFFICIENT_FUNDS: 'There is not enough money on this card. Use another card.',
  EXPIRED_CARD: 'This card has expired. Use another card.',
  INCORRECT_CVC: 'The security code is wrong. Enter the card again.',
  PROCESSING_ERROR: 'The bank could not be asked. Try again, or use another card.',
  AUTHENTICATION_FAILED: 'The payment was not confirmed at the bank. Try again, or use another card.',
};

const ineligible = {
  MARKET_CLOSED: 'Buying is not open in your country yet.',
  NOT_IN_ROLLOUT: 'Buying is being opened step by step. It has not reached you yet.',
  SELLER_NOT_ELIGIBLE: 'This seller does not sell at the moment.',
};

/** Reasons of a button that cannot be tapped, short enough for its place. */
export const buttonReasons = {
  MARKET_CLOSED: 'Not sold in your country yet',
  NOT_IN_ROLLOUT: 'Not open to you yet',
  SELLER_NOT_ELIGIBLE: 'Seller is not selling now',
  SOLD_OUT: 'Sold out',
  DISCONTINUED: 'No longer offered',
};

const limited = {
  BUYER: 'You have bought a lot within an hour.',
  CARD: 'This card was used a lot within an hour: use another one, or wait.',
  DEVICE: 'A lot was bought from this device within an hour.',
};

/** What is asked when the same was bought a moment ago. */
export const boughtTwiceQuestion = 'You bought this a moment ago. Buy it twice?';

/** What is said once an order was taken back. */
export const takenBackSentence =
  'Taken back: nothing is charged. What is held on your card is let go; your bank may take some days to show it.';

/** A sentence for a member of a result union that is not a success. */
export function explain(result) {
  switch (result.__typename) {
    case 'PaymentDeclinedError':
      return `Nothing was charged. ${declined[result.declineReason] ?? 'The bank declined the payment. Use another card.'}`;
    case 'PriceChangedError':
      return `The total has changed from ${formatMoney(result.expectedTotal)} to ${formatMoney(result.currentTotal)}. Nothing was charged: have a look and decide again.`;
    case 'OutOfStockError':
      return result.availableQuantity === 0
        ? 'Sold out. Nothing was charged.'
        : `Only ${result.availableQuantity} left. Nothing was charged.`;
    case 'PurchaseLimitError':
      return `${limited[result.scope] ?? result.message} Nothing was charged. Try again ${formatWait(result.retryAfterMs)}.`;
    case 'PurchaseAbandonedError':
      return 'This purchase was given up, since it was not paid in time. Nothing was charged: tap Buy to buy it anew.';
    case 'QuoteExpiredError':
      return 'The sheet lay open for too long, and nothing was charged. This is how it stands now: have a look and tap Buy again.';
    case 'PossibleDuplicateError':
      return boughtTwiceQuestion;
    case 'TooLateError':
      return result.order.status === 'CANCELLED'
        ? 'This order is cancelled already.'
        : 'Too late: the order has gone on. Your orders show what can still be done.';
    case 'OrderChangedError':
      return 'The order has changed meanwhile, and nothing was done. Look at it again.';
    case 'NotEligibleError':
      return ineligible[result.ineligibility] ?? result.message;
    case 'TemporarilyUnavailableError':
    case 'PaymentProviderUnavailableError':
      return 'A part of Vitrine does not answer right now. Try again: you are never charged twice.';
    case 'IdempotencyKeyInFlightError':
      return 'This is still being worked on. Try again in a moment: you are never charged twice.';
    case 'CardSetupIncompleteError':
      return 'The card was not confirmed. Enter it again.';
    case 'CardExpiredError':
      return 'This card has expired. Use another one.';
    case 'TooManyStoredError':
      return `At most ${result.limit} can be stored. Delete one first, in Wallet.`;
    default:
      return result.message ?? 'That did not work. Try again.';
  }
}

/** What is lacking in a partial answer, as one sentence; null when the errors are not about that. */
export function explainGaps(errors) {
  const services = new Set(errors.map(({ extensions }) => extensions.service));
  if (services.has('catalog')) return 'Products and prices cannot be shown right now. Posts still can.';
  if (services.has('checkout') || services.has('seller-eligibility')) return 'Buying is interrupted for a moment. Try again soon.';
  return errors.length > 0 ? 'A part of this page cannot be shown right now.' : null;
}

const cancelReasons = {
  CAPTURE_FAILED: 'The card could not be charged.',
  UNDONE: 'You took it back.',
  CANCELLED_BY_BUYER: 'You cancelled it.',
  CANCELLED_BY_SELLER: 'The seller cancelled it.',
  EXPIRED: 'It was not shipped in time.',
};

const fulfilments = {
  UNSHIPPED: 'Not shipped yet.',
  PARTIALLY_SHIPPED: 'A part is on its way.',
  SHIPPED: 'On its way.',
  DELIVERED: 'Delivered.',
};

const returns = {
  REQUESTED: 'Return: the seller has to answer.',
  APPROVED: 'Return: send the goods.',
  REFUSED: 'Return: the seller does not take it back.',
  RECEIVED: 'Return: it has arrived at the seller.',
  REFUNDED: 'Return: the money went back.',
};

const disputes = {
  OPEN: 'Your bank is looking into the charge.',
  WON: 'Your bank has decided: the charge stands.',
  LOST: 'Your bank has taken the money back.',
};

function moneyWords({ status, payment, total, refunded }) {
  const isCancelled = status === 'CANCELLED';
  switch (payment) {
    case 'AUTHORIZED':
      return isCancelled
        ? 'Nothing is charged: what is held on your card is let go.'
        : `${formatMoney(total)} is held on your card, not charged yet.`;
    case 'CAPTURED':
      return isCancelled ? `${formatMoney(total)} is on its way back to your card.` : `${formatMoney(total)} was charged.`;
    case 'PARTIALLY_REFUNDED':
      return `${formatMoney(refunded)} of ${formatMoney(total)} went back to your card.`;
    case 'REFUNDED':
      return `${formatMoney(refunded)} went back to your card.`;
    case 'VOIDED':
      return 'Nothing was charged.';
    default:
      return null;
  }
}

/** Where an order stands for its buyer: one word or two for its head. */
export function orderLabel({ status, fulfilment }) {
  if (status !== 'CONFIRMED') return { PLACED: 'Placed', CANCELLED: 'Cancelled' }[status] ?? status;
  return { PARTIALLY_SHIPPED: 'Partly shipped', SHIPPED: 'Shipped', DELIVERED: 'Delivered' }[fulfilment] ?? 'Confirmed';
}

/** What became of an order's goods and money, a sentence each. */
export function orderSentences(order) {
  const goods =
    order.status === 'CANCELLED'
      ? cancelReasons[order.cancelReason]
      : [fulfilments[order.fulfilment], order.shipBy === null ? null : `It is to be shipped by ${formatDateTime(order.shipBy)}.`]
          .filter(Boolean)
          .join(' ');
  return [goods, moneyWords(order), returns[order.returns], disputes[order.dispute]].filter(Boolean);
}

/** Where a parcel is. */
export const parcelWords = {
  SHIPPED: 'handed over',
  IN_TRANSIT: 'on its way',
  OUT_FOR_DELIVERY: 'comes today',
  DELIVERY_FAILED: 'nobody was found; the carrier tries again',
  AWAITING_PICKUP: 'waits to be fetched',
  DELIVERED: 'delivered',
  RETURNED_TO_SENDER: 'came back to the seller',
};

/** Why a buyer cancels; it need not be said. */
export const buyerCancelReasons = {
  '': 'I would rather not say',
  CHANGED_MIND: 'I do not want it any more',
  ORDERED_BY_MISTAKE: 'I did not mean to buy it',
  TAKES_TOO_LONG: 'It takes too long',
  FOUND_ELSEWHERE: 'I found it elsewhere',
  OTHER: 'Another reason',
};
