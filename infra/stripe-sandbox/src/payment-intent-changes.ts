/** Payment intents after their creation: what may still change, and how they are found by what is known of them. */
import type { Stripe } from 'stripe';
import { checkAmount } from './amounts.ts';
import { SHIPPING_PARAM, shippingOf } from './billing-details.ts';
import { requireCustomer } from './customers.ts';
import { checkClientSecret, endpoint, idIn, ok, secretOnly, type Endpoint } from './endpoint.ts';
import { intentState, invalidRequest } from './errors.ts';
import { CARD_OPTIONS, givenMethod, METHOD_GIVEN } from './confirmation.ts';
import { PAGE, page } from './lists.ts';
import { clearableText, integer, mergeMetadata, metadata, object, oneOf, required, text } from './parameters.ts';
import { idleStatus } from './payment-intent-state.ts';
import { requirePaymentIntent } from './payment-intents.ts';
import { checkUsable } from './payment-methods.ts';
import { idOf } from './records.ts';

const FIELDS = {
  ...METHOD_GIVEN,
  amount: integer(),
  application_fee_amount: integer({ min: 0 }),
  client_secret: text(),
  customer: text(),
  description: clearableText(1000),
  metadata: metadata(),
  payment_method_options: CARD_OPTIONS,
  receipt_email: clearableText(800),
  setup_future_usage: oneOf('off_session', 'on_session'),
  shipping: SHIPPING_PARAM,
  statement_descriptor: text(22),
  statement_descriptor_suffix: text(22),
  transfer_data: object({ amount: integer({ min: 1 }) }),
  transfer_group: text(),
};

/** What can change only while nothing was charged. */
const BEFORE_CONFIRMATION = [
  'amount',
  'application_fee_amount',
  'customer',
  'payment_method',
  'payment_method_data',
  'payment_method_options',
  'setup_future_usage',
  'transfer_data',
] as const;

const OPEN: Stripe.PaymentIntent.Status[] = ['requires_payment_method', 'requires_confirmation', 'requires_action'];

/** `field:'value'` or `metadata['key']:'value'`. */
const CLAUSE = /^\s*(?:(\w+)|metadata\[(["'])([^"']{1,40})\2\])\s*:\s*(["'])([^"']*)\4\s*$/;

type Test = (intent: Stripe.PaymentIntent) => boolean;

const SEARCHED = new Map<string, (intent: Stripe.PaymentIntent) => string | null>([
  ['currency', ({ currency }) => currency],
  ['customer', ({ customer }) => idOf(customer)],
  ['status', ({ status }) => status],
]);

function testOf(clause: string): Test {
  const [, field, , key, , value = ''] = CLAUSE.exec(clause) ?? [];
  if (key !== undefined) return (intent) => intent.metadata[key] === value;
  const read = SEARCHED.get(field ?? '');
  if (read === undefined) {
    throw invalidRequest("We were unable to parse your search query. Try using the format `metadata['key']:'value'`.", { param: 'query' });
  }
  return (intent) => read(intent) === value;
}

export const paymentIntentChangeEndpoints: Endpoint[] = [
  endpoint('GET', '/v1/payment_intents/search', { limit: PAGE.limit, page: text(), query: required(text(1000)) }, ({ tx, params }) => {
    const tests = params.query.split(/\s+AND\s+/i).map(testOf);
    const found = tx
      .list('payment_intent')
      .map(({ object: intent }) => intent)
      .filter((intent) => tests.every((test) => test(intent)));
    const cut = page(found, '/v1/payment_intents/search', 'payment_intent', {
      limit: params.limit,
      starting_after: params.page,
      ending_before: undefined,
    });
    return ok({ ...cut, object: 'search_result', next_page: cut.has_more ? (cut.data.at(-1)?.id ?? null) : null });
  }),
  endpoint(
    'POST',
    '/v1/payment_intents/:id',
    FIELDS,
    (call) => {
      const { caller, tx, path, params } = call;
      const record = requirePaymentIntent(tx, idIn(path));
      const { object: intent } = record;
      checkClientSecret(caller, params.client_secret, intent, 'PaymentIntent');
      secretOnly(caller, params, ['amount', 'application_fee_amount', 'customer', 'metadata', 'transfer_data', 'transfer_group']);
      const early = BEFORE_CONFIRMATION.find((name) => params[name] !== undefined);
      if (early !== undefined && !OPEN.includes(intent.status)) {
        throw intentState(
          'payment_intent_unexpected_state',
          `This PaymentIntent's ${early} could not be updated because it has a status of ${intent.status}. You may only update the ${early} of a PaymentIntent with one of the following statuses: ${OPEN.join(', ')}.`,
          { payment_intent: intent },
        );
      }
      if (params.customer !== undefined) requireCustomer(tx, params.customer, { param: 'customer' });
      if (params.amount !== undefined) checkAmount(params.amount, intent.currency);
      const amount = params.amount ?? intent.amount;
      const customer = params.customer ?? idOf(intent.customer);
      const method = givenMethod(call, params);
      if (method !== undefined) checkUsable(method, customer);
      const fee = params.application_fee_amount ?? intent.application_fee_amount;
      if (fee !== null && (fee > amount || intent.transfer_data === null)) {
        throw invalidRequest('The application_fee_amount must not be greater than the amount of a PaymentIntent with transfer_data.', {
          param: 'application_fee_amount',
        });
      }
      const part = params.transfer_data?.amount;
      if (part !== undefined && (intent.transfer_data === null || part > amount)) {
        throw invalidRequest('The transfer_data[amount] must not be greater than the amount of a PaymentIntent with transfer_data.', {
          param: 'transfer_data[amount]',
        });
      }
      const asked = params.payment_method_options?.card?.request_three_d_secure;
      const card = intent.payment_method_options?.card;
      const next: Stripe.PaymentIntent = {
        ...intent,
        amount,
        application_fee_amount: fee,
        customer,
        description: params.description === undefined ? intent.description : params.description,
        metadata: mergeMetadata(intent.metadata, params.metadata),
        payment_method: method?.object.id ?? intent.payment_method,
        payment_method_options: card && asked ? { card: { ...card, request_three_d_secure: asked } } : intent.payment_method_options,
        receipt_email: params.receipt_email === undefined ? intent.receipt_email : params.receipt_email,
        setup_future_usage: params.setup_future_usage ?? intent.setup_future_usage,
        shipping: params.shipping === undefined ? intent.shipping : shippingOf(params.shipping),
        statement_descriptor: params.statement_descriptor ?? intent.statement_descriptor,
        statement_descriptor_suffix: params.statement_descriptor_suffix ?? intent.statement_descriptor_suffix,
        status: method !== undefined && intent.status === 'requires_payment_method' ? idleStatus(method.object.id) : intent.status,
        transfer_data: intent.transfer_data && part !== undefined ? { ...intent.transfer_data, amount: part } : intent.transfer_data,
        transfer_group: params.transfer_group ?? intent.transfer_group,
      };
      tx.put('payment_intent', intent.id, { ...record, object: next });
      return ok(next);
    },
    { publishable: true },
  ),
];
