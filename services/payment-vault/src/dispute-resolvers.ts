/** Disputes as a seller sees them: GraphQL to the store and back. */
import type { Dispute } from './dispute.ts';
import type { Dispute as DisputeFields, Resolvers } from './generated/schema.ts';

export const disputeResolvers = {
  SellerOrder: {
    disputes: async ({ id }, _arguments, { disputesOfSeller }) => (await disputesOfSeller.load(id))?.map(toDispute) ?? null,
  },
} satisfies Resolvers;

const toDispute = (dispute: Dispute): DisputeFields => ({
  id: dispute.id,
  amount: { amountMinor: dispute.amountMinor, currency: dispute.currency },
  reason: dispute.reason,
  status: dispute.status,
  evidenceDueAt: dispute.evidenceDueAt?.toISOString() ?? null,
  openedAt: dispute.openedAt.toISOString(),
  closedAt: dispute.closedAt?.toISOString() ?? null,
});
