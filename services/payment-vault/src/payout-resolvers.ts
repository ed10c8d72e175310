/** What a seller gets: GraphQL to use cases and back. Only the seller itself sees it. */
import { PublicError } from '@vitrine/runtime/errors';
import type { Identity } from '@vitrine/runtime/identity';
import { isId } from '@vitrine/runtime/ids';
import { refused, unavailable } from './answers.ts';
import type { Resolvers } from './generated/schema.ts';
import { startPayoutSetup } from './start-payout-setup.ts';

/** The seller for whom a call is made; null for any other call. */
const findSellerId = (identity: Identity): string | null => (identity.actor.role === 'seller' ? identity.actor.sellerId : null);

/** @throws PublicError FORBIDDEN when the call is not made for a seller. */
function requireSellerId(identity: Identity): string {
  const sellerId = findSellerId(identity);
  if (sellerId === null) throw new PublicError('FORBIDDEN', 'Only a seller can do this. Sign in to the dashboard as a seller.');
  return sellerId;
}

const statusNames = { pending: 'PENDING', active: 'ACTIVE', restricted: 'RESTRICTED' } as const;

export const payoutResolvers = {
  Mutation: {
    startPayoutSetup: async (_parent, { input }, { deps, identity }) => {
      const result = await startPayoutSetup(deps, { sellerId: requireSellerId(identity), idempotencyKey: input.idempotencyKey });
      switch (result.kind) {
        case 'started':
          return { __typename: 'StartPayoutSetupSuccess', url: result.url, expiresAt: result.expiresAt.toISOString() };
        case 'provider_unavailable':
          return unavailable(result, 'Try again with the same key.');
        default:
          return refused(result);
      }
    },
  },

  Seller: {
    __resolveReference: ({ id }, { identity }) => (isId('sel', id) && findSellerId(identity) === id ? { id } : null),
    payoutAccount: async ({ id }, _arguments, { deps, identity }) => {
      if (findSellerId(identity) !== id) return null;
      const account = await deps.sellerAccounts.find(id);
      return { status: account === null || account.stripeAccountId === null ? 'NOT_STARTED' : statusNames[account.status] };
    },
  },

  SellerOrder: {
    payout: ({ id }, _arguments, { ownPayouts }) => ownPayouts.load(id),
  },
} satisfies Resolvers;
