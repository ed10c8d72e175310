/**
 * Payment methods: made from a typed test card with a publishable key or from a test token, attached to one customer, detached for
 * good. Only what Stripe shows of a card is kept.
 */
import type { Stripe } from 'stripe';
import type { Caller } from './api-keys.ts';
import { addressOf, BILLING_DETAILS_PARAM } from './billing-details.ts';
import { acceptCard, behaviourOf, cardOfLegacyToken, cardOfToken, declineBody, declineOf, type CardFacts } from './cards.ts';
import { endpoint, idIn, ok, type Endpoint } from './endpoint.ts';
import { ApiError, invalidRequest, missingParameter, noSuch } from './errors.ts';
import { newId } from './ids.ts';
import { PAGE, page } from './lists.ts';
import { integer, mergeMetadata, metadata, object, oneOf, required, text, type Values } from './parameters.ts';
import type { PaymentMethodRecord } from './records.ts';
import type { Transaction } from './store.ts';

const ALLOW_REDISPLAY = oneOf('always', 'limited', 'unspecified');

const NO_ADDRESS: Stripe.Address = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };

const CARD_PARAM = object({ number: text(40), exp_month: integer(), exp_year: integer(), cvc: text(10), token: text(100) });

/** The parameters that describe a new payment method; also `payment_method_data` of an intent. */
export const PAYMENT_METHOD_FIELDS = {
  type: required(oneOf('card')),
  card: CARD_PARAM,
  billing_details: BILLING_DETAILS_PARAM,
  metadata: metadata(),
  allow_redisplay: ALLOW_REDISPLAY,
};

export const LIST_FILTER = { type: oneOf('card'), allow_redisplay: ALLOW_REDISPLAY };

/** What making a payment method needs of a call. */
export interface MethodContext {
  tx: Transaction;
  caller: Caller;
  now: Date;
  secret: Buffer;
}

function cardObject(card: CardFacts): Stripe.PaymentMethod.Card {
  return {
    brand: card.brand,
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: card.cvcGiven ? 'unchecked' : null },
    country: 'US',
    display_brand: card.brand === 'amex' ? 'american_express' : card.brand,
    exp_month: card.expMonth,
    exp_year: card.expYear,
    fingerprint: card.fingerprint,
    funding: 'credit',
    generated_from: null,
    last4: card.last4,
    networks: { available: [card.brand], preferred: null },
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: true },
    wallet: null,
  };
}

function put(context: MethodContext, card: CardFacts, fields: Partial<Values<typeof PAYMENT_METHOD_FIELDS>>): PaymentMethodRecord {
  const given = fields.billing_details;
  const record: PaymentMethodRecord = {
    object: {
      id: newId('pm'),
      object: 'payment_method',
      allow_redisplay: fields.allow_redisplay ?? 'unspecified',
      billing_details: {
        address: addressOf(given?.address) ?? NO_ADDRESS,
        email: given?.email ?? null,
        name: given?.name ?? null,
        phone: given?.phone ?? null,
        tax_id: given?.tax_id ?? null,
      },
      card: cardObject(card),
      created: Math.floor(context.now.getTime() / 1000),
      customer: null,
      customer_account: null,
      livemode: false,
      metadata: fields.metadata ?? {},
      type: 'card',
    },
    behaviour: card.behaviour,
    setUpForOffSession: false,
    spent: false,
  };
  context.tx.put('payment_method', record.object.id, record);
  return record;
}

