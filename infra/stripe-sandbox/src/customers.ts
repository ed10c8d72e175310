/** Customers: create, retrieve, update, delete, list, and the payment methods that belong to one. */
import type { Stripe } from 'stripe';
import { ADDRESS_PARAM, addressOf, SHIPPING_PARAM, shippingOf } from './billing-details.ts';
import { endpoint, idIn, ok, type Endpoint } from './endpoint.ts';
import { noSuch } from './errors.ts';
import { newId } from './ids.ts';
import { CREATED, createdWithin, PAGE, page } from './lists.ts';
import { clearableText, list, mergeMetadata, metadata, object, oneOf, text, type Values } from './parameters.ts';
import { attach, detached, listOfCustomer, LIST_FILTER, resolvePaymentMethod } from './payment-methods.ts';
import type { CustomerRecord } from './records.ts';
import type { Transaction } from './store.ts';

const FIELDS = {
  address: ADDRESS_PARAM,
  description: clearableText(),
  email: clearableText(512),
  invoice_settings: object({ default_payment_method: clearableText() }),
  metadata: metadata(),
  name: clearableText(256),
  phone: clearableText(20),
  preferred_locales: list(text()),
  shipping: SHIPPING_PARAM,
  tax_exempt: oneOf('none', 'exempt', 'reverse'),
};

/** The customer named by a parameter or a path; throws ApiError for one that is missing or deleted. */
export function requireCustomer(tx: Transaction, id: string, where: { param: string; inPath?: boolean }): CustomerRecord {
  const record = tx.get('customer', id);
  if (record === undefined || record.deleted) throw noSuch('customer', id, where);
  return record;
}

function changed(customer: Stripe.Customer, params: Values<typeof FIELDS>): Stripe.Customer {
  const shipping = params.shipping === undefined ? customer.shipping : shippingOf(params.shipping);
  return {
    ...customer,
    address: params.address === undefined ? customer.address : addressOf(params.address),
    description: params.description === undefined ? customer.description : params.description,
    email: params.email === undefined ? customer.email : params.email,
    invoice_settings: {
      ...customer.invoice_settings,
      default_payment_method:
        params.invoice_settings?.default_payment_method === undefined
          ? customer.invoice_settings.default_payment_method
          : params.invoice_settings.default_payment_method,
    },
    metadata: mergeMetadata(customer.metadata ?? {}, params.metadata),
    name: params.name === undefined ? customer.name : params.name,
    phone: params.phone === undefined ? customer.phone : params.phone,
    preferred_locales: params.preferred_locales ?? customer.preferred_locales,
    shipping,
    tax_exempt: params.tax_exempt ?? customer.tax_exempt,
  };
}

function checkDefault(tx: Transaction, customer: Stripe.Customer): void {
  const id = customer.invoice_settings.default_payment_method;
  if (typeof id !== 'string') return;
  const method = tx.get('payment_method', id);
  if (method?.object.customer !== customer.id) {
    throw noSuch('PaymentMethod', id, { param: 'invoice_settings[default_payment_method]' });
  }
}

function newCustomer(createdAt: number): Stripe.Customer {
  const id = newId('cus');
  return {
    id,
    object: 'customer',
    address: null,
    balance: 0,
    created: createdAt,
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: id.slice(-8).toUpperCase(),
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    livemode: false,
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
  };
}

export const customerEndpoints: Endpoint[] = [
  endpoint('POST', '/v1/customers', { ...FIELDS, payment_method: text() }, ({ tx, params, now, caller, secret }) => {
    const customer = changed(newCustomer(Math.floor(now.getTime() / 1000)), params);
    tx.put('customer', customer.id, { object: customer, deleted: false });
    if (params.payment_method !== undefined) {
      attach(tx, resolvePaymentMethod({ tx, caller, now, secret }, params.payment_method, { param: 'payment_method' }), customer.id);
    }
    checkDefault(tx, customer);
    return ok(customer);
  }),
  endpoint('GET', '/v1/customers', { ...PAGE, ...CREATED, email: text(512) }, ({ tx, params }) => {
    const found = tx
      .list('customer')
      .filter(
        ({ object: customer, deleted }) =>
          !deleted && createdWithin(customer.created, params.created) && (params.email === undefined || customer.email === params.email),
      )
      .map(({ object: customer }) => customer);
    return ok(page(found, '/v1/customers', 'customer', params));
  }),
  endpoint('GET', '/v1/customers/:id', {}, ({ tx, path }) => {
    const id = idIn(path);
    const record = tx.get('customer', id);
    if (record === undefined) throw noSuch('customer', id, { param: 'id', inPath: true });
    return ok(record.deleted ? { id, object: 'customer', deleted: true } : record.object);
  }),
  endpoint('POST', '/v1/customers/:id', FIELDS, ({ tx, path, params }) => {
    const record = requireCustomer(tx, idIn(path), { param: 'id', inPath: true });
    const customer = changed(record.object, params);
    checkDefault(tx, customer);
    tx.put('customer', customer.id, { ...record, object: customer });
    return ok(customer);
  }),
  endpoint('DELETE', '/v1/customers/:id', {}, ({ tx, path }) => {
    const record = requireCustomer(tx, idIn(path), { param: 'id', inPath: true });
    const { id } = record.object;
    for (const method of tx.list('payment_method', id)) detached(tx, method);
    // Nothing personal stays behind: only the id, for later reads of it.
    tx.put('customer', id, { object: { ...newCustomer(record.object.created), id }, deleted: true });
    return ok({ id, object: 'customer', deleted: true });
  }),
  endpoint('GET', '/v1/customers/:id/payment_methods', { ...PAGE, ...LIST_FILTER }, ({ tx, path, params }) => {
    const { object: customer } = requireCustomer(tx, idIn(path), { param: 'customer', inPath: true });
    return ok(page(listOfCustomer(tx, customer.id, params), `/v1/customers/${customer.id}/payment_methods`, 'PaymentMethod', params));
  }),
];
