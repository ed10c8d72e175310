/**
 * SQL of payments. Whoever holds a payment's lease talks to Stripe about it and is the only one to change its state; a
 * lease that ran out is taken over by the next caller, and what its last holder brings then is not written.
 */
import { withTransaction, type Pool } from '@vitrine/runtime/database';
import { appendEvents, type NewEvent } from '@vitrine/runtime/outbox';
import { limitGrant } from './grants.ts';
import { startShare } from './shares.ts';
import type { IntentChange } from '../change-intent.ts';
import type { Capture, Payment, PaymentStatus, PaymentTerms, Refusal } from '../payment.ts';

/** Longer than all calls of Stripe that a holder makes may take together, so that nobody has to renew it. */
const leaseSeconds = 15;

export interface NewPayment extends PaymentTerms {
  readonly orderId: string;
  readonly paymentId: string;
  readonly stripeCustomerId: string;
  readonly stripePaymentMethodId: string;
  readonly authorizeKey: string;
  readonly correlationId: string;
  readonly leaseToken: string;
  /** The order's copy of the address, sealed for it. */
  readonly sealedAddress: { readonly ciphertext: Buffer; readonly keyVersion: number };
  readonly grantDays: number;
}

/** A payment, or the mark that the order was voided before it had one. */
export type Found = { readonly kind: 'payment'; readonly payment: Payment } | { readonly kind: 'tombstone' };

/** What a lease's holder found out. Null leaves what is there. */
export interface Outcome {
  readonly status: PaymentStatus;
  readonly stripePaymentIntentId: string | null;
  readonly declineReason?: Refusal;
  /** With `captured`: what the capture came to. */
  readonly capture?: Capture;
  /** When the settle loop looks at it again; null when it is done with it. */
  readonly settleInMs: number | null;
  /** Do not write it once a void was asked for: the holder has to undo it instead. */
  readonly unlessVoidRequested?: boolean;
  /** What to publish about the change of state, if there is one. */
  readonly event: ((payment: Payment, sequence: number) => NewEvent) | null;
}

export type Recorded =
  | { readonly kind: 'recorded'; readonly payment: Payment }
  | { readonly kind: 'void_requested' }
  | { readonly kind: 'lease_lost' };

export type PaymentStore = ReturnType<typeof createPaymentStore>;

export interface PaymentRow {
  readonly order_id: string;
  readonly payment_id: string | null;
  readonly buyer_id: string;
  readonly seller_id: string;
  readonly payment_method_id: string;
  readonly address_id: string;
  readonly amount_minor: number;
  readonly currency: string;
  readonly status: PaymentStatus;
  readonly decline_reason: Refusal | null;
  readonly stripe_customer_id: string;
  readonly stripe_payment_method_id: string;
  readonly stripe_payment_intent_id: string | null;
  readonly authorize_key: string;
  readonly capture_key: string | null;
  readonly void_key: string | null;
  readonly sent_at: Date | null;
  readonly capture_requested_at: Date | null;
  readonly void_requested_at: Date | null;
  readonly authorized_at: Date | null;
  readonly captured_at: Date | null;
  readonly capture_minor: number | null;
  readonly captured_minor: number | null;
  readonly stripe_charge_id: string | null;
  readonly refund_reserved_minor: number;
  readonly refunded_minor: number;
  readonly seller_share_minor: number | null;
  readonly settle_attempts: number;
  readonly correlation_id: string;
  readonly sequence: number;
  readonly created_at: Date;
}

// The table's check makes every other column of a row with a payment id non-null.
const toFound = (row: PaymentRow): Found =>
  row.payment_id === null ? { kind: 'tombstone' } : { kind: 'payment', payment: toPayment(row, row.payment_id) };