/** Makes a payment method; throws ApiError 402 for a card that is refused, or a raw number sent with a secret key. */
export function createPaymentMethod(
  context: MethodContext,
  fields: Values<typeof PAYMENT_METHOD_FIELDS>,
  prefix = '',
): PaymentMethodRecord {
  const { caller, secret, now } = context;
  const name = (field: string): string => (prefix === '' ? `card[${field}]` : `${prefix}[card][${field}]`);
  const { card } = fields;
  if (card === undefined) throw missingParameter(prefix === '' ? 'card' : `${prefix}[card]`);
  if (card.token !== undefined) {
    return put(context, cardOfLegacyToken(card.token, caller.account, secret, now), fields);
  }
  if (card.number === undefined) throw missingParameter(name('number'));
  if (card.exp_month === undefined) throw missingParameter(name('exp_month'));
  if (card.exp_year === undefined) throw missingParameter(name('exp_year'));
  if (caller.kind === 'secret') {
    throw new ApiError(402, {
      type: 'invalid_request_error',
      message:
        'Sending credit card numbers directly to the Stripe API is generally unsafe. We suggest you use test tokens that map to the test card you are using, see https://docs.stripe.com/testing. To enable testing raw card data APIs, see https://support.stripe.com/questions/enabling-access-to-raw-card-data-apis.',
    });
  }
  const input = { number: card.number, expMonth: card.exp_month, expYear: card.exp_year, cvc: card.cvc };
  return put(context, acceptCard(input, caller.account, secret, now), fields);
}

/** The payment method of an id, or a new one of a test token such as `pm_card_visa`; throws ApiError where there is none. */
export function resolvePaymentMethod(context: MethodContext, id: string, where: { param: string; inPath?: boolean }): PaymentMethodRecord {
  const card = cardOfToken(id, context.caller.account, context.secret, context.now);
  if (card !== undefined) return put(context, card, {});
  const record = context.tx.get('payment_method', id);
  if (record === undefined) throw noSuch('PaymentMethod', id, where);
  return record;
}

/** Refuses a payment method that an intent of this customer cannot use; throws ApiError 400. */
export function checkUsable({ object: method, spent }: PaymentMethodRecord, customer: string | null): void {
  if (method.customer !== null && customer === null) {
    throw invalidRequest(
      'The payment method you provided is attached to a customer so for security purposes you must provide the customer in the request.',
      { param: 'payment_method' },
    );
  }
  if (method.customer !== null && method.customer !== customer) {
    throw invalidRequest(
      `The payment method ${method.id} does not belong to the customer ${customer}. Please use this payment method with the customer that it belongs to instead.`,
      {
        param: 'payment_method',
      },
    );
  }
  if (spent) {
    throw invalidRequest(
      'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.',
      { param: 'payment_method' },
    );
  }
}

/**
 * Attaches to a customer, which is a no-op where it is attached there already. Throws ApiError 400 for one of another customer or
 * one that was used up, 402 for a card whose issuer refuses to be saved.
 */
export function attach(tx: Transaction, record: PaymentMethodRecord, customer: string): PaymentMethodRecord {
  const { object: method } = record;
  if (method.customer === customer) return record;
  if (method.customer !== null) {
    throw invalidRequest('The payment method you provided has already been attached to a customer.', {
      code: 'payment_method_unexpected_state',
    });
  }
  checkUsable(record, customer);
  const decline = declineOf(record.behaviour);
  if (decline !== undefined && behaviourOf(record.behaviour).saveFails) throw new ApiError(402, declineBody(decline));
  const next = { ...record, object: withCvcResult({ ...method, customer }) };
  tx.put('payment_method', method.id, next);
  return next;
}

/** The method after the issuer has seen its security code, if one was given. */
export function withCvcResult(method: Stripe.PaymentMethod): Stripe.PaymentMethod {
  const { card } = method;
  if (card?.checks?.cvc_check !== 'unchecked') return method;
  return { ...method, card: { ...card, checks: { ...card.checks, cvc_check: 'pass' } } };
}

/** Takes the method from its customer for good, and from the customer's default. */
export function detached(tx: Transaction, record: PaymentMethodRecord): PaymentMethodRecord {
  const { object: method } = record;
  const owner = typeof method.customer === 'string' ? tx.get('customer', method.customer) : undefined;
  if (owner !== undefined && owner.object.invoice_settings.default_payment_method === method.id) {
    const settings = { ...owner.object.invoice_settings, default_payment_method: null };
    tx.put('customer', owner.object.id, { ...owner, object: { ...owner.object, invoice_settings: settings } });
  }
  const next = { ...record, spent: true, object: { ...method, customer: null } };
  tx.put('payment_method', method.id, next);
  return next;
}

