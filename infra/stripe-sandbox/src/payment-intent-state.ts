/**
 * The state machine of a payment intent as pure functions: from an intent, its charge and a command to the next intent and charge and
 * the money that moved, or to the reason why Stripe refuses. Nothing else changes an intent's status or amounts.
 */
import type { Stripe } from 'stripe';
import { formatAmount } from './amounts.ts';
import { capturedCharge, releasedCharge } from './charges.ts';
import type { Movement } from './ledger.ts';
import { idOf } from './records.ts';

type Intent = Stripe.PaymentIntent;

export type Refusal = { code: string; message: string; param?: string };

type Step<T> = ({ ok: true } & T) | ({ ok: false } & Refusal);

const CANCELABLE: Stripe.PaymentIntent.Status[] = [
  'requires_payment_method',
  'requires_capture',
  'requires_confirmation',
  'requires_action',
  'processing',
];

/** Why the intent cannot be confirmed; undefined where it can. */
export function confirmRefusal(intent: Intent): Refusal | undefined {
  switch (intent.status) {
    case 'requires_payment_method':
    case 'requires_confirmation':
    case 'requires_action':
      return undefined;
    case 'succeeded':
    case 'requires_capture':
      return {
        code: 'payment_intent_unexpected_state',
        message: `You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.`,
      };
    default:
      return {
        code: 'payment_intent_unexpected_state',
        message: `You cannot confirm this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be confirmed: requires_confirmation, requires_action.`,
      };
  }
}

/** The status of an intent that waits for its next confirmation. */
export function idleStatus(paymentMethod: string | null): Stripe.PaymentIntent.Status {
  return paymentMethod === null ? 'requires_payment_method' : 'requires_confirmation';
}

/** The issuer has approved `charge`: money is held, or taken where the intent captures by itself. */
export function authorized(intent: Intent, charge: Stripe.Charge, now: number): { intent: Intent; movements: Movement[] } {
  const movement = { paymentIntent: intent.id, amount: charge.amount, at: now };
  const next: Intent = {
    ...intent,
    latest_charge: charge.id,
    payment_method: charge.payment_method,
    next_action: null,
    last_payment_error: null,
    ...(charge.captured
      ? { status: 'succeeded', amount_capturable: 0, amount_received: charge.amount }
      : { status: 'requires_capture', amount_capturable: charge.amount, amount_received: 0 }),
  };
  const movements: Movement[] = [{ kind: 'authorize', ...movement }];
  if (charge.captured) movements.push({ kind: 'capture', ...movement });
  return { intent: next, movements };
}

/** The attempt has failed: the intent wants another payment method and says why. */
export function failed(intent: Intent, error: Stripe.PaymentIntent.LastPaymentError, charge: Stripe.Charge | null): Intent {
  return {
    ...intent,
    status: 'requires_payment_method',
    payment_method: null,
    next_action: null,
    last_payment_error: error,
    latest_charge: charge?.id ?? intent.latest_charge,
  };
}

/** The card holder has to pass a challenge first. */
export function actionRequired(intent: Intent, paymentMethod: string, nextAction: Stripe.PaymentIntent.NextAction): Intent {
  return { ...intent, status: 'requires_action', payment_method: paymentMethod, next_action: nextAction, last_payment_error: null };
}

/** The payment takes a while to end. */
export function inProcess(intent: Intent, paymentMethod: string): Intent {
  return { ...intent, status: 'processing', payment_method: paymentMethod, next_action: null, last_payment_error: null };
}

interface Captured {
  intent: Intent;
  charge: Stripe.Charge;
  movements: Movement[];
  /** The part of the authorization that was let go, in minor units. */
  released: number;
}

/** Captures `requested` minor units once (everything when absent) and lets the rest of the authorization go. */
export function capture(intent: Intent, charge: Stripe.Charge | undefined, requested: number | undefined, now: number): Step<Captured> {
  if (intent.status !== 'requires_capture' || charge === undefined) {
    const already = intent.status === 'succeeded' && intent.capture_method === 'manual';
    return {
      ok: false,
      code: 'payment_intent_unexpected_state',
      message: already
        ? 'This PaymentIntent could not be captured because it has already been captured.'
        : `This PaymentIntent could not be captured because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.`,
    };
  }
  const amount = requested ?? intent.amount_capturable;
  if (amount < 1) {
    return {
      ok: false,
      code: 'parameter_invalid_integer',
      param: 'amount_to_capture',
      message: 'This value must be greater than or equal to 1.',
    };
  }
  if (amount > intent.amount_capturable) {
    return {
      ok: false,
      code: 'amount_too_large',
      param: 'amount_to_capture',
      message: `The amount to capture (${formatAmount(amount, intent.currency)}) is greater than the amount that can be captured (${formatAmount(intent.amount_capturable, intent.currency)}).`,
    };
  }
  const released = intent.amount_capturable - amount;
  const movements: Movement[] = [{ kind: 'capture', paymentIntent: intent.id, amount, at: now }];
  if (released > 0) movements.push({ kind: 'void', paymentIntent: intent.id, amount: released, at: now });
  return {
    ok: true,
    intent: { ...intent, status: 'succeeded', amount_capturable: 0, amount_received: amount },
    charge: capturedCharge(charge, amount),
    movements,
    released,
  };
}

interface Canceled {
  intent: Intent;
  /** Present where an authorization was let go. */
  charge?: Stripe.Charge;
  movements: Movement[];
}

/** Ends an intent that has not succeeded; a held authorization is let go whole. */
export function cancel(
  intent: Intent,
  charge: Stripe.Charge | undefined,
  reason: Stripe.PaymentIntent.CancellationReason | null,
  now: number,
): Step<Canceled> {
  if (!CANCELABLE.includes(intent.status)) {
    return {
      ok: false,
      code: 'payment_intent_unexpected_state',
      message: `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be canceled: ${CANCELABLE.join(', ')}.`,
    };
  }
  const held = intent.status === 'requires_capture' && charge !== undefined && idOf(intent.latest_charge) === charge.id;
  return {
    ok: true,
    intent: { ...intent, status: 'canceled', canceled_at: now, cancellation_reason: reason, amount_capturable: 0, next_action: null },
    ...(held ? { charge: releasedCharge(charge) } : {}),
    movements: held ? [{ kind: 'void', paymentIntent: intent.id, amount: intent.amount_capturable, at: now }] : [],
  };
}
