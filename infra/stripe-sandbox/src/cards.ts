/**
 * Stripe's test cards and what each of them does, and the checks on a card number, expiry and CVC as typed by a buyer.
 * A number that is not a test card is declined as Stripe's test mode does, so no real card gets in.
 */
import { createHmac } from 'node:crypto';
import { ApiError, invalidRequest, withDocUrl, type ErrorBody } from './errors.ts';
import { base62 } from './ids.ts';

type CardBrand = 'visa' | 'mastercard' | 'amex';

/** How the issuer refuses: Stripe's error code, the decline code where there is one, and the message a buyer may read. */
export interface Decline {
  code: 'card_declined' | 'expired_card' | 'incorrect_cvc' | 'processing_error' | 'authentication_required';
  declineCode?: string;
  message: string;
  param?: string;
}

const DECLINES = {
  generic: { code: 'card_declined', declineCode: 'generic_decline', message: 'Your card was declined.' },
  insufficient_funds: { code: 'card_declined', declineCode: 'insufficient_funds', message: 'Your card has insufficient funds.' },
  lost_card: { code: 'card_declined', declineCode: 'lost_card', message: 'Your card was declined.' },
  stolen_card: { code: 'card_declined', declineCode: 'stolen_card', message: 'Your card was declined.' },
  expired_card: { code: 'expired_card', declineCode: 'expired_card', message: 'Your card has expired.', param: 'exp_month' },
  incorrect_cvc: {
    code: 'incorrect_cvc',
    declineCode: 'incorrect_cvc',
    message: "Your card's security code is incorrect.",
    param: 'cvc',
  },
  processing_error: {
    code: 'processing_error',
    declineCode: 'processing_error',
    message: 'An error occurred while processing your card. Try again in a little bit.',
  },
} as const satisfies Record<string, Decline>;

/**
 * What a card does: how a charge ends, whether saving it ends the same way, and when the issuer wants 3-D Secure (`unless_set_up`: not
 * off-session once a setup intent has passed the challenge; `on_session`: not off-session; `if_asked`: only when the intent asks for it).
 */
interface CardBehaviour {
  charge: 'succeeds' | keyof typeof DECLINES;
  saveFails: boolean;
  threeDSecure: 'never' | 'if_asked' | 'on_session' | 'unless_set_up' | 'always';
  /** What the card holder does once the charge is captured. */
  dispute?: 'fraudulent' | 'product_not_received' | 'inquiry';
  /** How a refund ends some seconds later. */
  refund?: 'pending_succeeds' | 'fails';
  /** A payment is `processing` for some seconds, and then ends so. */
  processing?: 'succeed' | 'fail';
  /** The money can be used at once. */
  skipsPending?: boolean;
}

const SUCCEEDS: CardBehaviour = { charge: 'succeeds', saveFails: false, threeDSecure: 'never' };

function declines(charge: keyof typeof DECLINES): CardBehaviour {
  return { charge, saveFails: true, threeDSecure: 'never' };
}

const BEHAVIOURS = {
  succeeds: SUCCEEDS,
  generic_decline: declines('generic'),
  insufficient_funds: declines('insufficient_funds'),
  lost_card: declines('lost_card'),
  stolen_card: declines('stolen_card'),
  expired_card: declines('expired_card'),
  incorrect_cvc: declines('incorrect_cvc'),
  processing_error: declines('processing_error'),
  charge_fails_after_attach: { charge: 'generic', saveFails: false, threeDSecure: 'never' },
  three_d_secure_always: { charge: 'succeeds', saveFails: false, threeDSecure: 'always' },
  three_d_secure_unless_set_up: { charge: 'succeeds', saveFails: false, threeDSecure: 'unless_set_up' },
  three_d_secure_on_session: { charge: 'succeeds', saveFails: false, threeDSecure: 'on_session' },
  three_d_secure_if_asked: { charge: 'succeeds', saveFails: false, threeDSecure: 'if_asked' },
  three_d_secure_then_declined: { charge: 'generic', saveFails: false, threeDSecure: 'always' },
  three_d_secure_then_insufficient_funds: { charge: 'insufficient_funds', saveFails: false, threeDSecure: 'always' },
  // The issuer cannot be asked, so the card holder never is.
  three_d_secure_processing_error: { charge: 'generic', saveFails: false, threeDSecure: 'never' },
  disputed_as_fraudulent: { ...SUCCEEDS, dispute: 'fraudulent' },
  disputed_as_not_received: { ...SUCCEEDS, dispute: 'product_not_received' },
  disputed_by_inquiry: { ...SUCCEEDS, dispute: 'inquiry' },
  refund_pending: { ...SUCCEEDS, refund: 'pending_succeeds' },
  refund_fails: { ...SUCCEEDS, refund: 'fails' },
  skips_pending_balance: { ...SUCCEEDS, skipsPending: true },
  succeeds_later: { ...SUCCEEDS, processing: 'succeed' },
  fails_later: { ...SUCCEEDS, processing: 'fail' },
} as const satisfies Record<string, CardBehaviour>;

