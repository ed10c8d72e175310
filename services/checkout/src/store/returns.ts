/** Statements on returns. The database allows at most one that is under way for an order. */
import type { ReturnReason, ReturnRefusal } from '@vitrine/contracts/order-events';
import type { Queryable, Transaction } from '@vitrine/runtime/database';
import type { LineQuantity } from '../refund.ts';
import type { OrderReturn, OrderReturnState, ReceivedLine } from '../return.ts';

/** A line as it is stored: the last two once the goods have arrived. */
interface StoredLine extends LineQuantity {
  readonly receivedQuantity?: number;
  readonly restock?: boolean;
}

interface ReturnRow {
  readonly return_id: string;
  readonly order_id: string;
  readonly state: OrderReturnState;
  readonly lines: readonly StoredLine[];
  readonly reason: ReturnReason;
  readonly refuse_reason: ReturnRefusal | null;
  readonly refund_shipping: boolean | null;
  readonly requested_at: Date;
  readonly decided_at: Date | null;
  readonly received_at: Date | null;
}

const toReturn = (row: ReturnRow): OrderReturn => ({
  returnId: row.return_id,
  orderId: row.order_id,
  state: row.state,
  lines: row.lines.map(({ productId, quantity }) => ({ productId, quantity })),
  reason: row.reason,
  refusal: row.refuse_reason,
  received:
    row.received_at === null
      ? null
      : row.lines.flatMap(({ productId, receivedQuantity = 0, restock = false }) =>
          receivedQuantity === 0 ? [] : [{ productId, quantity: receivedQuantity, restock }],
        ),
  refundShipping: row.refund_shipping,
  requestedAt: row.requested_at,
  decidedAt: row.decided_at,
  receivedAt: row.received_at,
});

/** Writes a new return. */
export async function insertReturn(transaction: Transaction, returned: OrderReturn): Promise<void> {
  await transaction.query({
    name: 'return-insert',
    text: 'insert into returns (return_id, order_id, state, lines, reason, requested_at) values ($1, $2, $3, $4, $5, $6)',
    values: [returned.returnId, returned.orderId, returned.state, JSON.stringify(returned.lines), returned.reason, returned.requestedAt],
  });
}

const toStoredLines = (lines: readonly LineQuantity[], received: readonly ReceivedLine[]): StoredLine[] =>
  lines.map((line) => {
    const arrived = received.find(({ productId }) => productId === line.productId);
    return { ...line, receivedQuantity: arrived?.quantity ?? 0, restock: arrived?.restock ?? false };
  });

/** Writes how far a return has got. The caller holds the order's lock. */
export async function storeReturn(transaction: Transaction, returned: OrderReturn): Promise<void> {
  const { received, state } = returned;
  await transaction.query({
    name: 'return-update',
    text: `update returns set state = $2, lines = $3, refuse_reason = $4, refund_shipping = $5, decided_at = $6, received_at = $7,
                  ended_at = case when $8 then coalesce(ended_at, now()) end
            where return_id = $1`,
    values: [
      returned.returnId,
      state,
      JSON.stringify(received === null ? returned.lines : toStoredLines(returned.lines, received)),
      returned.refusal,
      returned.refundShipping,
      returned.decidedAt,
      returned.receivedAt,
      state === 'refused' || state === 'withdrawn' || state === 'refunded',
    ],
  });
}

/** Returns of orders, oldest first. */
export async function findReturnsOf(queryable: Queryable, orderIds: readonly string[]): Promise<OrderReturn[]> {
  const { rows } = await queryable.query<ReturnRow>({
    name: 'returns-of-orders',
    text: 'select * from returns where order_id = any($1) order by order_id, return_id',
    values: [orderIds],
  });
  return rows.map(toReturn);
}

/** A return; null when there is none. */
export async function findReturn(queryable: Queryable, returnId: string): Promise<OrderReturn | null> {
  const { rows } = await queryable.query<ReturnRow>({
    name: 'return-by-id',
    text: 'select * from returns where return_id = $1',
    values: [returnId],
  });
  return rows[0] === undefined ? null : toReturn(rows[0]);
}

/** For how many days after the delivery goods of orders can be sent back, as their purchases were quoted; null where that was not said. */
export async function findReturnWindows(queryable: Queryable, orderIds: readonly string[]): Promise<ReadonlyMap<string, number | null>> {
  const { rows } = await queryable.query<{ order_id: string; days: number | null }>({
    name: 'return-windows-of-orders',
    text: `select order_id, (quote->'terms'->>'returnWindowDays')::int as days from purchases where order_id = any($1)`,
    values: [orderIds],
  });
  return new Map(rows.map((row) => [row.order_id, row.days]));
}
