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

/** How far a connected account is with what Stripe asks it. */
export type Onboarding = 'open' | 'pending' | 'complete' | 'restricted';

export interface AccountRecord {
  object: Stripe.Account;
  deleted: boolean;
  onboarding: Onboarding;
}

export interface AccountLinkRecord {
  account: string;
  /** Part of the address, so that the id alone opens nothing. */
  secret: string;
  refreshUrl: string | null;
  returnUrl: string | null;
  /** Seconds since 1970; it has to be opened before. */
  expiresAt: number;
  state: 'unused' | 'opened' | 'used';
}

/** Which order the ledger counts a movement for that belongs to no charge. */
export interface LedgerOwner {
  paymentIntent: string | null;
  orderId: string | null;
}

export interface TransferRecord {
  object: Stripe.Transfer;
  ledger: LedgerOwner;
}

export interface TransferReversalRecord {
  object: Stripe.TransferReversal;
}

export interface ApplicationFeeRecord {
  object: Stripe.ApplicationFee;
}

export interface FeeRefundRecord {
  object: Stripe.FeeRefund;
}

export interface DisputeRecord {
  object: Stripe.Dispute;
}

export interface BalanceTransactionRecord {
  object: Stripe.BalanceTransaction;
}

export interface EphemeralKeyRecord {
  object: Stripe.EphemeralKey;
  customer: string;
}

/** What ends by itself a few seconds later: a payment that is processing, a refund that is pending or will fail. */
export interface DeferralRecord {
  kind: 'payment_intent' | 'refund';
  id: string;
  outcome: 'succeed' | 'fail';
  /** Milliseconds since 1970. */
  dueAt: number;
  done: boolean;
}

export interface WebhookEndpointRecord {
  object: Stripe.WebhookEndpoint;
  /** For the events of connected accounts, of the platform itself, or of both. */
  scope: 'platform' | 'connect' | 'all';
  deleted: boolean;
}

export interface RecordOf {
  webhook_endpoint: WebhookEndpointRecord;
  customer: CustomerRecord;
  payment_method: PaymentMethodRecord;
  setup_intent: SetupIntentRecord;
  payment_intent: PaymentIntentRecord;
  charge: ChargeRecord;
  refund: RefundRecord;
  challenge: ChallengeRecord;
  account: AccountRecord;
  account_link: AccountLinkRecord;
  transfer: TransferRecord;
  transfer_reversal: TransferReversalRecord;
  application_fee: ApplicationFeeRecord;
  fee_refund: FeeRefundRecord;
  dispute: DisputeRecord;
  balance_transaction: BalanceTransactionRecord;
  ephemeral_key: EphemeralKeyRecord;
  deferral: DeferralRecord;
}

export type Kind = keyof RecordOf;

export const KINDS: readonly Kind[] = [
  'webhook_endpoint',
  'customer',
  'payment_method',
  'setup_intent',
  'payment_intent',
  'charge',
  'refund',
  'challenge',
  'account',
  'account_link',
  'transfer',
  'transfer_reversal',
  'application_fee',
  'fee_refund',
  'dispute',
  'balance_transaction',
  'ephemeral_key',
  'deferral',
];

/** An id, whether the field holds the id or the expanded object. */
export function idOf(reference: string | { id: string } | null | undefined): string | null {
  if (reference === null || reference === undefined) return null;
  return typeof reference === 'string' ? reference : reference.id;
}

/** Fields that name another object, or the transfer group, by which lists are asked for. */
const OWNER_FIELDS = [
  'customer',
  'payment_intent',
  'charge',
  'destination',
  'source_transaction',
  'transfer_group',
  'transfer',
  'fee',
  'source',
];

/** The other objects by which a record is found in a list. */
export function ownersOf<K extends Kind>(_kind: K, record: RecordOf[K]): string[] {
  if (!('object' in record)) return [];
  const fields = new Map<string, unknown>(Object.entries(record.object));
  return OWNER_FIELDS.map((name) => fields.get(name)).filter((owner) => typeof owner === 'string');
}
