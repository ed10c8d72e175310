/** seller-eligibility's internal HTTP API, for checkout. */
import { Type, type Static } from 'typebox';
import { AccountId, Country, SellerId } from './json-types.ts';

/** `POST /internal/purchase-decisions`: may this buyer buy from this seller, here, now? */
export const PurchaseDecisionRequest = Type.Object({
  buyerId: AccountId,
  /** The account's country; null when the identity provider does not say: then nothing is open. */
  buyerCountry: Type.Union([Country, Type.Null()]),
  sellerId: SellerId,
  /** Where the parcel would go; null when not known yet. */
  shipToCountry: Type.Union([Country, Type.Null()]),
});
export type PurchaseDecisionRequest = Static<typeof PurchaseDecisionRequest>;

export const PurchaseDecisionResponse = Type.Union([
  Type.Object({
    allowed: Type.Literal(true),
    market: Type.Object({
      country: Country,
      currency: Type.String({ pattern: '^[A-Z]{3}$' }),
      undoWindowSeconds: Type.Integer({ minimum: 0, maximum: 3_600 }),
      /** The network's fee on goods and shipping. */
      platformFeeBps: Type.Integer({ minimum: 0, maximum: 10_000 }),
      /** For how many days after the delivery the buyer can send goods back. Absent in answers older than policies, as the next one. */
      returnWindowDays: Type.Optional(Type.Integer({ minimum: 0, maximum: 366 })),
      /** Names the texts that are in force; null when none are published. */
      policyVersion: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    }),
    /** Who sells, for the receipt. Absent in answers older than receipts. */
    seller: Type.Optional(Type.Object({ displayName: Type.String(), country: Country })),
  }),
  Type.Object({
    allowed: Type.Literal(false),
    reason: Type.Union([Type.Literal('MARKET_CLOSED'), Type.Literal('NOT_IN_ROLLOUT'), Type.Literal('SELLER_NOT_ELIGIBLE')]),
    /** A sentence for the buyer. */
    message: Type.String(),
  }),
]);
export type PurchaseDecisionResponse = Static<typeof PurchaseDecisionResponse>;
