/** Reads payments by order and by range of orders, for whoever compares them; nothing of a card or an address is read. */
import type { Pool } from '@vitrine/runtime/database';
import type { Payment, PaymentStatus } from '../payment.ts';
import { toPayment, type PaymentRow } from './payment-row.ts';

/** A payment's state; `payment` is null for the mark that an order was voided before it had one. */
export interface RecordedPayment {
  readonly orderId: string;
  readonly status: PaymentStatus;
  readonly payment: Payment | null;
}

const toRecorded = (row: PaymentRow): RecordedPayment => ({
  orderId: row.order_id,
  status: row.status,
  payment: row.payment_id === null ? null : toPayment(row),
});

export type PaymentRecordStore = ReturnType<typeof createPaymentRecordStore>;

export function createPaymentRecordStore(pool: Pool) {
  return {
    /** Payments of these orders, in any order. */
    async find(orderIds: readonly string[]): Promise<RecordedPayment[]> {
      const { rows } = await pool.query<PaymentRow>({
        name: 'payment-records',
        text: 'select * from payments where order_id = any($1)',
        values: [orderIds],
      });
      return rows.map(toRecorded);
    },

    /** The first payments after an order id up to another, by id. */
    async list(after: string, upTo: string, limit: number): Promise<RecordedPayment[]> {
      const { rows } = await pool.query<PaymentRow>({
        name: 'payment-records-range',
        text: 'select * from payments where order_id > $1 and order_id <= $2 order by order_id limit $3',
        values: [after, upTo, limit],
      });
      return rows.map(toRecorded);
    },

    /** Has the settle loop look at these payments at Stripe, whatever their state. */
    async hasten(orderIds: readonly string[]): Promise<void> {
      await pool.query(
        'update payments set settle_at = least(settle_at, now()), woken = true where order_id = any($1) and payment_id is not null',
        [orderIds],
      );
    },
  };
}
