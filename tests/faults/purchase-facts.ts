/** What is true after all purchases: checkout's, catalog's and the sellers' tables, the topic, and the sandbox's ledger. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import pg from 'pg';
import { orderTopic } from '@vitrine/contracts/order-events';
import type { StackState } from '@vitrine/local/stack';
import { readTopicRange } from '@vitrine/ops/topic-range';
import { createKafka } from '@vitrine/runtime/events';
import { createLogger } from '@vitrine/runtime/telemetry';
import type { Shelf } from '../support/crowd.ts';
import { uniqueName } from '../support/stack.ts';
import type { LedgerOrder } from './facts.ts';

export interface PurchaseRow {
  readonly order_id: string;
  readonly buyer_id: string;
  readonly idempotency_key: string;
  readonly recovery_point: string;
  /** Null while it is not decided. */
  readonly outcome: string | null;
}

export interface OrderRow {
  readonly order_id: string;
  readonly status: string;
  readonly payment_state: string;
  readonly total_minor: number;
  readonly refunded_minor: number;
  readonly sequence: number;
  readonly product_id: string;
  readonly quantity: number;
}

/** An event in the topic, or a step of an order's history that has one. */
export interface TopicEvent {
  readonly orderId: string;
  readonly eventId: string;
  readonly type: string;
  readonly sequence: number;
}

export interface StockRow {
  readonly product_id: string;
  readonly on_hand: number;
  readonly reserved: number;
  /** Sums of the ledger's moves. */
  readonly moved_on_hand: number;
  readonly moved_reserved: number;
}

export interface ReservationRow {
  readonly order_id: string;
  readonly product_id: string | null;
  readonly status: string;
  readonly quantity: number;
}

export interface PurchaseFacts {
  readonly ledger: Readonly<Record<string, LedgerOrder>>;
  readonly purchases: readonly PurchaseRow[];
  readonly orders: readonly OrderRow[];
  readonly history: readonly TopicEvent[];
  /** In the order of their partition; an event that was published again is there again. */
  readonly topic: readonly TopicEvent[];
  readonly shelves: readonly Shelf[];
  readonly stock: readonly StockRow[];
  readonly reservations: readonly ReservationRow[];
  /** The sellers' projection, by order id, as it stands and as it is after it was emptied and rebuilt. */
  readonly projection: ReadonlyMap<string, string>;
  readonly rebuilt: ReadonlyMap<string, string>;
}

/** Reads everything; empties and rebuilds the sellers' projection. */
export async function gatherPurchaseFacts(state: StackState, shelves: readonly Shelf[], signal: AbortSignal): Promise<PurchaseFacts> {
  const shelved = shelves.map(({ productId }) => productId);
  const [checkout, catalog, sellers] = (['checkout', 'catalog', 'seller-eligibility'] as const).map(
    (service) => new pg.Pool({ connectionString: state.databaseUrls[service], max: 1 }),
  ) as [pg.Pool, pg.Pool, pg.Pool];
  const rows = async <Row extends pg.QueryResultRow>(pool: pg.Pool, text: string, values: readonly unknown[] = []): Promise<Row[]> =>
    (await pool.query<Row>(text, [...values])).rows;
  const readProjection = async (): Promise<Map<string, string>> =>
    new Map(
      (await rows<{ order_id: string; row: string }>(sellers, 'select order_id, seller_orders::text as row from seller_orders')).map(
        (row) => [row.order_id, row.row],
      ),
    );
  try {
    const ledger = (await (await fetch(`${state.stripe.apiBase}/_sandbox/ledger`)).json()) as {
      readonly orders: PurchaseFacts['ledger'];
    };
    const topic = await readOrderTopic(state, signal);
    const projection = await readProjection();
    await sellers.query('delete from seller_orders');
    await rebuildProjection(state);
    return {
      ledger: ledger.orders,
      topic,
      projection,
      rebuilt: await readProjection(),
      shelves,
      purchases: await rows<PurchaseRow>(
        checkout,
        `select order_id, buyer_id, idempotency_key, recovery_point, outcome->>'kind' as outcome from purchases`,
      ),
      orders: await rows<OrderRow>(
        checkout,
        `select order_id, status, payment_state, total_minor, refunded_minor, sequence, lines->0->>'productId' as product_id,
                (lines->0->>'quantity')::int as quantity
           from orders`,
      ),
      history: await rows<TopicEvent>(
        checkout,
        `select order_id as "orderId", event_id as "eventId", step as type, sequence from order_history where event_id is not null
          order by order_id, sequence`,
      ),
      stock: await rows<StockRow>(
        catalog,
        `select p.product_id, p.on_hand, p.reserved, coalesce(sum(m.on_hand_delta), 0)::int as moved_on_hand,
                coalesce(sum(m.reserved_delta), 0)::int as moved_reserved
           from products p left join stock_moves m using (product_id) where p.product_id = any($1) group by p.product_id`,
        [shelved],
      ),
      reservations: await rows<ReservationRow>(catalog, 'select order_id, product_id, status, quantity from reservations'),
    };
  } finally {
    await Promise.all([checkout, catalog, sellers].map((pool) => pool.end()));
  }
}

async function readOrderTopic(state: StackState, signal: AbortSignal): Promise<TopicEvent[]> {
  const logger = createLogger({ name: 'faults', level: 'silent' });
  const events: TopicEvent[] = [];
  await readTopicRange(
    { topic: orderTopic, select: { from: new Date(0) } },
    {
      kafka: createKafka({ name: 'faults', brokers: state.kafkaBrokers, logger }),
      groupId: uniqueName('faults'),
      signal,
      onMessages: async (messages) => {
        for (const { key, headers } of messages) {
          events.push({
            orderId: key?.toString() ?? '',
            eventId: String(headers?.['ce_id']),
            type: String(headers?.['ce_type']),
            sequence: Number(headers?.['ce_sequence']),
          });
        }
      },
      onProgress: () => {},
    },
  );
  return events;
}

/** As an operator does it. */
async function rebuildProjection(state: StackState): Promise<void> {
  const main = path.resolve(import.meta.dirname, '../../infra/ops/src/main.ts');
  const child = spawn(process.execPath, [main, 'replay', '--consumer', 'seller-eligibility', '--from', '2020-01-01T00:00:00Z', '--json'], {
    env: {
      ...process.env,
      KAFKA_BROKERS: state.kafkaBrokers.join(','),
      SELLER_ELIGIBILITY_URL: state.serviceUrls['seller-eligibility'],
      IDENTITY_KEYS: state.opsIdentityKeys,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`the projection could not be rebuilt: ${said}`);
}
