/**
 * Which events a change of one object causes, as Stripe documents its event types: one rule for each type of object, from what the
 * object was and what it is now. Pure, and it knows nothing of who made the change, so no change can be made around it.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Stripe } from 'stripe';

export type EventType = Stripe.Event['type'];

/** What an event says, before it has an id and a time. */
export interface EventDraft {
  type: EventType;
  object: object;
  /** The old values of what changed, where Stripe tells them. */
  previousAttributes?: Record<string, unknown>;
}

/** An object before and after one write; `before` is absent for a new one. */
interface Change<T> {
  before: T | undefined;
  after: T;
  /** Seconds since 1970. */
  at: number;
  /** No request asked for the change: an issuer or a card network did. */
  automatic: boolean;
}

type Rule<T> = (change: Change<T>) => EventType[];

function differs<T extends object>({ before, after }: Change<T>, ...names: (keyof T)[]): boolean {
  return before !== undefined && names.some((name) => !isDeepStrictEqual(before[name], after[name]));
}

/** The event of a status that was not there before. */
function entered<T extends { status: string | null }>(
  { before, after }: Change<T>,
  types: Partial<Record<string, EventType>>,
): EventType[] {
  const type = types[after.status ?? ''];
  const was = before as { status: string | null } | undefined;
  return type === undefined || was?.status === after.status ? [] : [type];
}

function paymentIntent(change: Change<Stripe.PaymentIntent>): EventType[] {
  const { before, after } = change;
  const failed =
    after.status === 'requires_payment_method' &&
    after.last_payment_error !== null &&
    (before?.status !== after.status || differs(change, 'last_payment_error', 'latest_charge'));
  const held = after.amount_capturable > 0 && before?.amount_capturable !== after.amount_capturable;
  return [
    ...(before === undefined ? (['payment_intent.created'] as const) : []),
    ...entered(change, {
      requires_action: 'payment_intent.requires_action',
      processing: 'payment_intent.processing',
      succeeded: 'payment_intent.succeeded',
      canceled: 'payment_intent.canceled',
    }),
    ...(held ? (['payment_intent.amount_capturable_updated'] as const) : []),
    ...(failed ? (['payment_intent.payment_failed'] as const) : []),
  ];
}

function setupIntent(change: Change<Stripe.SetupIntent>): EventType[] {
  const { before, after } = change;
  const failed =
    after.status === 'requires_payment_method' &&
    after.last_setup_error !== null &&
    (before?.status !== after.status || differs(change, 'last_setup_error', 'latest_attempt'));
  return [
    ...(before === undefined ? (['setup_intent.created'] as const) : []),
    ...entered(change, {
      requires_action: 'setup_intent.requires_action',
      succeeded: 'setup_intent.succeeded',
      canceled: 'setup_intent.canceled',
    }),
    ...(failed ? (['setup_intent.setup_failed'] as const) : []),
  ];
}

function charge(change: Change<Stripe.Charge>): EventType[] {
  const { before, after, at } = change;
  const stages = entered(change, { succeeded: 'charge.succeeded', failed: 'charge.failed', pending: 'charge.pending' });
  if (before === undefined) return stages;
  // A partial capture lets the rest go at once; only a later change of `amount_refunded` is a refund.
  if (after.captured && !before.captured) return [...stages, 'charge.captured'];
  if (after.amount_refunded > before.amount_refunded) {
    const captureBefore = after.payment_method_details?.card?.capture_before;
    const expired = !after.captured && captureBefore !== undefined && at >= captureBefore;
    return [...stages, expired ? 'charge.expired' : 'charge.refunded'];
  }
  const updated = differs(change, 'description', 'metadata', 'shipping', 'fraud_details', 'receipt_email', 'balance_transaction');
  return updated ? [...stages, 'charge.updated'] : stages;
}

function refund(change: Change<Stripe.Refund>): EventType[] {
  if (change.before === undefined) {
    return ['refund.created', ...entered(change, { failed: 'refund.failed' })];
  }
  if (isDeepStrictEqual(change.before, change.after)) return [];
  return ['refund.updated', 'charge.refund.updated', ...entered(change, { failed: 'refund.failed' })];
}

function customer(change: Change<Stripe.Customer>): EventType[] {
  if (change.before === undefined) return ['customer.created'];
  return isDeepStrictEqual(change.before, change.after) ? [] : ['customer.updated'];
}

