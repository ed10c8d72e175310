/** What changed of buyers' orders lately, for all streams that ask at the same time in one statement. */
import type { Pool } from '@vitrine/runtime/database';
import { createBatcher, type Batcher } from '@vitrine/runtime/group-commit';

export interface OrderNewsWanted {
  readonly buyerId: string;
  /** Ms since 1970; null for the last two minutes. */
  readonly since: number | null;
}

/** A change of an order. Nothing personal. */
export interface OrderNews {
  readonly orderId: string;
  readonly sequence: number;
  readonly type: string;
  /** `<status> <payment> <fulfilment> <returns>`; null for a change that is older than these. */
  readonly states: string | null;
  /** Ms since 1970. */
  readonly at: number;
}

export interface FoundNews {
  /** By the database's clock, ms since 1970. */
  readonly now: number;
  /** In order; null when there is more than is told. */
  readonly news: readonly OrderNews[] | null;
}

/** Changes that a stream tells at once, at most. */
const maxNews = 500;

interface Row {
  readonly n: number;
  readonly now: number;
  readonly order_id: string | null;
  readonly sequence: number;
  readonly type: string;
  readonly states: string | null;
  readonly at: number;
}

export const createOrderNews = (pool: Pool): Batcher<OrderNewsWanted, FoundNews> =>
  createBatcher({
    name: 'order-news',
    maxBatch: 200,
    maxWaiting: 20_000,
    write: async (wanted) => {
      const { rows } = await pool.query<Row>({
        name: 'order-news',
        text: `select i.n::int, c.now, h.order_id, h.sequence, h.step as type, h.states, h.at
                 from unnest($1::text[], $2::bigint[]) with ordinality as i (buyer_id, since, n)
                cross join (select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now) c
                 left join lateral (
                        select position, order_id, sequence, step, states, floor(extract(epoch from at) * 1000)::bigint as at
                          from order_history
                         where buyer_id = i.buyer_id and event_id is not null and at >= to_timestamp(coalesce(i.since, c.now - 120000) / 1000.0)
                         order by position desc limit ${maxNews + 1}) h on true
                order by i.n, h.position`,
        values: [wanted.map(({ buyerId }) => buyerId), wanted.map(({ since }) => since)],
      });
      const found = wanted.map((): { now: number; news: OrderNews[] } => ({ now: 0, news: [] }));
      for (const { n, now, order_id: orderId, sequence, type, states, at } of rows) {
        const entry = found[n - 1];
        if (entry === undefined) throw new Error('order-news answered for a buyer who was not asked about');
        entry.now = now;
        if (orderId !== null) entry.news.push({ orderId, sequence, type, states, at });
      }
      return found.map(({ now, news }) => ({ now, news: news.length > maxNews ? null : news }));
    },
  });
