/** Who may see what of a buyer, and what was shown: GraphQL to use cases and back. */
import { isId } from '@vitrine/runtime/ids';
import { parsePage, toConnection } from '@vitrine/runtime/page';
import type { PostalAddress } from './address.ts';
import { askedFields } from './asked-fields.ts';
import { findBuyerId, type Context } from './context.ts';
import type { PostalAddress as PostalAddressFields, Resolvers } from './generated/schema.ts';

export const privacyResolvers = {
  Viewer: {
    disclosures: async ({ id }, { first, after }, { deps, identity }) => {
      if (findBuyerId(identity) !== id) return null;
      const page = parsePage({ first: first ?? 20, after }, 'dsc');
      const found = await deps.disclosures.list(id, { limit: page.first + 1, afterId: page.afterId });
      const nodes = found.map((disclosure) => ({ ...disclosure, disclosedAt: disclosure.disclosedAt.toISOString() }));
      return toConnection(nodes, page, (disclosure) => disclosure.id);
    },
  },

  Order: {
    __resolveReference: ({ id }, { identity }) => (isOrderFor('buyer', id, identity) ? { id } : null),
    shippingAddress: async ({ id }, _arguments, { ownShippingAddresses }) => toPostalAddress(await ownShippingAddresses.load(id)),
  },

  SellerOrder: {
    // The reference alone discloses nothing; only the field does.
    __resolveReference: ({ id }, { identity }) => (isOrderFor('seller', id, identity) ? { id } : null),
    shippingAddress: async ({ id }, _arguments, { disclosedShippingAddresses }, info) =>
      toPostalAddress(await disclosedShippingAddresses.load({ orderId: id, fields: askedFields(info) })),
  },
} satisfies Resolvers;

const isOrderFor = (role: 'buyer' | 'seller', id: string, identity: Context['identity']): boolean =>
  identity.actor.role === role && isId('ord', id);

const toPostalAddress = (address: PostalAddress | null): PostalAddressFields | null => (address === null ? null : { ...address });
