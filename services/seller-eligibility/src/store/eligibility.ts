/** What a decision about a purchase goes by, read in one statement for all that are made at the same time, and never cached. */
import type { Queryable } from '@vitrine/runtime/database';
import { createBatcher, type Batcher } from '@vitrine/runtime/group-commit';
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

/** Who would sell to whom. */
export interface EligibilityQuestion {
  readonly sellerId: string;
  /** ISO 3166-1 alpha-2; null when the buyer's country is not known. */
  readonly buyerCountry: string | null;
}

interface FactsRow extends Omit<SellerRow, 'seller_id'>, Omit<MarketRow, 'country' | 'sequence'> {
  readonly seller_id: string | null;
  readonly market_country: string | null;
  readonly market_sequence: number;
}

/** The facts about these, in their order. */
export async function findEligibilityFacts(
  queryable: Queryable,
  questions: readonly EligibilityQuestion[],
): Promise<readonly EligibilityFacts[]> {
  const { rows } = await queryable.query<FactsRow>({
    name: 'eligibility-facts',
    text: `select s.seller_id, s.account_id, s.display_name, s.country, s.status, s.sequence,
                  m.country as market_country, m.currency, m.opens_at, m.closes_at, m.buyer_share_bps,
                  m.undo_window_seconds, m.platform_fee_bps, m.return_window_days, m.policy_version, m.rollout_salt, m.sequence as market_sequence
             from unnest($1::text[], $2::text[]) with ordinality as wanted (seller_id, buyer_country, place)
             left join sellers s on s.seller_id = wanted.seller_id
             left join markets m on m.country = wanted.buyer_country
            order by wanted.place`,
    values: [questions.map(({ sellerId }) => sellerId), questions.map(({ buyerCountry }) => buyerCountry)],
  });
  return rows.map((row) => ({
    seller: row.seller_id === null ? null : toSeller({ ...row, seller_id: row.seller_id }),
    market: row.market_country === null ? null : toMarket({ ...row, country: row.market_country, sequence: row.market_sequence }),
  }));
}

/** What the decisions of concurrent purchases go by: one statement for those that come together, each pair read once in it. */
export const createFactsReader = (queryable: Queryable): Batcher<EligibilityQuestion, EligibilityFacts> =>
  createBatcher({
    name: 'eligibility-facts',
    maxBatch: 500,
    maxWaiting: 5_000,
    write: async (questions) => {
      const places = new Map<string, number>();
      const distinct: EligibilityQuestion[] = [];
      const placeOf = questions.map((question) => {
        const key = `${question.sellerId} ${question.buyerCountry}`;
        const place = places.get(key) ?? distinct.push(question) - 1;
        places.set(key, place);
        return place;
      });
      const facts = await findEligibilityFacts(queryable, distinct);
      return placeOf.map((place) => facts[place] as EligibilityFacts);
    },
  });
