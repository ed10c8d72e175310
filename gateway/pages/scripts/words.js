/** Every expected failure in plain words, with what to do next. */
import { formatMoney } from './format.js';

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
