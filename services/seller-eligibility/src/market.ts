/** Markets: dated rows that say where buying is open, and for which share of the buyers. */
import { createHash } from 'node:crypto';
import { isCountry } from './country.ts';

export interface Market {
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  /** ISO 4217. */
  readonly currency: string;
  /** No date: not open. */
  readonly opensAt: Date | null;
  /** No date: open without an end. */
  readonly closesAt: Date | null;
  /** 0 to 10000. */
  readonly buyerShareBps: number;
  readonly undoWindowSeconds: number;
  /** The network's fee on a sale's goods and shipping, 0 to 10000. */
  readonly platformFeeBps: number;
  /** For how many days after the delivery goods can be sent back, 0 to 366. */
  readonly returnWindowDays: number;
  /** Names the texts that buyers buy on; null when none are published. */
  readonly policyVersion: string | null;
  readonly rolloutSalt: string;
  /** Number of the market's last event. */
  readonly sequence: number;
}

/** Whether buying is open: from `opensAt` on, and before `closesAt`. */
export function isOpen(market: Pick<Market, 'opensAt' | 'closesAt'>, now: Date): boolean {
  return market.opensAt !== null && market.opensAt <= now && (market.closesAt === null || now < market.closesAt);
}

/**
 * Where a buyer stands in a market's rollout, 0 to 9999: among the buyers when the share in basis points is greater.
 * It never changes, so a growing share only adds buyers.
 */
export function rolloutPosition(market: Pick<Market, 'country' | 'rolloutSalt'>, buyerId: string): number {
  return createHash('sha256').update(`${market.rolloutSalt}:${market.country}:${buyerId}`).digest().readUInt32BE(0) % 10_000;
}

/** What can be set of a market. A field that is undefined stays as it is. */
export interface MarketChange {
  readonly country: string;
  readonly currency?: string;
  readonly opensAt?: Date | null;
  readonly closesAt?: Date | null;
  readonly buyerShareBps?: number;
  readonly undoWindowSeconds?: number;
  readonly platformFeeBps?: number;
  readonly returnWindowDays?: number;
  readonly policyVersion?: string;
}

type MarketSettings = Omit<Market, 'rolloutSalt' | 'sequence'>;

/** A setting that cannot be accepted. */
export interface MarketFault {
  readonly field: keyof MarketChange;
  readonly message: string;
}

const currencies: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

/** The market as it is to be, or what is wrong with the change. `current` is null for a market that does not exist. */
export function changeMarket(current: Market | null, change: MarketChange): MarketSettings | MarketFault {
  const { country, buyerShareBps, undoWindowSeconds, platformFeeBps, returnWindowDays } = change;
  if (!isCountry(country))
    return { field: 'country', message: 'country must be an assigned ISO 3166-1 alpha-2 code in capitals, for example US.' };
  if (change.currency !== undefined && !currencies.has(change.currency))
    return { field: 'currency', message: 'currency must be an ISO 4217 code in capitals, for example USD.' };
  const currency = change.currency ?? current?.currency;
  if (currency === undefined) return { field: 'currency', message: `There is no market ${country} yet: a new one needs a currency.` };
  if (current !== null && currency !== current.currency)
    return { field: 'currency', message: `The market ${country} has prices in ${current.currency}, which cannot change.` };
  if (buyerShareBps !== undefined && !isIntegerWithin(buyerShareBps, 10_000))
    return { field: 'buyerShareBps', message: 'buyerShareBps must be 0 to 10000.' };
  if (undoWindowSeconds !== undefined && !isIntegerWithin(undoWindowSeconds, 3_600))
    return { field: 'undoWindowSeconds', message: 'undoWindowSeconds must be 0 to 3600.' };
  if (platformFeeBps !== undefined && !isIntegerWithin(platformFeeBps, 10_000))
    return { field: 'platformFeeBps', message: 'platformFeeBps must be 0 to 10000.' };
  if (returnWindowDays !== undefined && !isIntegerWithin(returnWindowDays, 366))
    return { field: 'returnWindowDays', message: 'returnWindowDays must be 0 to 366.' };
  // A new market is closed, for nobody, captures after a minute, keeps 5 % of a sale, and takes goods back for 30 days.
  const settings: MarketSettings = {
    country,
    currency,
    opensAt: change.opensAt === undefined ? (current?.opensAt ?? null) : change.opensAt,
    closesAt: change.closesAt === undefined ? (current?.closesAt ?? null) : change.closesAt,
    buyerShareBps: buyerShareBps ?? current?.buyerShareBps ?? 0,
    undoWindowSeconds: undoWindowSeconds ?? current?.undoWindowSeconds ?? 60,
    platformFeeBps: platformFeeBps ?? current?.platformFeeBps ?? 500,
    returnWindowDays: returnWindowDays ?? current?.returnWindowDays ?? 30,
    policyVersion: change.policyVersion ?? current?.policyVersion ?? null,
  };
  if (settings.opensAt !== null && settings.closesAt !== null && settings.closesAt <= settings.opensAt) {
    return { field: change.closesAt === undefined ? 'opensAt' : 'closesAt', message: 'closesAt must be later than opensAt.' };
  }
  return settings;
}

const isIntegerWithin = (value: number, maximum: number): boolean => Number.isInteger(value) && value >= 0 && value <= maximum;

const settingNames = [
  'currency',
  'opensAt',
  'closesAt',
  'buyerShareBps',
  'undoWindowSeconds',
  'platformFeeBps',
  'returnWindowDays',
  'policyVersion',
] as const;

/** The settings that differ, each with its value before and after as JSON; empty when there is nothing to change. */
export function differences(
  before: Market | null,
  after: MarketSettings,
): Record<string, { readonly from: unknown; readonly to: unknown }> {
  const asJson = (value: unknown): unknown => (value instanceof Date ? value.toISOString() : (value ?? null));
  return Object.fromEntries(
    settingNames
      .map((field) => [field, { from: asJson(before?.[field]), to: asJson(after[field]) }] as const)
      .filter(([, { from, to }]) => from !== to),
  );
}
