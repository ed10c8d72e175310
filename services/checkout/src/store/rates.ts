/** The tables of tax and shipping rates. */
import type { Queryable } from '@vitrine/runtime/database';
import { money } from '@vitrine/runtime/money';
import type { Destination, Rates, Tariff } from '../pricing.ts';

/** How long rates are taken from memory. A new row has a date, so it is known long before it counts. */
const keptMs = 10_000;

/** Shipping and tax as the tables have them today. */
export function createTableTariff(queryable: Queryable, now: () => number = Date.now): Tariff {
  const known = new Map<string, { readonly rates: Rates | null; readonly until: number }>();
  return {
    async ratesFor(destination) {
      const key = `${destination.country} ${destination.region}`;
      const remembered = known.get(key);
      if (remembered !== undefined && remembered.until > now()) return remembered.rates;
      const rates = await findRates(queryable, destination);
      known.set(key, { rates, until: now() + keptMs });
      return rates;
    },
  };
}

interface RateRow {
  readonly service: string;
  readonly title: string;
  readonly currency: string;
  readonly amount_minor: number;
  readonly min_days: number;
  readonly max_days: number;
  readonly rate_ppm: number;
}

async function findRates(queryable: Queryable, { country, region }: Destination): Promise<Rates | null> {
  const { rows } = await queryable.query<RateRow>({
    name: 'rates',
    text: `select s.service, s.title, s.currency, s.amount_minor, s.min_days, s.max_days, t.rate_ppm
             from (select distinct on (service) * from shipping_rates
                    where country = $1 and valid_from <= current_date order by service, valid_from desc) s,
                  (select rate_ppm from tax_rates
                    where country = $1 and region = $2 and valid_from <= current_date order by valid_from desc limit 1) t
            order by s.amount_minor, s.service`,
    values: [country, region],
  });
  const [first] = rows;
  if (first === undefined) return null;
  return {
    taxPpm: first.rate_ppm,
    shipping: rows.map((row) => ({
      service: row.service,
      title: row.title,
      price: money(row.amount_minor, row.currency),
      minDays: row.min_days,
      maxDays: row.max_days,
    })),
  };
}
