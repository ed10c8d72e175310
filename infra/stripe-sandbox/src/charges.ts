/** Charges: the money side of a payment intent's attempts. Each function is pure: it makes a charge or the next state of one. */
import type { Stripe } from 'stripe';
import { formatAmount } from './amounts.ts';
import { AUTHENTICATION_REQUIRED, type Decline } from './cards.ts';
import { newId } from './ids.ts';
import { idOf } from './records.ts';

const AUTHORIZATION_SECONDS = 7 * 24 * 60 * 60;

/** How 3-D Secure has vouched for the card holder: by the issuer alone, or by a challenge that was passed. */
export type Authentication = 'frictionless' | 'challenge';

interface ChargeAttempt {
  intent: Stripe.PaymentIntent;
  method: Stripe.PaymentMethod;
  /** Why the issuer refuses; absent where it approves. */
  decline?: Decline;
  authentication: Authentication | null;
  now: number;
}

function outcomeOf(decline: Decline | undefined): Stripe.Charge.Outcome {
  const approved = decline === undefined;
  return {
    advice_code: approved || decline === AUTHENTICATION_REQUIRED ? null : 'do_not_try_again',
    network_advice_code: null,
    network_decline_code: null,
    network_status: approved ? 'approved_by_network' : 'declined_by_network',
    reason: approved ? null : (decline.declineCode ?? decline.code),
    risk_level: 'normal',
    risk_score: 7,
    seller_message: approved ? 'Payment complete.' : 'The bank did not return any further details with this decline.',
    type: approved ? 'authorized' : 'issuer_declined',
  };
}

function cardDetails({ intent, method, decline, authentication, now }: ChargeAttempt): Stripe.Charge.PaymentMethodDetails {
  const { card } = method;
  if (card === undefined) throw new Error('A charge needs a card.');
  const manual = intent.capture_method === 'manual' && decline === undefined;
  return {
    type: 'card',
    card: {
      amount_authorized: decline === undefined ? intent.amount : null,
      authorization_code: decline === undefined ? '123456' : null,
      brand: card.brand,
      ...(manual ? { capture_before: now + AUTHORIZATION_SECONDS } : {}),
      checks: card.checks,
      country: card.country,
      exp_month: card.exp_month,
      exp_year: card.exp_year,
      electronic_commerce_indicator: authentication === null ? null : '05',
      extended_authorization: { status: 'disabled' },
      fingerprint: card.fingerprint ?? null,
      funding: card.funding,
      incremental_authorization: { status: 'unavailable' },
      installments: null,
      last4: card.last4,
      mandate: null,
      multicapture: { status: 'unavailable' },
      network: card.brand,
      network_token: { used: false },
      network_transaction_id: null,
      overcapture: { maximum_amount_capturable: intent.amount, status: 'unavailable' },
      regulated_status: card.regulated_status,
      three_d_secure:
        authentication === null
          ? null
          : {
              authentication_flow: authentication,
              electronic_commerce_indicator: '05',
              exemption_indicator: null,
              result: 'authenticated',
              result_reason: null,
              transaction_id: null,
              version: '2.2.0',
            },
      transaction_link_id: null,
      wallet: null,
    },
  };
}

/** The charge that an attempt makes: authorized and, unless the intent captures manually, captured; or failed. */
export function newCharge(attempt: ChargeAttempt): Stripe.Charge {
  const { intent, method, decline, now } = attempt;
  const approved = decline === undefined;
  const captured = approved && intent.capture_method !== 'manual';
  return {
    id: newId('ch'),
    object: 'charge',
    amount: intent.amount,
    amount_captured: captured ? intent.amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: intent.application_fee_amount,
    balance_transaction: null,
    billing_details: method.billing_details,
    calculated_statement_descriptor: approved ? (intent.statement_descriptor ?? 'VITRINE SANDBOX') : null,
    captured,
    created: now,
    currency: intent.currency,
    customer: idOf(intent.customer),
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: approved ? null : decline.code,
    failure_message: approved ? null : decline.message,
    fraud_details: {},
    livemode: false,
    metadata: intent.metadata,
    on_behalf_of: intent.on_behalf_of,
    outcome: outcomeOf(decline),
    paid: approved,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: cardDetails(attempt),
    radar_options: {},
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: intent.shipping,
    source: null,
    source_transfer: null,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status: approved ? 'succeeded' : 'failed',
    transfer_data: intent.transfer_data
      ? { amount: intent.transfer_data.amount ?? null, destination: intent.transfer_data.destination }
      : null,
    transfer_group: intent.transfer_group,
  };
}

/** What can still be given back: captured and not yet refunded. */
export function refundableOf(charge: Stripe.Charge): number {
  return charge.captured ? charge.amount - charge.amount_refunded : 0;
}

/** The charge after `amount` was captured; the rest of the authorization counts as refunded, as Stripe shows it. */
export function capturedCharge(charge: Stripe.Charge, amount: number): Stripe.Charge {
  const released = charge.amount - amount;
  return { ...charge, captured: true, amount_captured: amount, amount_refunded: released, refunded: false };
}

/** The charge after its authorization was let go. */
export function releasedCharge(charge: Stripe.Charge): Stripe.Charge {
  return { ...charge, amount_refunded: charge.amount, refunded: true };
}

type RefundDecision = { ok: true; amount: number; charge: Stripe.Charge } | { ok: false; code?: string; param?: string; message: string };

/** Decides a refund of `requested` minor units (all that is left when absent): never above what was captured. */
export function decideRefund(charge: Stripe.Charge, requested: number | undefined): RefundDecision {
  const left = refundableOf(charge);
  if (charge.status !== 'succeeded' || !charge.captured) {
    return { ok: false, code: 'charge_not_refundable', message: `Charge ${charge.id} has not been captured, so it cannot be refunded.` };
  }
  if (left === 0) {
    return { ok: false, code: 'charge_already_refunded', message: `Charge ${charge.id} has already been refunded.` };
  }
  const amount = requested ?? left;
  if (amount < 1)
    return { ok: false, code: 'parameter_invalid_integer', param: 'amount', message: 'This value must be greater than or equal to 1.' };
  if (amount > left) {
    return {
      ok: false,
      param: 'amount',
      message: `Refund amount (${formatAmount(amount, charge.currency)}) is greater than unrefunded amount on charge (${formatAmount(left, charge.currency)})`,
    };
  }
  const refunded = charge.amount_refunded + amount;
  return { ok: true, amount, charge: { ...charge, amount_refunded: refunded, refunded: refunded === charge.amount } };
}
