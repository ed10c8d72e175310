/** What a publishable key may see: an intent without its customer, metadata and charge, a card without its fingerprint. */

const PAYMENT_INTENT_FIELDS = [
  'id',
  'object',
  'amount',
  'amount_details',
  'automatic_payment_methods',
  'allowed_payment_method_types',
  'canceled_at',
  'cancellation_reason',
  'capture_method',
  'client_secret',
  'confirmation_method',
  'created',
  'currency',
  'description',
  'excluded_payment_method_types',
  'last_payment_error',
  'livemode',
  'next_action',
  'payment_method',
  'payment_method_configuration_details',
  'payment_method_types',
  'processing',
  'receipt_email',
  'setup_future_usage',
  'shipping',
  'source',
  'status',
];

const SETUP_INTENT_FIELDS = [
  'id',
  'object',
  'automatic_payment_methods',
  'allowed_payment_method_types',
  'cancellation_reason',
  'client_secret',
  'created',
  'description',
  'excluded_payment_method_types',
  'last_setup_error',
  'livemode',
  'next_action',
  'payment_method',
  'payment_method_configuration_details',
  'payment_method_types',
  'status',
  'usage',
];

const PAYMENT_METHOD_FIELDS = [
  'id',
  'object',
  'allow_redisplay',
  'billing_details',
  'card',
  'created',
  'customer',
  'customer_account',
  'livemode',
  'type',
];

const FIELDS = new Map([
  ['payment_intent', PAYMENT_INTENT_FIELDS],
  ['setup_intent', SETUP_INTENT_FIELDS],
  ['payment_method', PAYMENT_METHOD_FIELDS],
]);

function visible(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(visible);
  return typeof value === 'object' && value !== null ? publishableView(value) : value;
}

/** A copy with only the public fields of each object in it, at any depth. */
export function publishableView(value: object): object {
  const type = 'object' in value && typeof value.object === 'string' ? value.object : '';
  const fields = FIELDS.get(type);
  const entries = Object.entries(value).filter(([key]) => (fields === undefined ? key !== 'fingerprint' : fields.includes(key)));
  return Object.fromEntries(entries.map(([key, entry]) => [key, visible(entry)]));
}
