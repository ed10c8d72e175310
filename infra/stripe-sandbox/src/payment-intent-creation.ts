/** How a payment intent begins: its parameters, what Stripe refuses about amount, currency and Connect, and its first state. */
import type { Stripe } from 'stripe';
import { checkAmount } from './amounts.ts';
import { SHIPPING_PARAM, shippingOf } from './billing-details.ts';
import { CARD_OPTIONS, CONFIRM_FIELDS, METHOD_GIVEN, METHOD_SETTINGS, methodSettings } from './confirmation.ts';
import { invalidRequest, noSuch } from './errors.ts';
import { newClientSecret, newId } from './ids.ts';
import { clearableText, flag, integer, mergeMetadata, metadata, object, oneOf, required, text, type Values } from './parameters.ts';
import { idleStatus } from './payment-intent-state.ts';

/** True, false, or the kind of off-session payment, which counts as true. */
export const OFF_SESSION = oneOf('true', 'false', 'one_off', 'recurring');

export const CREATE_FIELDS = {
  ...METHOD_SETTINGS,
  ...METHOD_GIVEN,
  ...CONFIRM_FIELDS,
  amount: required(integer()),
  application_fee_amount: integer({ min: 0 }),
  capture_method: oneOf('automatic', 'automatic_async', 'manual'),
  confirm: flag(),
  currency: required(text()),
  customer: text(),
  description: clearableText(1000),
  error_on_requires_action: flag(),
  metadata: metadata(),
  off_session: OFF_SESSION,
  on_behalf_of: text(),
  payment_method_options: CARD_OPTIONS,
  receipt_email: clearableText(800),
  setup_future_usage: oneOf('off_session', 'on_session'),
  shipping: SHIPPING_PARAM,
  statement_descriptor: text(22),
  statement_descriptor_suffix: text(22),
  transfer_data: object({ amount: integer({ min: 1 }), description: text(), destination: required(text()), metadata: metadata() }),
  transfer_group: text(),
};

/** Throws ApiError 400 for an amount, currency, fee or destination that Stripe does not take. */
export function checkCreation(params: Values<typeof CREATE_FIELDS>): void {
  const { transfer_data: transfer, application_fee_amount: fee, on_behalf_of: onBehalfOf, amount } = params;
  checkAmount(amount, params.currency);
  for (const [name, id] of [
    ['transfer_data[destination]', transfer?.destination],
    ['on_behalf_of', onBehalfOf],
  ] as const) {
    if (id !== undefined && !/^acct_[A-Za-z0-9]{8,}$/.test(id)) throw noSuch('destination', id, { param: name });
  }
  if (fee !== undefined) {
    if (transfer === undefined) {
      throw invalidRequest(
        'Can only apply an application_fee_amount when the PaymentIntent is attempting a direct payment (using an OAuth key or Stripe-Account header) or destination payment (using `transfer_data[destination]`).',
        { param: 'application_fee_amount' },
      );
    }
    if (transfer.amount !== undefined) {
      throw invalidRequest('You may only specify one of these parameters: application_fee_amount, transfer_data[amount].', {
        code: 'parameters_exclusive',
        param: 'application_fee_amount',
      });
    }
  }
  for (const [name, part] of [
    ['application_fee_amount', fee],
    ['transfer_data[amount]', transfer?.amount],
  ] as const) {
    if (part !== undefined && part > amount)
      throw invalidRequest(`The ${name} must not be greater than the amount of the PaymentIntent.`, { param: name });
  }
}

/** The intent as created, not yet confirmed; `now` in seconds. */
export function newPaymentIntent(params: Values<typeof CREATE_FIELDS>, paymentMethod: string | null, now: number): Stripe.PaymentIntent {
  const id = newId('pi');
  const transfer = params.transfer_data;
  return {
    id,
    object: 'payment_intent',
    amount: params.amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: params.application_fee_amount ?? null,
    ...methodSettings(params),
    canceled_at: null,
    cancellation_reason: null,
    capture_method: params.capture_method ?? 'automatic_async',
    client_secret: newClientSecret(id),
    confirmation_method: 'automatic',
    created: now,
    currency: params.currency.toLowerCase(),
    customer: params.customer ?? null,
    customer_account: null,
    description: params.description ?? null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: mergeMetadata({}, params.metadata),
    next_action: null,
    on_behalf_of: params.on_behalf_of ?? null,
    payment_method: paymentMethod,
    payment_method_configuration_details: null,
    payment_method_options: {
      card: {
        installments: null,
        mandate_options: null,
        network: null,
        request_three_d_secure: params.payment_method_options?.card?.request_three_d_secure ?? 'automatic',
      },
    },
    payment_record: null,
    processing: null,
    receipt_email: params.receipt_email ?? null,
    review: null,
    setup_future_usage: params.setup_future_usage ?? null,
    shipping: shippingOf(params.shipping),
    source: null,
    statement_descriptor: params.statement_descriptor ?? null,
    statement_descriptor_suffix: params.statement_descriptor_suffix ?? null,
    status: idleStatus(paymentMethod),
    transfer_data:
      transfer === undefined
        ? null
        : {
            destination: transfer.destination,
            ...(transfer.amount === undefined ? {} : { amount: transfer.amount }),
            ...(transfer.description === undefined ? {} : { description: transfer.description }),
            ...(transfer.metadata === undefined ? {} : { metadata: transfer.metadata ?? {} }),
          },
    transfer_group: params.transfer_group ?? null,
  };
}
