/** Markets and the history of their settings in PostgreSQL. */
import type { Queryable, Transaction } from '@vitrine/runtime/database';
import type { Market } from '../market.ts';

export interface MarketRow {
  readonly country: string;
  readonly currency: string;
  readonly opens_at: Date | null;
  readonly closes_at: Date | null;
  readonly buyer_share_bps: number;
  readonly undo_window_seconds: number;
  readonly platform_fee_bps: number;
  readonly return_window_days: number;
  readonly policy_version: string | null;
  readonly rollout_salt: string;
  readonly sequence: number;
}

const marketColumns = `country, currency, opens_at, closes_at, buyer_share_bps, undo_window_seconds, platform_fee_bps, return_window_days,
  policy_version, rollout_salt, sequence`;

export const toMarket = (row: MarketRow): Market => ({
  country: row.country,
  currency: row.currency,
  opensAt: row.opens_at,
  closesAt: row.closes_at,
  buyerShareBps: row.buyer_share_bps,
  undoWindowSeconds: row.undo_window_seconds,
  platformFeeBps: row.platform_fee_bps,
  returnWindowDays: row.return_window_days,
  policyVersion: row.policy_version,
  rolloutSalt: row.rollout_salt,
  sequence: row.sequence,
});

/** All markets, by country. */
export async function listMarkets(queryable: Queryable): Promise<readonly Market[]> {
  const { rows } = await queryable.query<MarketRow>({
    name: 'markets-list',
    text: `select ${marketColumns} from markets order by country`,
  });
  return rows.map(toMarket);
}

/** The markets of these countries, in one statement; unknown ones are missing from the map. */
export async function findMarkets(queryable: Queryable, countries: readonly string[]): Promise<ReadonlyMap<string, Market>> {
  const { rows } = await queryable.query<MarketRow>({
    name: 'markets-find',
    text: `select ${marketColumns} from markets where country = any($1)`,
    values: [countries],
  });
  return new Map(rows.map((row) => [row.country, toMarket(row)]));
}

/** Reads a market and locks it until the transaction ends, also one that does not exist yet. */
export async function lockMarket(transaction: Transaction, country: string): Promise<Market | null> {
  await transaction.query(`select pg_advisory_xact_lock(hashtext('market ' || $1))`, [country]);
  const { rows } = await transaction.query<MarketRow>(`select ${marketColumns} from markets where country = $1 for update`, [country]);
  return rows[0] === undefined ? null : toMarket(rows[0]);
}

/** Writes a locked market's settings and counts the event of it. */
export async function saveMarket(transaction: Transaction, settings: Omit<Market, 'rolloutSalt' | 'sequence'>): Promise<Market> {
  const { rows } = await transaction.query<MarketRow>(
    `insert into markets (country, currency, opens_at, closes_at, buyer_share_bps, undo_window_seconds, platform_fee_bps,
                          return_window_days, policy_version, sequence)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)
     on conflict (country) do update set
       opens_at = excluded.opens_at, closes_at = excluded.closes_at, buyer_share_bps = excluded.buyer_share_bps,
       undo_window_seconds = excluded.undo_window_seconds, platform_fee_bps = excluded.platform_fee_bps,
       return_window_days = excluded.return_window_days, policy_version = excluded.policy_version, sequence = markets.sequence + 1
     returning ${marketColumns}`,
    [
      settings.country,
      settings.currency,
      settings.opensAt,
      settings.closesAt,
      settings.buyerShareBps,
      settings.undoWindowSeconds,
      settings.platformFeeBps,
      settings.returnWindowDays,
      settings.policyVersion,
    ],
  );
  if (rows[0] === undefined) throw new Error(`the market ${settings.country} was not written`);
  return toMarket(rows[0]);
}

/** Remembers who set what of a market, and when. */
export async function recordMarketChange(
  transaction: Transaction,
  change: { readonly market: Market; readonly changes: Readonly<Record<string, unknown>>; readonly changedBy: string },
): Promise<void> {
  await transaction.query(`insert into market_changes (country, sequence, changes, changed_by) values ($1, $2, $3, $4)`, [
    change.market.country,
    change.market.sequence,
    JSON.stringify(change.changes),
    change.changedBy,
  ]);
}
