/**
 * The types of Stripe's events that payment-vault takes in (https://docs.stripe.com/api/events/types): what the webhook
 * endpoint at Stripe has to be subscribed to. At most 20, as Stripe's list of events takes no more.
 */
export const stripeEventTypes = [
  'payment_intent.requires_action',
  'payment_intent.amount_capturable_updated',
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'payment_intent.canceled',
  'charge.refunded',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.funds_reinstated',
  'payment_method.detached',
  'payment_method.updated',
  'payment_method.automatically_updated',
  'customer.deleted',
  'account.updated',
] as const;

export type StripeEventType = (typeof stripeEventTypes)[number];
