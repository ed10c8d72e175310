/**
 * The statements that every purchase needs, for many payments at a time: what begins one, what takes it for its capture,
 * and what writes down how a call of Stripe ended.
 */
import type { Queryable } from '@vitrine/runtime/database';
import { newId } from '@vitrine/runtime/ids';
import type { NewEvent } from '@vitrine/runtime/outbox';
import { daysAfterCapture } from '../grant.ts';
import type { Capture, Payment, PaymentStatus, Refusal } from '../payment.ts';
import { leaseSeconds, toPayment, type NewPayment, type PaymentRow } from './payment-row.ts';

/** Records payments; null for one whose order has a payment, or was voided. */
export async function startPayments(database: Queryable, payments: readonly NewPayment[]): Promise<(Payment | null)[]> {
  const { rows } = await database.query<PaymentRow>({
    name: 'payments-start',
    text: `with input as (
             select * from jsonb_to_recordset($1::jsonb) as i (order_id text, payment_id text, buyer_id text, seller_id text,
               payment_method_id text, address_id text, amount_minor int, currency text, stripe_customer_id text, stripe_payment_method_id text,
               authorize_key text, correlation_id text, lease_token text, seller_share_minor int, ciphertext text, key_version int, grant_days int)
           ), started as (
             insert into payments (order_id, payment_id, buyer_id, seller_id, payment_method_id, address_id, amount_minor, currency, status,
                                   stripe_customer_id, stripe_payment_method_id, authorize_key, correlation_id, sent_at, attempts,
                                   lease_token, leased_until, settle_at, seller_share_minor)
             select order_id, payment_id, buyer_id, seller_id, payment_method_id, address_id, amount_minor, currency, 'started',
                    stripe_customer_id, stripe_payment_method_id, authorize_key, correlation_id, now(), 1,
                    lease_token, now() + make_interval(secs => $2), now() + make_interval(secs => $2), seller_share_minor
               from input
             on conflict (order_id) do nothing
             returning *
           ), copied as (
             insert into order_addresses (order_id, buyer_id, ciphertext, key_version)
             select order_id, i.buyer_id, decode(i.ciphertext, 'hex'), i.key_version from started join input i using (order_id)
           ), granted as (
             insert into grants (order_id, seller_id, expires_at)
             select order_id, i.seller_id, now() + make_interval(days => i.grant_days) from started join input i using (order_id)
           )
           select * from started`,
    values: [
      JSON.stringify(
        payments.map((payment) => ({
          order_id: payment.orderId,
          payment_id: payment.paymentId,
          buyer_id: payment.buyerId,
          seller_id: payment.sellerId,
          payment_method_id: payment.paymentMethodId,
          address_id: payment.addressId,
          amount_minor: payment.amountMinor,
          currency: payment.currency,
          stripe_customer_id: payment.stripeCustomerId,
          stripe_payment_method_id: payment.stripePaymentMethodId,
          authorize_key: payment.authorizeKey,
          correlation_id: payment.correlationId,
          lease_token: payment.leaseToken,
          seller_share_minor: payment.sellerShareMinor,
          ciphertext: payment.sealedAddress.ciphertext.toString('hex'),
          key_version: payment.sealedAddress.keyVersion,
          grant_days: payment.grantDays,
        })),
      ),
      leaseSeconds,
    ],
  });
  return inOrder(payments, rows);
}

/** A capture that is asked for. */
export interface NewCapture {
  readonly orderId: string;
  readonly leaseToken: string;
  /** Null for all that is authorized. */
  readonly amountMinor: number | null;
  readonly key: string;
}

/** Takes the leases of payments for their first capture, with the wish and its key; null for one that has to be looked at. */
export async function beginCaptures(database: Queryable, captures: readonly NewCapture[]): Promise<(Payment | null)[]> {
  const { rows } = await database.query<PaymentRow>({
    name: 'payments-begin-capture',
    text: `update payments p
              set lease_token = i.lease_token, leased_until = now() + make_interval(secs => $2), attempts = attempts + 1, woken = false,
                  capture_requested_at = now(), capture_key = i.key, capture_minor = coalesce(i.amount, p.amount_minor),
                  settle_at = now() + make_interval(secs => $2), updated_at = now()
             from jsonb_to_recordset($1::jsonb) as i (order_id text, lease_token text, amount int, key text)
            where p.order_id = i.order_id and p.payment_id is not null and p.status = 'authorized' and p.void_requested_at is null
              and p.capture_key is null and p.capture_minor is null and p.stripe_payment_intent_id is not null
              and coalesce(i.amount, p.amount_minor) <= p.amount_minor and (p.leased_until is null or p.leased_until < now())
           returning p.*`,
    values: [
      JSON.stringify(
        captures.map(({ orderId, leaseToken, amountMinor, key }) => ({
          order_id: orderId,
          lease_token: leaseToken,
          amount: amountMinor,
          key,
        })),
      ),
      leaseSeconds,
    ],
  });
  return inOrder(captures, rows);
}

