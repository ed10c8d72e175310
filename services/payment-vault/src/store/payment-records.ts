/** Reads payments by order and by range of orders, for whoever compares them; nothing of a card, an address or a buyer is read. */
import type { Pool } from '@vitrine/runtime/database';
import type { Payment, PaymentStatus } from '../payment.ts';
import { toPayment, type PaymentRow } from './payment-row.ts';

/** A payment's state and amounts, in minor units. */
export interface RecordedPayment {
  readonly orderId: string;
  readonly status: PaymentStatus;
  /** Null, with the currency, for the mark that an order was voided before it had a payment. */
  readonly amountMinor: number | null;
  readonly currency: string | null;
  readonly capturedMinor: number;
  readonly refundedMinor: number;
  readonly refundReservedMinor: number;
}

const columns = `order_id as "orderId", status, amount_minor as "amountMinor", currency, coalesce(captured_minor, 0) as "capturedMinor",
  refunded_minor as "refundedMinor", refund_reserved_minor as "refundReservedMinor"`;

export type PaymentRecordStore = ReturnType<typeof createPaymentRecordStore>;

export function createPaymentRecordStore(pool: Pool) {
  return {
    /** Payments of these orders, in any order. */
    async find(orderIds: readonly string[]): Promise<RecordedPayment[]> {
      const { rows } = await pool.query<RecordedPayment>({
        name: 'payment-records',
        text: `select ${columns} from payments where order_id = any($1)`,
        values: [orderIds],
      });
      return rows;
    },

    /** The first payments after an order id up to another, by id. */
    async list(after: string, upTo: string, limit: number): Promise<RecordedPayment[]> {
      const { rows } = await pool.query<RecordedPayment>({
        name: 'payment-records-range',
        text: `select ${columns} from payments where order_id > $1 and order_id <= $2 order by order_id limit $3`,
        values: [after, upTo, limit],
      });
      return rows;
    },

    /** Payments of these orders as they are settled; those that were voided before they came to be are left out. */
    async findWhole(orderIds: readonly string[]): Promise<Payment[]> {
      const { rows } = await pool.query<PaymentRow>('select * from payments where order_id = any($1) and payment_id is not null', [
        orderIds,
      ]);
      return rows.map((row) => toPayment(row));
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
