/** Ephemeral keys: what a mobile payment sheet reads one customer's cards with, for an hour. The secret is told once. */
import type { Stripe } from 'stripe';
import { requireCustomer } from './customers.ts';
import { endpoint, idIn, ok, type Endpoint } from './endpoint.ts';
import { noSuch } from './errors.ts';
import { newClientSecret, newId } from './ids.ts';
import { required, text } from './parameters.ts';

const LIFETIME_SECONDS = 60 * 60;

export const ephemeralKeyEndpoints: Endpoint[] = [
  endpoint('POST', '/v1/ephemeral_keys', { customer: required(text()) }, ({ tx, params, now }) => {
    const { object: customer } = requireCustomer(tx, params.customer, { param: 'customer' });
    const created = Math.floor(now.getTime() / 1000);
    const id = newId('ephkey');
    const key: Stripe.EphemeralKey = {
      id,
      object: 'ephemeral_key',
      created,
      expires: created + LIFETIME_SECONDS,
      livemode: false,
    };
    tx.put('ephemeral_key', id, { object: key, customer: customer.id });
    return ok({ ...key, secret: `ek_test_${newClientSecret(id)}` });
  }),
  endpoint('DELETE', '/v1/ephemeral_keys/:id', {}, ({ tx, path, now }) => {
    const id = idIn(path);
    const record = tx.get('ephemeral_key', id);
    const at = Math.floor(now.getTime() / 1000);
    if (record === undefined || record.object.expires <= at) throw noSuch('ephemeral key', id, { param: 'id', inPath: true });
    const object = { ...record.object, expires: at };
    tx.put('ephemeral_key', id, { ...record, object });
    return ok(object);
  }),
];