/** What a lease's holder found out about a payment, and the event that tells of it. */
export interface PaymentRecord {
  readonly held: Payment;
  readonly leaseToken: string;
  readonly status: PaymentStatus;
  readonly stripePaymentIntentId: string | null;
  readonly declineReason: Refusal | null;
  readonly capture: Capture | null;
  readonly settleInMs: number | null;
  readonly unlessVoidRequested: boolean;
  /** Null when nobody needs to know. */
  readonly event: ((payment: Payment, sequence: number) => NewEvent) | null;
}

/**
 * Writes what was found out, each with its event, and gives the leases back. Ends an order's copy of the address when
 * nothing is charged. Null for one that was not written: the lease is lost, a void was asked for, or the payment has
 * changed since it was read, which its `sequence` tells.
 */
export async function recordPayments(database: Queryable, records: readonly PaymentRecord[]): Promise<(Payment | null)[]> {
  const { rows } = await database.query<PaymentRow>({
    name: 'payments-record',
    text: `with input as (
             select * from jsonb_to_recordset($1::jsonb) as i (order_id text, lease_token text, sequence int, changes bool, status text,
               intent_id text, decline_reason text, settle_ms float8, unless_void bool, captured int, charge_id text,
               event_id text, topic text, type text, payload jsonb, correlation_id text)
           ), recorded as (
             update payments p
                set status = i.status,
                    stripe_payment_intent_id = coalesce(i.intent_id, p.stripe_payment_intent_id),
                    decline_reason = coalesce(i.decline_reason, p.decline_reason),
                    settle_at = case when p.woken then now() else now() + make_interval(secs => i.settle_ms / 1000) end,
                    settle_attempts = case when i.changes then 0 else p.settle_attempts + 1 end,
                    authorized_at = case when i.status in ('authorized', 'captured') then coalesce(p.authorized_at, now()) else p.authorized_at end,
                    captured_at = case when i.status = 'captured' then coalesce(p.captured_at, now()) else p.captured_at end,
                    captured_minor = coalesce(p.captured_minor, i.captured),
                    stripe_charge_id = coalesce(p.stripe_charge_id, i.charge_id),
                    ended_at = case when i.status in ('declined', 'voided') then coalesce(p.ended_at, now()) else p.ended_at end,
                    sequence = p.sequence + case when i.event_id is null then 0 else 1 end,
                    lease_token = null, leased_until = null, updated_at = now()
               from input i
              where p.order_id = i.order_id and p.lease_token = i.lease_token and p.sequence = i.sequence
                and not (i.unless_void and p.void_requested_at is not null)
             returning p.*
           ), ended as (
             select order_id from recorded where status in ('declined', 'voided')
           ), forgotten as (
             delete from order_addresses where order_id in (select order_id from ended)
           ), revoked as (
             delete from grants where order_id in (select order_id from ended)
           ), captured as (
             select r.order_id, r.seller_id, r.seller_share_minor from recorded r join input i using (order_id) where i.changes and r.status = 'captured'
           ), limited as (
             update grants set expires_at = now() + make_interval(days => $2) where order_id in (select order_id from captured)
           ), shared as (
             insert into seller_shares (order_id, seller_id, share_at)
             select order_id, seller_id, now() from captured where seller_share_minor > 0
             on conflict (order_id) do update set share_at = now(), woken = true
           ), told as (
             insert into outbox (event_id, topic, key, type, sequence, payload, correlation_id)
             select i.event_id, i.topic, order_id, i.type, r.sequence, i.payload, i.correlation_id
               from recorded r join input i using (order_id) where i.event_id is not null
           )
           select * from recorded`,
    values: [JSON.stringify(records.map(toRecordRow)), daysAfterCapture],
  });
  return inOrder(
    records.map(({ held }) => held),
    rows,
  );
}

function toRecordRow(record: PaymentRecord): Readonly<Record<string, unknown>> {
  const { held, capture, status } = record;
  const changes = status !== held.status;
  const after: Payment = { ...held, status, capturedMinor: held.capturedMinor ?? capture?.capturedMinor ?? null };
  const event = changes && record.event !== null ? record.event(after, held.sequence + 1) : null;
  return {
    order_id: held.orderId,
    lease_token: record.leaseToken,
    sequence: held.sequence,
    changes,
    status,
    intent_id: record.stripePaymentIntentId,
    decline_reason: record.declineReason,
    settle_ms: record.settleInMs,
    unless_void: record.unlessVoidRequested,
    captured: capture?.capturedMinor ?? null,
    charge_id: capture?.stripeChargeId ?? null,
    ...(event === null
      ? {}
      : { event_id: newId('evt'), topic: event.topic, type: event.type, payload: event.payload, correlation_id: event.correlationId }),
  };
}

/** The rows in the order of what asked for them. */
function inOrder(asked: readonly { readonly orderId: string }[], rows: readonly PaymentRow[]): (Payment | null)[] {
  const byOrder = new Map(rows.map((row) => [row.order_id, row]));
  return asked.map(({ orderId }) => {
    const row = byOrder.get(orderId);
    return row === undefined ? null : toPayment(row);
  });
}
