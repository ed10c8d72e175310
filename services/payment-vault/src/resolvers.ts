/**
 * GraphQL to use cases and back, put together from one file for each subject. A buyer sees and changes what is the
 * buyer's; a seller sees where to ship its orders; everybody else gets null, by `_entities` as well.
 */
import { addressResolvers } from './address-resolvers.ts';
import { cardResolvers } from './card-resolvers.ts';
import { countryOf, findBuyerId, requireBuyerId } from './context.ts';
import { deletionResolvers } from './deletion-resolvers.ts';
import { disputeResolvers } from './dispute-resolvers.ts';
import type { Resolvers } from './generated/schema.ts';
import { payoutResolvers } from './payout-resolvers.ts';
import { permissionResolvers } from './permission-resolvers.ts';
import { privacyResolvers } from './privacy-resolvers.ts';

export const resolvers: Resolvers = {
  Query: {
    viewer: (_parent, _arguments, { identity }) => ({ id: requireBuyerId(identity) }),
    consentTexts: async (_parent, _arguments, { deps, identity }) => {
      requireBuyerId(identity);
      return (await deps.consents.currentTexts(countryOf(identity))).map(({ purpose, version, body }) => ({ purpose, version, body }));
    },
  },
  Mutation: {
    ...cardResolvers.Mutation,
    ...addressResolvers.Mutation,
    ...payoutResolvers.Mutation,
    ...deletionResolvers.Mutation,
    ...permissionResolvers.Mutation,
  },
  Viewer: {
    __resolveReference: ({ id }, { identity }) => (findBuyerId(identity) === id ? { id } : null),
    ...cardResolvers.Viewer,
    ...addressResolvers.Viewer,
    ...privacyResolvers.Viewer,
    ...deletionResolvers.Viewer,
    ...permissionResolvers.Viewer,
  },
  PaymentMethod: cardResolvers.PaymentMethod,
  Address: addressResolvers.Address,
  Order: privacyResolvers.Order,
  SellerOrder: { ...privacyResolvers.SellerOrder, ...payoutResolvers.SellerOrder, ...disputeResolvers.SellerOrder },
  Seller: { ...payoutResolvers.Seller, ...permissionResolvers.Seller },
};
