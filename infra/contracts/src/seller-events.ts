/** `seller-eligibility.seller.v1`, key = seller id: who sells, and from which account. */
import { Type, type Static } from 'typebox';
import { AccountId, Country, SellerId } from './json-types.ts';

export const sellerTopic = 'seller-eligibility.seller.v1';

/** A seller as it is after the event. */
export const SellerSnapshot = Type.Object({
  sellerId: SellerId,
  accountId: AccountId,
  displayName: Type.String(),
  country: Country,
  status: Type.Union([Type.Literal('invited'), Type.Literal('active'), Type.Literal('suspended')]),
});
export type SellerSnapshot = Static<typeof SellerSnapshot>;

export const SellerInvited = Type.Object({ seller: SellerSnapshot });
export const SellerActivated = Type.Object({ seller: SellerSnapshot });
export const SellerSuspended = Type.Object({ seller: SellerSnapshot });

export type SellerChanged = Static<typeof SellerActivated>;

/** Schema of each event type on the topic. */
export const sellerEvents = {
  'seller.invited': SellerInvited,
  'seller.activated': SellerActivated,
  'seller.suspended': SellerSuspended,
} as const;
