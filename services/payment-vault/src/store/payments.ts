/**
 * SQL of payments. Whoever holds a payment's lease talks to Stripe about it and is the only one to change its state; a
 * lease that ran out is taken over by the next caller, and what its last holder brings then is not written.
 */
import type { Queryable } from '@vitrine/runtime/database';
import { createBatcher } from '@vitrine/runtime/group-commit';
import type { NewEvent } from '@vitrine/runtime/outbox';
import type { IntentChange } from '../change-intent.ts';
import type { Capture, Payment, PaymentStatus, Refusal } from '../payment.ts';
import { beginCaptures, recordPayments, startPayments, type NewCapture, type PaymentRecord } from './payment-groups.ts';
import { leaseSeconds, toPayment, type NewPayment, type PaymentRow } from './payment-row.ts';

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

// The table's check makes every other column of a row with a payment id non-null.
const toFound = (row: PaymentRow): Found =>
  row.payment_id === null ? { kind: 'tombstone' } : { kind: 'payment', payment: toPayment(row, row.payment_id) };

const isFree = '(leased_until is null or leased_until < now())';

const groups = { maxBatch: 64, maxWaiting: 5_000 };

export function createPaymentStore(database: Queryable) {
  const starts = createBatcher<NewPayment, Payment | null>({
    ...groups,
    name: 'payment-start',
    write: (payments) => startPayments(database, payments),
    keyOf: ({ orderId }) => orderId,
  });
  const captures = createBatcher<NewCapture, Payment | null>({
    ...groups,
    name: 'payment-begin-capture',
    write: (asked) => beginCaptures(database, asked),
    keyOf: ({ orderId }) => orderId,
  });
  const records = createBatcher<PaymentRecord, Payment | null>({
    ...groups,
    name: 'payment-record',
    write: (found) => recordPayments(database, found),
    keyOf: ({ held }) => held.orderId,
  });

  return {
    /**
     * Records a payment that is about to be sent to Stripe, with the order's address and the seller's grant; answers
     * null when the order has one, or was voided. The lease is the caller's.
     */
    start: (payment: NewPayment): Promise<Payment | null> => starts.add(payment),

    async find(orderId: string): Promise<Found | null> {
      const { rows } = await database.query<PaymentRow>({
        name: 'payment-find',
        text: 'select * from payments where order_id = $1',
        values: [orderId],
      });
      return rows[0] === undefined ? null : toFound(rows[0]);
    },

    /** Takes the lease of a payment in one of these states; null when somebody has it, or the state is another. */
    async claim(orderId: string, leaseToken: string, statuses: readonly PaymentStatus[]): Promise<Payment | null> {
      const { rows } = await database.query<PaymentRow>({
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
      const { rows } = await database.query<PaymentRow>({
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
      const { rowCount } = await database.query({
        name: 'payment-mark-sent',
        text: 'update payments set sent_at = now() where order_id = $1 and lease_token = $2 and void_requested_at is null',
        values: [orderId, leaseToken],
      });
      return rowCount === 1;
    },

    /** Before a capture or a cancellation: the wish and its key. False when the lease was lost, or a void was asked for before a capture. */
    async request(orderId: string, leaseToken: string, change: IntentChange, key: string): Promise<boolean> {
      const { rowCount } = await database.query(
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
      const { rowCount } = await database.query(
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
      const { rows } = await database.query<PaymentRow>({
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

    /**
     * Takes the lease for the first capture of an authorized payment, with the wish and its key written before anything is
     * sent; null when the payment has to be looked at, and nothing is changed.
     */
    beginCapture: (capture: NewCapture): Promise<Payment | null> => captures.add(capture),

    /** Writes what was found out, with its event, and gives the lease back. Ends the order's copy of the address when nothing is charged. */
    async record(held: Payment, leaseToken: string, outcome: Outcome): Promise<Recorded> {
      let known = held;
      for (;;) {
        const payment = await records.add({
          held: known,
          leaseToken,
          status: outcome.status,
          stripePaymentIntentId: outcome.stripePaymentIntentId,
          declineReason: outcome.declineReason ?? null,
          capture: outcome.capture ?? null,
          settleInMs: outcome.settleInMs,
          unlessVoidRequested: outcome.unlessVoidRequested ?? false,
          event: outcome.event,
        });
        if (payment !== null) return { kind: 'recorded', payment };
        const { rows } = await database.query<PaymentRow>('select * from payments where order_id = $1 and lease_token = $2', [
          held.orderId,
          leaseToken,
        ]);
        if (rows[0] === undefined) return { kind: 'lease_lost' };
        if (rows[0].void_requested_at !== null && outcome.unlessVoidRequested === true) return { kind: 'void_requested' };
        // A dispute or a refund was written meanwhile, which needs no lease: the event counts on from there.
        known = toPayment(rows[0]);
      }
    },

    /** Has the settle loop re-read at Stripe what became of an order's payment, or of that of an intent, unless it is in one of these states. */
    async wake(
      named: { readonly orderId: string } | { readonly intentId: string },
      unlessIn: readonly PaymentStatus[] = [],
    ): Promise<void> {
      await database.query(
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
      await database.query({
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
