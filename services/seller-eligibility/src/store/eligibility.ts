/** What a decision about a purchase goes by, read in one statement for a whole page of sellers, and never cached. */
import type { Queryable } from '@vitrine/runtime/database';
import type { Market } from '../market.ts';
import type { Seller } from '../seller.ts';
import { toMarket, type MarketRow } from './markets.ts';
import { toSeller, type SellerRow } from './sellers.ts';

export interface EligibilityFacts {
  /** Null when there is no such seller. */
  readonly seller: Seller | null;
  /** The market of the buyer's country; null when there is none. */
  readonly market: Market | null;
}

interface FactsRow extends Omit<SellerRow, 'seller_id'>, Omit<MarketRow, 'country' | 'sequence'> {
  readonly wanted_id: string;
  readonly seller_id: string | null;
  readonly market_country: string | null;
  readonly market_sequence: number;
}

/** The facts about these sellers for a buyer of this country, by seller id. */
export async function findEligibilityFacts(
  queryable: Queryable,
  sellerIds: readonly string[],
  buyerCountry: string | null,
): Promise<ReadonlyMap<string, EligibilityFacts>> {
  const { rows } = await queryable.query<FactsRow>({
    name: 'eligibility-facts',
    text: `select wanted.id as wanted_id,
                  s.seller_id, s.account_id, s.display_name, s.country, s.status, s.sequence,
                  m.country as market_country, m.currency, m.opens_at, m.closes_at, m.buyer_share_bps,
                  m.undo_window_seconds, m.platform_fee_bps, m.return_window_days, m.policy_version, m.rollout_salt, m.sequence as market_sequence
             from unnest($1::text[]) as wanted (id)
             left join sellers s on s.seller_id = wanted.id
             left join markets m on m.country = $2`,
    values: [sellerIds, buyerCountry],
  });
  return new Map(
    rows.map((row) => [
      row.wanted_id,
      {
        seller: row.seller_id === null ? null : toSeller({ ...row, seller_id: row.seller_id }),
        market: row.market_country === null ? null : toMarket({ ...row, country: row.market_country, sequence: row.market_sequence }),
      },
    ]),
  );
}