export const toPayment = (row: PaymentRow, paymentId = row.payment_id): Payment => {
  if (paymentId === null) throw new Error('a tombstone is no payment');
  return {
    orderId: row.order_id,
    paymentId,
    buyerId: row.buyer_id,
    sellerId: row.seller_id,
    paymentMethodId: row.payment_method_id,
    addressId: row.address_id,
    amountMinor: row.amount_minor,
    currency: row.currency,
    status: row.status,
    declineReason: row.decline_reason,
    stripeCustomerId: row.stripe_customer_id,
    stripePaymentMethodId: row.stripe_payment_method_id,
    stripePaymentIntentId: row.stripe_payment_intent_id,
    authorizeKey: row.authorize_key,
    captureKey: row.capture_key,
    voidKey: row.void_key,
    sentAt: row.sent_at,
    captureRequestedAt: row.capture_requested_at,
    voidRequestedAt: row.void_requested_at,
    authorizedAt: row.authorized_at,
    capturedAt: row.captured_at,
    captureMinor: row.capture_minor,
    capturedMinor: row.captured_minor,
    stripeChargeId: row.stripe_charge_id,
    refundReservedMinor: row.refund_reserved_minor,
    refundedMinor: row.refunded_minor,
    sellerShareMinor: row.seller_share_minor,
    settleAttempts: row.settle_attempts,
    correlationId: row.correlation_id,
    createdAt: row.created_at,
  };
};

const isFree = '(leased_until is null or leased_until < now())';