/** A customer's methods, newest first. */
export function listOfCustomer(tx: Transaction, customer: string, filter: Partial<Values<typeof LIST_FILTER>>): Stripe.PaymentMethod[] {
  return tx
    .list('payment_method', customer)
    .map(({ object: method }) => method)
    .filter((method) => filter.allow_redisplay === undefined || method.allow_redisplay === filter.allow_redisplay);
}

function requireActiveCustomer(tx: Transaction, id: string): void {
  const customer = tx.get('customer', id);
  if (customer === undefined || customer.deleted) throw noSuch('customer', id, { param: 'customer' });
}

const UPDATE_FIELDS = {
  allow_redisplay: ALLOW_REDISPLAY,
  billing_details: BILLING_DETAILS_PARAM,
  card: object({ exp_month: integer({ min: 1, max: 12 }), exp_year: integer({ min: 2000, max: 2200 }) }),
  metadata: metadata(),
};

function changed(method: Stripe.PaymentMethod, params: Values<typeof UPDATE_FIELDS>): Stripe.PaymentMethod {
  const { billing_details: given, card } = params;
  const present = method.billing_details;
  return {
    ...method,
    allow_redisplay: params.allow_redisplay ?? method.allow_redisplay,
    billing_details: {
      ...present,
      address: given?.address === undefined ? present.address : (addressOf(given.address) ?? NO_ADDRESS),
      email: given?.email === undefined ? present.email : given.email,
      name: given?.name === undefined ? present.name : given.name,
      phone: given?.phone === undefined ? present.phone : given.phone,
    },
    ...(method.card === undefined
      ? {}
      : {
          card: {
            ...method.card,
            exp_month: card?.exp_month ?? method.card.exp_month,
            exp_year: card?.exp_year ?? method.card.exp_year,
          },
        }),
    metadata: mergeMetadata(method.metadata ?? {}, params.metadata),
  };
}

export const paymentMethodEndpoints: Endpoint[] = [
  endpoint('POST', '/v1/payment_methods', PAYMENT_METHOD_FIELDS, (call) => ok(createPaymentMethod(call, call.params).object), {
    publishable: true,
  }),
  endpoint('GET', '/v1/payment_methods', { ...PAGE, ...LIST_FILTER, customer: text() }, ({ tx, params }) => {
    if (params.customer === undefined) return ok(page([] as Stripe.PaymentMethod[], '/v1/payment_methods', 'PaymentMethod', params));
    requireActiveCustomer(tx, params.customer);
    return ok(page(listOfCustomer(tx, params.customer, params), '/v1/payment_methods', 'PaymentMethod', params));
  }),
  endpoint('GET', '/v1/payment_methods/:id', {}, (call) =>
    ok(resolvePaymentMethod(call, idIn(call.path), { param: 'payment_method', inPath: true }).object),
  ),
  endpoint('POST', '/v1/payment_methods/:id', UPDATE_FIELDS, (call) => {
    const { tx, path, params } = call;
    const record = resolvePaymentMethod(call, idIn(path), { param: 'payment_method', inPath: true });
    const { object: method } = record;
    if (method.customer === null) {
      throw invalidRequest('You must save this PaymentMethod to a customer before you can update it.', {
        code: 'payment_method_customer_required',
      });
    }
    const next = changed(method, params);
    tx.put('payment_method', method.id, { ...record, object: next });
    return ok(next);
  }),
  endpoint('POST', '/v1/payment_methods/:id/attach', { customer: required(text()) }, (call) => {
    const record = resolvePaymentMethod(call, idIn(call.path), { param: 'payment_method', inPath: true });
    requireActiveCustomer(call.tx, call.params.customer);
    return ok(attach(call.tx, record, call.params.customer).object);
  }),
  endpoint('POST', '/v1/payment_methods/:id/detach', {}, (call) => {
    const record = resolvePaymentMethod(call, idIn(call.path), { param: 'payment_method', inPath: true });
    if (record.object.customer === null) {
      throw invalidRequest('The payment method you provided is not attached to a customer so detachment is impossible.', {
        code: 'payment_method_unexpected_state',
        param: 'payment_method',
      });
    }
    return ok(detached(call.tx, record).object);
  }),
];