function paymentMethod(change: Change<Stripe.PaymentMethod>): EventType[] {
  const { before, after, automatic } = change;
  const owner = before?.customer ?? null;
  if (owner === null && after.customer !== null) return ['payment_method.attached'];
  if (owner !== null && after.customer === null) return ['payment_method.detached'];
  // What an issuer answers about the security code is no update.
  const card = ({ card }: Stripe.PaymentMethod): unknown[] => [card?.exp_month, card?.exp_year, card?.last4, card?.fingerprint];
  const updated =
    before !== undefined &&
    (differs(change, 'billing_details', 'metadata', 'allow_redisplay') || !isDeepStrictEqual(card(before), card(after)));
  if (!updated) return [];
  return [automatic ? 'payment_method.automatically_updated' : 'payment_method.updated'];
}

const CLOSED: readonly Stripe.Dispute.Status[] = ['won', 'lost', 'warning_closed'];

function dispute(change: Change<Stripe.Dispute>): EventType[] {
  const { before, after } = change;
  const fresh = after.balance_transactions.slice(before?.balance_transactions.length ?? 0);
  const funds: EventType[] = [
    ...(fresh.some(({ amount }) => amount < 0) ? (['charge.dispute.funds_withdrawn'] as const) : []),
    ...(fresh.some(({ amount }) => amount > 0) ? (['charge.dispute.funds_reinstated'] as const) : []),
  ];
  if (before === undefined) return ['charge.dispute.created', ...funds];
  if (before.status !== after.status && CLOSED.includes(after.status)) return ['charge.dispute.closed', ...funds];
  return differs(change, 'evidence', 'evidence_details', 'metadata', 'status') ? ['charge.dispute.updated', ...funds] : funds;
}

function transfer(change: Change<Stripe.Transfer>): EventType[] {
  const { before, after } = change;
  if (before === undefined) return ['transfer.created'];
  if (after.amount_reversed > before.amount_reversed) return ['transfer.reversed'];
  return differs(change, 'description', 'metadata') ? ['transfer.updated'] : [];
}

/** A new account is no event of its own at Stripe; its first change is. */
function account(change: Change<Stripe.Account>): EventType[] {
  return change.before === undefined || isDeepStrictEqual(change.before, change.after) ? [] : ['account.updated'];
}

function applicationFee(change: Change<Stripe.ApplicationFee>): EventType[] {
  const { before, after } = change;
  if (before === undefined) return ['application_fee.created'];
  return after.amount_refunded > before.amount_refunded ? ['application_fee.refunded'] : [];
}

/** By the `object` field of Stripe's own objects. An object that is not here causes no events. */
const RULES = {
  account,
  application_fee: applicationFee,
  charge,
  customer,
  dispute,
  payment_intent: paymentIntent,
  payment_method: paymentMethod,
  refund,
  setup_intent: setupIntent,
  transfer,
} satisfies { [name: string]: Rule<never> };

/** Beside every `…updated`, the ones where Stripe tells the old values too. */
const WITH_PREVIOUS: readonly EventType[] = ['charge.captured', 'charge.refunded', 'charge.dispute.closed', 'transfer.reversed'];

function plain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The old values of the attributes that changed: nested objects only as far as they changed, lists whole, null for what was not there. */
export function previousAttributes(before: object, after: object): Record<string, unknown> {
  const [old, now] = [before as Record<string, unknown>, after as Record<string, unknown>];
  const found: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(old), ...Object.keys(now)])) {
    const [was, is] = [old[name], now[name]];
    if (isDeepStrictEqual(was, is)) continue;
    found[name] = plain(was) && plain(is) ? previousAttributes(was, is) : (was ?? null);
  }
  return found;
}

/** What a record holds as far as events are concerned. */
interface Recorded {
  object: object;
  deleted?: boolean;
}

function isRecorded(record: object | undefined): record is Recorded {
  return record !== undefined && 'object' in record && plain(record.object);
}

/** The events of one write, in the order in which Stripe tells them. `at` in seconds since 1970. */
export function eventsOfWrite(
  before: object | undefined,
  after: object,
  { at, automatic }: { at: number; automatic: boolean },
): EventDraft[] {
  if (!isRecorded(after) || !('object' in after.object) || typeof after.object.object !== 'string') return [];
  const { object } = after;
  const past = isRecorded(before) ? before : undefined;
  if (after.deleted === true) {
    if (after.object.object !== 'customer' || past === undefined || past.deleted === true) return [];
    return [{ type: 'customer.deleted', object: past.object }];
  }
  const name = String(object.object);
  if (!Object.hasOwn(RULES, name)) return [];
  // The `object` field says which of Stripe's types the object has, and the rule is found by it.
  const rule = RULES[name as keyof typeof RULES] as Rule<object>;
  const old = past?.object;
  return rule({ before: old, after: object, at, automatic }).map((type) => {
    const tells = old !== undefined && (/[._]updated$/.test(type) || WITH_PREVIOUS.includes(type));
    return { type, object, ...(tells ? { previousAttributes: previousAttributes(old, object) } : {}) };
  });
}