export function createPaymentStore(pool: Pool) {
  return {
    /**
     * Records a payment that is about to be sent to Stripe, with the order's address and the seller's grant; answers
     * null when the order has one, or was voided. The lease is the caller's.
     */
    async start(payment: NewPayment): Promise<Payment | null> {
      const { rows } = await pool.query<PaymentRow>({
        name: 'payment-start',
        text: `with started as (
                 insert into payments (order_id, payment_id, buyer_id, seller_id, payment_method_id, address_id, amount_minor, currency, status,
                                       stripe_customer_id, stripe_payment_method_id, authorize_key, correlation_id, sent_at, attempts,
                                       lease_token, leased_until, settle_at, seller_share_minor)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, 'started', $9, $10, $11, $12, now(), 1,
                         $13, now() + make_interval(secs => ${leaseSeconds}), now() + make_interval(secs => ${leaseSeconds}), $17)
                 on conflict (order_id) do nothing
                 returning *
               ), copied as (
                 insert into order_addresses (order_id, buyer_id, ciphertext, key_version) select order_id, $3, $14, $15 from started
               ), granted as (
                 insert into grants (order_id, seller_id, expires_at) select order_id, $4, now() + make_interval(days => $16) from started
               )
               select * from started`,
        values: [
          payment.orderId,
          payment.paymentId,
          payment.buyerId,
          payment.sellerId,
          payment.paymentMethodId,
          payment.addressId,
          payment.amountMinor,
          payment.currency,
          payment.stripeCustomerId,
          payment.stripePaymentMethodId,
          payment.authorizeKey,
          payment.correlationId,
          payment.leaseToken,
          payment.sealedAddress.ciphertext,
          payment.sealedAddress.keyVersion,
          payment.grantDays,
          payment.sellerShareMinor,
        ],
      });
      return rows[0] === undefined ? null : toPayment(rows[0]);
    },

    async find(orderId: string): Promise<Found | null> {
      const { rows } = await pool.query<PaymentRow>({
        name: 'payment-find',
        text: 'select * from payments where order_id = $1',
        values: [orderId],
      });
      return rows[0] === undefined ? null : toFound(rows[0]);
    },

    /** Takes the lease of a payment in one of these states; null when somebody has it, or the state is another. */
    async claim(orderId: string, leaseToken: string, statuses: readonly PaymentStatus[]): Promise<Payment | null> {
      const { rows } = await pool.query<PaymentRow>({
        name: 'payment-claim',
        text: `update payments
                  set lease_token = $2, leased_until = now() + make_interval(secs => ${leaseSeconds}), attempts = attempts + 1, woken = false, updated_at = now()
                where order_id = $1 and payment_id is not null and status = any($3) and ${isFree}
               returning *`,
        values: [orderId, leaseToken, statuses],
      });
      return rows[0] === undefined ? null : toPayment(rows[0]);
    },

    /** Takes the leases of payments of which something has to be found out at Stripe. */
    async claimDue(leaseToken: string, limit: number): Promise<Payment[]> {
      const { rows } = await pool.query<PaymentRow>({
        name: 'payment-claim-due',
        text: `update payments
                  set lease_token = $1, leased_until = now() + make_interval(secs => ${leaseSeconds}), attempts = attempts + 1, woken = false, updated_at = now()
                where order_id in (
                        select order_id from payments
                         where settle_at <= now() and ${isFree} and payment_id is not null
                         order by settle_at limit $2
                           for update skip locked)
               returning *`,
        values: [leaseToken, limit],
      });
      return rows.map((row) => toPayment(row));
    },

    /** Before a PaymentIntent is sent that certainly was not sent before; false when the lease was lost, or a void was asked for. */
    async markSent(orderId: string, leaseToken: string): Promise<boolean> {
      const { rowCount } = await pool.query({
        name: 'payment-mark-sent',
        text: 'update payments set sent_at = now() where order_id = $1 and lease_token = $2 and void_requested_at is null',
        values: [orderId, leaseToken],
      });
      return rowCount === 1;
    },

    /** Before a capture or a cancellation: the wish and its key. False when the lease was lost, or a void was asked for before a capture. */
    async request(orderId: string, leaseToken: string, change: IntentChange, key: string): Promise<boolean> {
      const { rowCount } = await pool.query(
        change.step === 'capture'
          ? {
              name: 'payment-request-capture',
              text: `update payments set capture_requested_at = coalesce(capture_requested_at, now()), capture_key = $3, capture_minor = $4,
                            settle_at = now() + make_interval(secs => ${leaseSeconds})
                      where order_id = $1 and lease_token = $2 and void_requested_at is null`,
              values: [orderId, leaseToken, key, change.amountMinor],
            }
          : {
              name: 'payment-request-cancel',
              text: 'update payments set void_key = $3 where order_id = $1 and lease_token = $2',
              values: [orderId, leaseToken, key],
            },
      );
      return rowCount === 1;
    },

    /** Notes which intent an order has, for a holder that has to undo it. False when the lease was lost. */
    async noteIntent(orderId: string, leaseToken: string, stripePaymentIntentId: string): Promise<boolean> {
      const { rowCount } = await pool.query(
        `update payments set stripe_payment_intent_id = $3, leased_until = now() + make_interval(secs => ${leaseSeconds}) where order_id = $1 and lease_token = $2`,
        [orderId, leaseToken, stripePaymentIntentId],
      );
      return rowCount === 1;
    },

    /**
     * Asks for a void: from now on nothing can be authorized or captured. An order without a payment gets a tombstone.
     * Answers what was there.
     */
    async requestVoid(orderId: string): Promise<Found> {
      const { rows } = await pool.query<PaymentRow>({
        name: 'payment-request-void',
        text: `insert into payments (order_id, status, void_requested_at, ended_at) values ($1, 'voided', now(), now())
               on conflict (order_id) do update
                  set void_requested_at = case when payments.status in ('started', 'requires_action', 'authorized') then coalesce(payments.void_requested_at, now())
                                               else payments.void_requested_at end,
                      settle_at = case when payments.status in ('started', 'requires_action', 'authorized') then now() + make_interval(secs => ${leaseSeconds})
                                       else payments.settle_at end
               returning *`,
        values: [orderId],
      });
      if (rows[0] === undefined) throw new Error('a row that was written did not come back');
      return toFound(rows[0]);
    },

    /** Writes what was found out, with its event, and gives the lease back. Ends the order's copy of the address when nothing is charged. */
    async record(held: Payment, leaseToken: string, outcome: Outcome): Promise<Recorded> {
      return withTransaction(pool, async (transaction) => {
        const changes = outcome.status !== held.status;
        const event = changes ? outcome.event : null;
        const { rows } = await transaction.query<PaymentRow>({
          name: 'payment-record',
          text: `update payments
                    set status = $3,
                        stripe_payment_intent_id = coalesce($4, stripe_payment_intent_id),
                        decline_reason = coalesce($5, decline_reason),
                        settle_at = case when woken then now() else now() + make_interval(secs => $6::float8 / 1000) end,
                        settle_attempts = case when $7 then 0 else settle_attempts + 1 end,
                        authorized_at = case when $3 in ('authorized', 'captured') then coalesce(authorized_at, now()) else authorized_at end,
                        captured_at = case when $3 = 'captured' then coalesce(captured_at, now()) else captured_at end,
                        captured_minor = coalesce(captured_minor, $10),
                        stripe_charge_id = coalesce(stripe_charge_id, $11),
                        ended_at = case when $3 in ('declined', 'voided') then coalesce(ended_at, now()) else ended_at end,
                        sequence = sequence + $8,
                        lease_token = null, leased_until = null, updated_at = now()
                  where order_id = $1 and lease_token = $2 and not ($9 and void_requested_at is not null)
                 returning *`,
          values: [
            held.orderId,
            leaseToken,
            outcome.status,
            outcome.stripePaymentIntentId,
            outcome.declineReason ?? null,
            outcome.settleInMs,
            changes,
            event === null ? 0 : 1,
            outcome.unlessVoidRequested ?? false,
            outcome.capture?.capturedMinor ?? null,
            outcome.capture?.stripeChargeId ?? null,
          ],
        });
        const row = rows[0];
        if (row === undefined) {
          const mine = await transaction.query('select 1 from payments where order_id = $1 and lease_token = $2', [
            held.orderId,
            leaseToken,
          ]);
          return { kind: mine.rowCount === 0 ? 'lease_lost' : 'void_requested' };
        }
        const payment = toPayment(row);
        if (outcome.status === 'declined' || outcome.status === 'voided') {
          await transaction.query({
            name: 'order-address-delete',
            text: 'delete from order_addresses where order_id = $1',
            values: [held.orderId],
          });
          await transaction.query({ name: 'grants-delete', text: 'delete from grants where order_id = $1', values: [held.orderId] });
        }
        if (changes && outcome.status === 'captured') {
          await startShare(transaction, held.orderId);
          await limitGrant(transaction, held.orderId);
        }
        if (event !== null) await appendEvents(transaction, [event(payment, row.sequence)]);
        return { kind: 'recorded', payment };
      });
    },

    /** Has the settle loop re-read at Stripe what became of an order's payment, or of that of an intent, unless it is in one of these states. */
    async wake(
      named: { readonly orderId: string } | { readonly intentId: string },
      unlessIn: readonly PaymentStatus[] = [],
    ): Promise<void> {
      await pool.query(
        `update payments set settle_at = least(settle_at, now()), woken = true
          where payment_id is not null and (status in ('started', 'requires_action', 'authorized', 'captured') or stripe_payment_intent_id is null)
            and status <> all($2) and ${'orderId' in named ? 'order_id' : 'stripe_payment_intent_id'} = $1`,
        ['orderId' in named ? named.orderId : named.intentId, unlessIn],
      );
    },

    /**
     * Gives the lease back with nothing found out. `neverSent`: no PaymentIntent can have reached Stripe after all. A
     * void that waits is settled soon in any case.
     */
    async release(
      orderId: string,
      leaseToken: string,
      next: { readonly settleInMs: number | null; readonly neverSent?: boolean },
    ): Promise<void> {
      await pool.query({
        name: 'payment-release',
        text: `update payments
                  set lease_token = null, leased_until = null, updated_at = now(), settle_attempts = settle_attempts + 1,
                      settle_at = case when woken or (void_requested_at is not null and $3::float8 is null and status in ('started', 'requires_action', 'authorized')) then now()
                                       else now() + make_interval(secs => $3::float8 / 1000) end,
                      sent_at = case when $4 then null else sent_at end
                where order_id = $1 and lease_token = $2`,
        values: [orderId, leaseToken, next.settleInMs, next.neverSent ?? false],
      });
    },
  };
}
