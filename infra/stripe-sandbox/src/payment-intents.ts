/** Payment intents over HTTP: create, retrieve, confirm, capture, cancel, list. What a step does to the money is in `payment-intent-state.ts`. */
import type { Stripe } from 'stripe';
import { SHIPPING_PARAM, shippingOf } from './billing-details.ts';
import { requireDestination } from './accounts.ts';
import { abandonChallenge } from './challenges.ts';
import {
  CARD_OPTIONS,
  CONFIRM_FIELDS,
  givenMethod,
  METHOD_GIVEN,
  METHOD_SELECTION,
  methodToConfirm,
  onlyWithConfirm,
} from './confirmation.ts';
import { requireCustomer } from './customers.ts';
import { checkClientSecret, endpoint, idIn, ok, secretOnly, type Answer, type Endpoint } from './endpoint.ts';
import { intentState, invalidRequest, noSuch, type ApiError } from './errors.ts';
import { CREATED, createdWithin, PAGE, page } from './lists.ts';
import { clearableText, flag, integer, mergeMetadata, metadata, object, oneOf, text } from './parameters.ts';
import { confirmPaymentIntent } from './payment-attempt.ts';
import { checkCreation, CREATE_FIELDS, newPaymentIntent, OFF_SESSION } from './payment-intent-creation.ts';
import { cancel, capture, confirmRefusal, type Refusal } from './payment-intent-state.ts';
import { checkUsable } from './payment-methods.ts';
import { idOf, type ChargeRecord, type PaymentIntentRecord } from './records.ts';
import { recordRelease } from './refunds.ts';
import { settleCapture } from './settlement.ts';
import type { Transaction } from './store.ts';

/** The intent of a path; throws ApiError 404. */
export function requirePaymentIntent(tx: Transaction, id: string): PaymentIntentRecord {
  const record = tx.get('payment_intent', id);
  if (record === undefined) throw noSuch('payment_intent', id, { param: 'intent', inPath: true });
  return record;
}

function refuse(refusal: Refusal, intent: Stripe.PaymentIntent): ApiError {
  if (refusal.code === 'payment_intent_unexpected_state') {
    return intentState('payment_intent_unexpected_state', refusal.message, { payment_intent: intent });
  }
  return invalidRequest(refusal.message, { code: refusal.code, param: refusal.param });
}

function chargeOf(tx: Transaction, intent: Stripe.PaymentIntent): ChargeRecord | undefined {
  const id = idOf(intent.latest_charge);
  return id === null ? undefined : tx.get('charge', id);
}

/** Writes what a capture did. */
function saveCapture(
  tx: Transaction,
  record: PaymentIntentRecord,
  step: Extract<ReturnType<typeof capture>, { ok: true }>,
  now: number,
): Answer {
  settleCapture(tx, step.charge, now);
  tx.put('payment_intent', record.object.id, { ...record, object: step.intent });
  for (const movement of step.movements) tx.move(movement);
  if (step.released > 0) recordRelease(tx, step.charge, step.released, now);
  return ok(step.intent);
}

