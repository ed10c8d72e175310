/**
 * Events of Stripe as far as we read them: by reference only. Whatever else an event holds may be out of date, or
 * personal, and is not kept.
 */
import type { StripeEventType } from '@vitrine/contracts/stripe-events';
import type { PaymentStatus } from './payment.ts';

/** A reference to what changed at Stripe. */
export interface StripeEvent {
  /** `evt_…` */
  readonly id: string;
  readonly type: StripeEventType;
  /** The object that changed, for example `pi_…` or `du_…`. */
  readonly objectId: string;
  /** The intent that it belongs to, where there is one. */
  readonly paymentIntentId: string | null;
  /** `ord_…` from the object's metadata, where it is there. */
  readonly orderId: string | null;
  readonly occurredAt: Date;
}

/** What has to be read again. For an intent: in which states of our payment the event is no news. */
type Meaning =
  | { readonly kind: 'intent'; readonly noNewsIn: readonly PaymentStatus[] }
  | { readonly kind: 'refund' }
  | { readonly kind: 'dispute' }
  | { readonly kind: 'card' }
  | { readonly kind: 'customer' }
  | { readonly kind: 'account' };

/** What each type that is taken in means. */
export const eventMeanings = {
  'payment_intent.requires_action': { kind: 'intent', noNewsIn: ['requires_action', 'authorized', 'captured', 'declined', 'voided'] },
  'payment_intent.amount_capturable_updated': { kind: 'intent', noNewsIn: ['authorized', 'captured'] },
  'payment_intent.succeeded': { kind: 'intent', noNewsIn: ['captured'] },
  'payment_intent.payment_failed': { kind: 'intent', noNewsIn: ['declined', 'voided'] },
  'payment_intent.canceled': { kind: 'intent', noNewsIn: ['declined', 'voided'] },
  'charge.refunded': { kind: 'refund' },
  'refund.created': { kind: 'refund' },
  'refund.updated': { kind: 'refund' },
  'refund.failed': { kind: 'refund' },
  'charge.dispute.created': { kind: 'dispute' },
  'charge.dispute.updated': { kind: 'dispute' },
  'charge.dispute.closed': { kind: 'dispute' },
  'charge.dispute.funds_withdrawn': { kind: 'dispute' },
  'charge.dispute.funds_reinstated': { kind: 'dispute' },
  'payment_method.detached': { kind: 'card' },
  'payment_method.updated': { kind: 'card' },
  'payment_method.automatically_updated': { kind: 'card' },
  'customer.deleted': { kind: 'customer' },
  'account.updated': { kind: 'account' },
} as const satisfies Readonly<Record<StripeEventType, Meaning>>;

/** What a refund is no news for: a payment of which nothing was captured. */
const uncaptured: readonly PaymentStatus[] = ['started', 'requires_action', 'authorized', 'declined', 'voided'];

/** In which states of its payment an event of this type tells nothing new. */
export function noNewsIn(type: StripeEventType): readonly PaymentStatus[] {
  const meaning: Meaning = eventMeanings[type];
  if (meaning.kind === 'intent') return meaning.noNewsIn;
  return meaning.kind === 'refund' ? uncaptured : [];
}

export const isStripeEventType = (type: string): type is StripeEventType => Object.hasOwn(eventMeanings, type);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;
const orderIdShape = /^ord_[0-9a-f-]{36}$/;

/** An id, whether the field holds the id or the object. */
const referenceOf = (value: unknown): string | null => {
  const id = isObject(value) ? value['id'] : value;
  return typeof id === 'string' ? id : null;
};

/** `not_ours`: an event of a type that is not taken in. `malformed`: not an event of Stripe at all. */
export type ReadEvent =
  | { readonly kind: 'event'; readonly event: StripeEvent; readonly livemode: boolean }
  | { readonly kind: 'not_ours' }
  | { readonly kind: 'malformed' };

/** Reads an event as Stripe sends it. */
export function readStripeEvent(value: unknown): ReadEvent {
  if (!isObject(value) || value['object'] !== 'event') return { kind: 'malformed' };
  const { id, type, created, livemode } = value;
  const object = isObject(value['data']) ? value['data']['object'] : undefined;
  if (typeof id !== 'string' || !id.startsWith('evt_') || typeof type !== 'string' || typeof created !== 'number' || !isObject(object))
    return { kind: 'malformed' };
  if (!isStripeEventType(type)) return { kind: 'not_ours' };
  const objectId = object['id'];
  if (typeof objectId !== 'string') return { kind: 'malformed' };
  const metadata = isObject(object['metadata']) ? object['metadata'] : {};
  const orderId = metadata['order_id'];
  return {
    kind: 'event',
    livemode: livemode === true,
    event: {
      id,
      type,
      objectId,
      paymentIntentId: objectId.startsWith('pi_') ? objectId : referenceOf(object['payment_intent']),
      orderId: typeof orderId === 'string' && orderIdShape.test(orderId) ? orderId : null,
      occurredAt: new Date(created * 1000),
    },
  };
}
