/** What the sandbox keeps: Stripe's own objects, each with the few facts that Stripe keeps to itself. */
import type { Stripe } from 'stripe';
import type { BehaviourClass } from './cards.ts';

export interface CustomerRecord {
  object: Stripe.Customer;
  deleted: boolean;
}

export interface PaymentMethodRecord {
  object: Stripe.PaymentMethod;
  behaviour: BehaviourClass;
  /** A setup intent for off-session use has passed this card's challenge. */
  setUpForOffSession: boolean;
  /** Used or detached without a customer: it can never be used again. */
  spent: boolean;
}

export interface SetupIntentRecord {
  object: Stripe.SetupIntent;
  /** The open 3-D Secure challenge, while the status is `requires_action`. */
  challenge: string | null;
}

export interface PaymentIntentRecord {
  object: Stripe.PaymentIntent;
  challenge: string | null;
}

export interface ChargeRecord {
  object: Stripe.Charge;
}

export interface RefundRecord {
  object: Stripe.Refund;
  /** Money given back after capture, or an authorization let go before it. */
  kind: 'refund' | 'release';
}

export interface ChallengeRecord {
  intentKind: 'payment_intent' | 'setup_intent';
  intentId: string;
  secret: string;
  returnUrl: string | null;
  outcome: 'open' | 'completed' | 'failed' | 'abandoned';
}

export interface RecordOf {
  customer: CustomerRecord;
  payment_method: PaymentMethodRecord;
  setup_intent: SetupIntentRecord;
  payment_intent: PaymentIntentRecord;
  charge: ChargeRecord;
  refund: RefundRecord;
  challenge: ChallengeRecord;
}

export type Kind = keyof RecordOf;

export const KINDS: readonly Kind[] = ['customer', 'payment_method', 'setup_intent', 'payment_intent', 'charge', 'refund', 'challenge'];

/** An id, whether the field holds the id or the expanded object. */
export function idOf(reference: string | { id: string } | null | undefined): string | null {
  if (reference === null || reference === undefined) return null;
  return typeof reference === 'string' ? reference : reference.id;
}

/** The other objects by which a record is found in a list. */
export function ownersOf<K extends Kind>(kind: K, record: RecordOf[K]): string[] {
  if (kind === 'customer' || kind === 'challenge') return [];
  const { object } = record as Exclude<RecordOf[Kind], CustomerRecord | ChallengeRecord>;
  const owners = [
    'customer' in object ? idOf(object.customer) : null,
    'payment_intent' in object ? idOf(object.payment_intent) : null,
    'charge' in object ? idOf(object.charge) : null,
  ];
  return owners.filter((owner) => owner !== null);
}