export const paymentIntentEndpoints: Endpoint[] = [
  endpoint('POST', '/v1/payment_intents', CREATE_FIELDS, (call) => {
    const { tx, params } = call;
    onlyWithConfirm(call, params.confirm, ['off_session', 'error_on_requires_action', 'return_url', 'use_stripe_sdk'], 'PaymentIntent');
    checkCreation(params);
    const destination = params.transfer_data?.destination;
    if (destination !== undefined) requireDestination(tx, destination, 'transfer_data[destination]');
    if (params.customer !== undefined) requireCustomer(tx, params.customer, { param: 'customer' });
    const method = givenMethod(call, params);
    if (method !== undefined) checkUsable(method, params.customer ?? null);
    const record = { object: newPaymentIntent(params, method?.object.id ?? null, Math.floor(call.now.getTime() / 1000)), challenge: null };
    tx.put('payment_intent', record.object.id, record);
    if (params.confirm !== true) return ok(record.object);
    return confirmPaymentIntent(call, record, method, {
      ...params,
      offSession: params.off_session !== undefined && params.off_session !== 'false',
    });
  }),
  endpoint('GET', '/v1/payment_intents', { ...PAGE, ...CREATED, customer: text() }, ({ tx, params }) => {
    const found = tx
      .list('payment_intent', params.customer)
      .map(({ object: intent }) => intent)
      .filter((intent) => createdWithin(intent.created, params.created));
    return ok(page(found, '/v1/payment_intents', 'payment_intent', params));
  }),
  endpoint(
    'GET',
    '/v1/payment_intents/:id',
    { client_secret: text() },
    ({ caller, tx, path, params }) => {
      const { object: intent } = requirePaymentIntent(tx, idIn(path));
      checkClientSecret(caller, params.client_secret, intent, 'PaymentIntent');
      return ok(intent);
    },
    { publishable: true },
  ),
  endpoint(
    'POST',
    '/v1/payment_intents/:id/confirm',
    {
      ...METHOD_SELECTION,
      ...METHOD_GIVEN,
      ...CONFIRM_FIELDS,
      capture_method: oneOf('automatic', 'automatic_async', 'manual'),
      client_secret: text(),
      error_on_requires_action: flag(),
      off_session: OFF_SESSION,
      payment_method_options: CARD_OPTIONS,
      receipt_email: clearableText(800),
      setup_future_usage: oneOf('off_session', 'on_session'),
      shipping: SHIPPING_PARAM,
    },
    (call) => {
      const { caller, tx, path, params } = call;
      const record = requirePaymentIntent(tx, idIn(path));
      checkClientSecret(caller, params.client_secret, record.object, 'PaymentIntent');
      secretOnly(caller, params, ['off_session', 'error_on_requires_action', 'capture_method']);
      const refusal = confirmRefusal(record.object);
      if (refusal !== undefined) throw refuse(refusal, record.object);
      const method = methodToConfirm(call, params, record.object);
      const intent: Stripe.PaymentIntent = {
        ...record.object,
        capture_method: params.capture_method ?? record.object.capture_method,
        receipt_email: params.receipt_email === undefined ? record.object.receipt_email : params.receipt_email,
        setup_future_usage: params.setup_future_usage ?? record.object.setup_future_usage,
        shipping: params.shipping === undefined ? record.object.shipping : shippingOf(params.shipping),
      };
      return confirmPaymentIntent(call, { ...record, object: intent }, method, {
        ...params,
        offSession: params.off_session !== undefined && params.off_session !== 'false',
      });
    },
    { publishable: true },
  ),
  endpoint(
    'POST',
    '/v1/payment_intents/:id/capture',
    {
      amount_to_capture: integer(),
      application_fee_amount: integer({ min: 0 }),
      metadata: metadata(),
      statement_descriptor: text(22),
      statement_descriptor_suffix: text(22),
      transfer_data: object({ amount: integer({ min: 1 }) }),
    },
    ({ tx, path, params, now }) => {
      const record = requirePaymentIntent(tx, idIn(path));
      const at = Math.floor(now.getTime() / 1000);
      const step = capture(record.object, chargeOf(tx, record.object)?.object, params.amount_to_capture, at);
      if (!step.ok) throw refuse(step, record.object);
      const taken = step.intent.amount_received;
      const fee = params.application_fee_amount ?? step.intent.application_fee_amount;
      if (params.application_fee_amount !== undefined && params.application_fee_amount > taken) {
        throw invalidRequest('The application_fee_amount must not be greater than the amount to capture.', {
          param: 'application_fee_amount',
        });
      }
      const transfer = step.intent.transfer_data;
      const intent: Stripe.PaymentIntent = {
        ...step.intent,
        // Stripe caps the fee at what is captured.
        application_fee_amount: fee === null ? null : Math.min(fee, taken),
        metadata: mergeMetadata(step.intent.metadata, params.metadata),
        statement_descriptor: params.statement_descriptor ?? step.intent.statement_descriptor,
        statement_descriptor_suffix: params.statement_descriptor_suffix ?? step.intent.statement_descriptor_suffix,
        transfer_data:
          transfer && params.transfer_data?.amount !== undefined ? { ...transfer, amount: params.transfer_data.amount } : transfer,
      };
      const charge = {
        ...step.charge,
        application_fee_amount: intent.application_fee_amount,
        transfer_data: intent.transfer_data
          ? { amount: intent.transfer_data.amount ?? null, destination: intent.transfer_data.destination }
          : null,
      };
      return saveCapture(tx, record, { ...step, intent, charge }, at);
    },
  ),
  endpoint(
    'POST',
    '/v1/payment_intents/:id/cancel',
    { cancellation_reason: oneOf('abandoned', 'duplicate', 'fraudulent', 'requested_by_customer') },
    ({ tx, path, params, now }) => {
      const record = requirePaymentIntent(tx, idIn(path));
      const at = Math.floor(now.getTime() / 1000);
      const step = cancel(record.object, chargeOf(tx, record.object)?.object, params.cancellation_reason ?? null, at);
      if (!step.ok) throw refuse(step, record.object);
      abandonChallenge(tx, record.challenge);
      tx.put('payment_intent', record.object.id, { object: step.intent, challenge: null });
      if (step.charge !== undefined) {
        tx.put('charge', step.charge.id, { object: step.charge });
        recordRelease(tx, step.charge, step.charge.amount, at);
      }
      for (const movement of step.movements) tx.move(movement);
      return ok(step.intent);
    },
  ),
];