/** The name under which a card's behaviour is stored in place of its number. */
export type BehaviourClass = keyof typeof BEHAVIOURS;

const TEST_CARDS = new Map<string, { behaviour: BehaviourClass; token?: string }>([
  ['4242424242424242', { behaviour: 'succeeds', token: 'visa' }],
  ['5555555555554444', { behaviour: 'succeeds', token: 'mastercard' }],
  ['378282246310005', { behaviour: 'succeeds', token: 'amex' }],
  ['4000000000000002', { behaviour: 'generic_decline', token: 'visa_chargeDeclined' }],
  ['4000000000009995', { behaviour: 'insufficient_funds', token: 'visa_chargeDeclinedInsufficientFunds' }],
  ['4000000000009987', { behaviour: 'lost_card', token: 'visa_chargeDeclinedLostCard' }],
  ['4000000000009979', { behaviour: 'stolen_card', token: 'visa_chargeDeclinedStolenCard' }],
  ['4000000000000069', { behaviour: 'expired_card', token: 'chargeDeclinedExpiredCard' }],
  ['4000000000000127', { behaviour: 'incorrect_cvc', token: 'chargeDeclinedIncorrectCvc' }],
  ['4000000000000119', { behaviour: 'processing_error', token: 'chargeDeclinedProcessingError' }],
  ['4000000000000341', { behaviour: 'charge_fails_after_attach', token: 'chargeCustomerFail' }],
  ['4000002760003184', { behaviour: 'three_d_secure_always', token: 'authenticationRequired' }],
  ['4000002500003155', { behaviour: 'three_d_secure_unless_set_up', token: 'authenticationRequiredOnSetup' }],
  ['4000003800000446', { behaviour: 'three_d_secure_on_session', token: 'authenticationRequiredSetupForOffSession' }],
  [
    '4000008260003178',
    { behaviour: 'three_d_secure_then_insufficient_funds', token: 'authenticationRequiredChargeDeclinedInsufficientFunds' },
  ],
  ['4000000000003220', { behaviour: 'three_d_secure_always', token: 'threeDSecure2Required' }],
  ['4000000000003063', { behaviour: 'three_d_secure_always', token: 'threeDSecureRequired' }],
  ['4000008400001629', { behaviour: 'three_d_secure_then_declined', token: 'threeDSecureRequiredChargeDeclined' }],
  ['4000008400001280', { behaviour: 'three_d_secure_processing_error', token: 'threeDSecureRequiredProcessingError' }],
  ['4000000000003055', { behaviour: 'three_d_secure_if_asked', token: 'threeDSecureOptional' }],
  ['4000000000000259', { behaviour: 'disputed_as_fraudulent', token: 'createDispute' }],
  ['4000000000002685', { behaviour: 'disputed_as_not_received', token: 'createDisputeProductNotReceived' }],
  ['4000000000001976', { behaviour: 'disputed_by_inquiry', token: 'createDisputeInquiry' }],
  ['4000000000007726', { behaviour: 'refund_pending', token: 'pendingRefund' }],
  ['4000000000005126', { behaviour: 'refund_fails', token: 'refundFail' }],
  ['4000000000000077', { behaviour: 'skips_pending_balance', token: 'bypassPending' }],
  // Ours: Stripe has no test card whose payment takes a while.
  ['4000009999000014', { behaviour: 'succeeds_later', token: 'sandboxSucceedsLater' }],
  ['4000009999000022', { behaviour: 'fails_later', token: 'sandboxFailsLater' }],
]);

/** Ours: a card each for a crowd of buyers, in the range of Stripe's test cards. They succeed. */
const NUMBERED_CARDS = '4000009998';

/** The number of the crowd's card `index`, from 0 to 99,999. */
export function numberedCard(index: number): string {
  if (!Number.isInteger(index) || index < 0 || index > 99_999) throw new RangeError(`there is no card with the number ${index}`);
  const digits = `${NUMBERED_CARDS}${String(index).padStart(5, '0')}`;
  const check = '0123456789'.split('').find((digit) => passesLuhn(`${digits}${digit}`));
  return `${digits}${check}`;
}

function behaviourOfNumber(number: string): BehaviourClass | undefined {
  if (number.length === 16 && number.startsWith(NUMBERED_CARDS)) return 'succeeds';
  return TEST_CARDS.get(number)?.behaviour;
}

const NUMBER_OF_TOKEN = new Map<string, string>(
  [...TEST_CARDS].flatMap(([number, { token }]) => (token === undefined ? [] : [[`pm_card_${token}`, number] as const])),
);

/** What Stripe keeps of a card: never its number or security code. */
export interface CardFacts {
  brand: CardBrand;
  last4: string;
  expMonth: number;
  expYear: number;
  fingerprint: string;
  behaviour: BehaviourClass;
  cvcGiven: boolean;
}

export interface CardInput {
  number: string;
  expMonth: number;
  expYear: number;
  cvc?: string;
}

export function behaviourOf(name: BehaviourClass): CardBehaviour {
  return BEHAVIOURS[name];
}

