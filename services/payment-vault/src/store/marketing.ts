/** SQL of the buyers' decisions about advertising. Rows are only ever added. */
import type { Pool, Queryable, Transaction } from '@vitrine/runtime/database';

export type MarketingChannel = 'EMAIL' | 'PUSH' | 'SMS';

export interface MarketingDecision {
  /** `mkd_…` */
  readonly id: string;
  readonly sellerId: string;
  readonly channel: MarketingChannel;
  readonly granted: boolean;
  /** The text that was agreed to; null for a withdrawal. */
  readonly textVersion: string | null;
  readonly decidedAt: Date;
}

interface Row {
  readonly id: string;
  readonly seller_id: string;
  readonly channel: MarketingChannel;
  readonly granted: boolean;
  readonly text_version: string | null;
  readonly decided_at: Date;
}

const toDecision = (row: Row): MarketingDecision => ({
  id: row.id,
  sellerId: row.seller_id,
  channel: row.channel,
  granted: row.granted,
  textVersion: row.text_version,
  decidedAt: row.decided_at,
});

const columns = 'id, seller_id, channel, granted, text_version, decided_at';

export type MarketingStore = ReturnType<typeof createMarketingStore>;

export function createMarketingStore(pool: Pool) {
  return {
    /** The decisions that count, one for each seller and channel, newest first, after one of them. */
    async list(buyerId: string, page: { readonly limit: number; readonly afterId: string | null }): Promise<MarketingDecision[]> {
      const { rows } = await pool.query<Row>({
        name: 'marketing-of-buyer',
        text: `select ${columns} from (
                 select distinct on (seller_id, channel) ${columns} from marketing_decisions where buyer_id = $1 order by seller_id, channel, id desc) newest
                where $2::text is null or id < $2 order by id desc limit $3`,
        values: [buyerId, page.afterId, page.limit],
      });
      return rows.map(toDecision);
    },

    async find(buyerId: string, id: string): Promise<MarketingDecision | null> {
      const { rows } = await pool.query<Row>(`select ${columns} from marketing_decisions where id = $2 and buyer_id = $1`, [buyerId, id]);
      return rows[0] === undefined ? null : toDecision(rows[0]);
    },
  };
}

/** The decision that counts for a seller and channel; null for a buyer who never decided. */
export async function findDecision(
  queryable: Queryable,
  buyerId: string,
  sellerId: string,
  channel: MarketingChannel,
): Promise<MarketingDecision | null> {
  const { rows } = await queryable.query<Row>(
    `select ${columns} from marketing_decisions where buyer_id = $1 and seller_id = $2 and channel = $3 order by id desc limit 1`,
    [buyerId, sellerId, channel],
  );
  return rows[0] === undefined ? null : toDecision(rows[0]);
}

export async function insertDecision(
  transaction: Transaction,
  decision: Omit<MarketingDecision, 'decidedAt'> & { readonly buyerId: string; readonly country: string | null },
): Promise<void> {
  await transaction.query(
    'insert into marketing_decisions (id, buyer_id, seller_id, channel, granted, text_version, country) values ($1, $2, $3, $4, $5, $6, $7)',
    [decision.id, decision.buyerId, decision.sellerId, decision.channel, decision.granted, decision.textVersion, decision.country],
  );
}
