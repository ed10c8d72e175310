/** `seller-eligibility.market.v1`, key = country: where buying is open, and for how many. */
import { Type, type Static } from 'typebox';
import { Country, Instant } from './json-types.ts';

export const marketTopic = 'seller-eligibility.market.v1';

/** A market as it is after the event. */
export const MarketSnapshot = Type.Object({
  country: Country,
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
  opensAt: Type.Union([Instant, Type.Null()]),
  closesAt: Type.Union([Instant, Type.Null()]),
  buyerShareBps: Type.Integer({ minimum: 0, maximum: 10_000 }),
  undoWindowSeconds: Type.Integer({ minimum: 0, maximum: 3_600 }),
  /** The network's fee on goods and shipping; absent in events older than fees. */
  platformFeeBps: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000 })),
  /** For how many days after the delivery goods can be sent back; absent in events older than policies, as the next one. */
  returnWindowDays: Type.Optional(Type.Integer({ minimum: 0, maximum: 366 })),
  /** Names the texts that are in force; null when none are published. */
  policyVersion: Type.Optional(Type.Union([Type.String(), Type.Null()])),
});
export type MarketSnapshot = Static<typeof MarketSnapshot>;

export const MarketChanged = Type.Object({ market: MarketSnapshot });
export type MarketChanged = Static<typeof MarketChanged>;

/** Schema of each event type on the topic. */
export const marketEvents = { 'market.changed': MarketChanged } as const;