/** How a charge of the card is refused; undefined where it succeeds. */
export function declineOf(name: BehaviourClass): Decline | undefined {
  const { charge } = behaviourOf(name);
  return charge === 'succeeds' ? undefined : DECLINES[charge];
}

/** How the issuer refuses a charge of a saved card now: it may have expired since. Undefined where it approves. */
export function declineNow(
  name: BehaviourClass,
  card: { exp_month: number; exp_year: number } | undefined,
  now: Date,
): Decline | undefined {
  const month = now.getUTCFullYear() * 12 + now.getUTCMonth();
  if (card !== undefined && card.exp_year * 12 + card.exp_month - 1 < month) return DECLINES.expired_card;
  return declineOf(name);
}

/** The issuer's refusal of an off-session charge that needs the card holder. */
export const AUTHENTICATION_REQUIRED: Decline = {
  code: 'authentication_required',
  declineCode: 'authentication_required',
  message: 'Your card was declined. This transaction requires authentication.',
};

export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    let digit = Number(digits[digits.length - 1 - index]);
    if (index % 2 === 1) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 === 0;
}

function brandOf(number: string): CardBrand {
  if (number.startsWith('4')) return 'visa';
  return number.startsWith('3') ? 'amex' : 'mastercard';
}

function cardError(code: string, message: string, param: string): ApiError {
  return new ApiError(402, { type: 'card_error', code, message, param });
}

function checkExpiry(month: number, year: number, now: Date): void {
  const thisYear = now.getUTCFullYear();
  const pastMonth = year === thisYear && month < now.getUTCMonth() + 1;
  if (month < 1 || month > 12 || pastMonth) {
    throw cardError('invalid_expiry_month', "Your card's expiration month is invalid.", 'exp_month');
  }
  if (year < thisYear || year > thisYear + 50) {
    throw cardError('invalid_expiry_year', "Your card's expiration year is invalid.", 'exp_year');
  }
}

/** Stripe's fingerprint: the same number has the same one, and nobody without the key can go back to the number. */
function fingerprintOf(number: string, account: string, key: Buffer): string {
  return base62(createHmac('sha256', key).update(`${account}:${number}`).digest().subarray(0, 16));
}

/**
 * Checks a typed card and keeps what may be kept. Two-digit years are of this century.
 * Throws ApiError 402 as Stripe does for a wrong number, expiry or CVC and for a number that is not a test card.
 */
export function acceptCard(input: CardInput, account: string, key: Buffer, now: Date): CardFacts {
  const number = input.number.replaceAll(/[\s-]/g, '');
  if (!/^\d{12,19}$/.test(number) || !passesLuhn(number)) {
    throw cardError('incorrect_number', 'Your card number is incorrect.', 'number');
  }
  const expYear = input.expYear < 100 ? input.expYear + 2000 : input.expYear;
  checkExpiry(input.expMonth, expYear, now);
  const brand = brandOf(number);
  if (input.cvc !== undefined && !(brand === 'amex' ? /^\d{3,4}$/ : /^\d{3}$/).test(input.cvc)) {
    throw cardError('invalid_cvc', "Your card's security code is invalid.", 'cvc');
  }
  const behaviour = behaviourOfNumber(number);
  if (behaviour === undefined) {
    throw new ApiError(402, {
      type: 'card_error',
      code: 'card_declined',
      decline_code: 'test_mode_live_card',
      message:
        'Your card was declined. Your request was in test mode, but used a non test card. For a list of valid test cards, visit: https://docs.stripe.com/testing.',
    });
  }
  return {
    brand,
    last4: number.slice(-4),
    expMonth: input.expMonth,
    expYear,
    fingerprint: fingerprintOf(number, account, key),
    behaviour,
    cvcGiven: input.cvc !== undefined,
  };
}

/** The card behind a test token such as `pm_card_visa`; undefined where the text is no test token. */
export function cardOfToken(token: string, account: string, key: Buffer, now: Date): CardFacts | undefined {
  const number = NUMBER_OF_TOKEN.get(token);
  if (number === undefined) return undefined;
  return acceptCard(
    { number, expMonth: now.getUTCMonth() + 1, expYear: now.getUTCFullYear() + 1, cvc: brandOf(number) === 'amex' ? '1234' : '123' },
    account,
    key,
    now,
  );
}

/** The card behind `card[token]=tok_…`, the older name of the same test tokens; throws ApiError 400 where there is none. */
export function cardOfLegacyToken(token: string, account: string, key: Buffer, now: Date): CardFacts {
  const card = token.startsWith('tok_') ? cardOfToken(`pm_card_${token.slice('tok_'.length)}`, account, key, now) : undefined;
  if (card === undefined) {
    throw invalidRequest(`No such token: '${token.slice(0, 60)}'`, { code: 'resource_missing', param: 'card[token]' });
  }
  return card;
}

/** A decline as the body of a card error. */
export function declineBody(decline: Decline): ErrorBody {
  return withDocUrl({
    type: 'card_error',
    code: decline.code,
    ...(decline.declineCode === undefined ? {} : { decline_code: decline.declineCode }),
    message: decline.message,
    ...(decline.param === undefined ? {} : { param: decline.param }),
  });
}
