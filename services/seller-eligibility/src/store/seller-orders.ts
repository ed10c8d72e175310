/** The sellers' view of orders in PostgreSQL: a projection, written by nothing but order events. */
import type { Queryable } from '@vitrine/runtime/database';
import type { PageRequest } from '../page.ts';
import type { SellerOrder, SellerOrderLine } from '../seller-order.ts';

interface SellerOrderRow {
  readonly order_id: string;
  readonly seller_id: string;
  readonly status: 'confirmed' | 'cancelled';
  readonly market: string;
  readonly lines: readonly SellerOrderLine[];
  readonly currency: string;
  readonly subtotal_minor: number;
  readonly shipping_minor: number;
  readonly tax_minor: number;
  readonly total_minor: number;
  readonly source_post_id: string | null;
  readonly placed_at: Date;
  readonly confirmed_at: Date | null;
  readonly cancelled_at: Date | null;
  readonly sequence: number;
}

const columns =
  'order_id, seller_id, status, market, lines, currency, subtotal_minor, shipping_minor, tax_minor, total_minor, source_post_id, placed_at, confirmed_at, cancelled_at, sequence';

const toSellerOrder = (row: SellerOrderRow): SellerOrder => ({
  orderId: row.order_id,
  sellerId: row.seller_id,
  status: row.status,
  market: row.market,
  lines: row.lines,
  currency: row.currency,
  subtotalMinor: row.subtotal_minor,
  shippingMinor: row.shipping_minor,
  taxMinor: row.tax_minor,
  totalMinor: row.total_minor,
  sourcePostId: row.source_post_id,
  placedAt: row.placed_at,
  confirmedAt: row.confirmed_at,
  cancelledAt: row.cancelled_at,
  sequence: row.sequence,
});

const toRow = (order: SellerOrder): SellerOrderRow => ({
  order_id: order.orderId,
  seller_id: order.sellerId,
  status: order.status,
  market: order.market,
  lines: order.lines,
  currency: order.currency,
  subtotal_minor: order.subtotalMinor,
  shipping_minor: order.shippingMinor,
  tax_minor: order.taxMinor,
  total_minor: order.totalMinor,
  source_post_id: order.sourcePostId,
  placed_at: order.placedAt,
  confirmed_at: order.confirmedAt,
  cancelled_at: order.cancelledAt,
  sequence: order.sequence,
});

/**
 * Writes orders (each at most once) whose event is newer than what is there, in one statement, and answers how many
 * rows that inserted or altered. An older or equal event changes nothing.
 */
export async function saveNewerOrders(queryable: Queryable, orders: readonly SellerOrder[]): Promise<number> {
  if (orders.length === 0) return 0;
  // Sorted, so that two writers lock the rows they share in the same order.
  const sorted = orders.toSorted((a, b) => (a.orderId < b.orderId ? -1 : 1));
  const { rowCount } = await queryable.query({
    name: 'seller-orders-save',
    text: `insert into seller_orders (${columns})
           select ${columns} from jsonb_populate_recordset(null::seller_orders, $1::jsonb)
           on conflict (order_id) do update set
             (${columns}) = (${columns.replaceAll(/\w+/g, 'excluded.$&')})
           where seller_orders.sequence < excluded.sequence`,
    values: [JSON.stringify(sorted.map(toRow))],
  });
  return rowCount ?? 0;
}

/** A seller's orders newest first, one more than asked for when there are more. */
export async function listSellerOrders(
  queryable: Queryable,
  sellerId: string,
  { first, after }: PageRequest,
): Promise<readonly SellerOrder[]> {
  const { rows } = await queryable.query<SellerOrderRow>({
    name: 'seller-orders-list',
    text: `select ${columns} from seller_orders
            where seller_id = $1 and confirmed_at is not null and (confirmed_at, order_id) < ($3::timestamptz, $4)
            order by confirmed_at desc, order_id desc limit $2`,
    values: [sellerId, first + 1, after?.at ?? 'infinity', after?.id ?? ''],
  });
  return rows.map(toSellerOrder);
}

/** The orders with these ids that their sellers see, in one statement; others are missing from the map. */
export async function findSellerOrders(queryable: Queryable, orderIds: readonly string[]): Promise<ReadonlyMap<string, SellerOrder>> {
  const { rows } = await queryable.query<SellerOrderRow>({
    name: 'seller-orders-find',
    text: `select ${columns} from seller_orders where order_id = any($1) and confirmed_at is not null`,
    values: [orderIds],
  });
  return new Map(rows.map((row) => [row.order_id, toSellerOrder(row)]));
}
