/** Deletion and the buyer's copy of everything: GraphQL to use cases and back. */
import { parsePage, toConnection } from '@vitrine/runtime/page';
import { refused } from './answers.ts';
import { findBuyerId, requireBuyerId } from './context.ts';
import { deleteEverything } from './delete-everything.ts';
import { explanations, type Deletion, type DeletionScope } from './deletion.ts';
import { exportData } from './export-data.ts';
import type { DeletionReport as DeletionReportFields, Resolvers } from './generated/schema.ts';

const scopeNames = { card: 'CARD', address: 'ADDRESS', everything: 'EVERYTHING' } as const satisfies Record<DeletionScope, string>;

export const toReport = ({ id, scope, subjectId, requestedAt, completedAt, deleted, kept }: Deletion): DeletionReportFields => ({
  id,
  scope: scopeNames[scope],
  subjectId,
  requestedAt: requestedAt.toISOString(),
  completedAt: completedAt?.toISOString() ?? null,
  deleted: [...deleted],
  kept: kept.map(({ what, count, ground, until }) => ({
    what,
    count,
    ground,
    explanation: explanations[what],
    until: until.toISOString(),
  })),
});

export const deletionResolvers = {
  Mutation: {
    deleteEverything: async (_parent, { input }, { deps, identity }) => {
      const result = await deleteEverything(deps, {
        buyerId: requireBuyerId(identity),
        idempotencyKey: input.idempotencyKey,
        includeOpenOrders: input.includeOpenOrders ?? false,
      });
      switch (result.kind) {
        case 'deletion':
          return { __typename: 'DeleteEverythingSuccess', report: toReport(result.deletion) };
        case 'open_orders':
          return {
            __typename: 'OpenOrdersError',
            message:
              'Some of your orders are not charged or not delivered yet. Wait for them, or delete everything including these orders.',
            orderIds: [...result.orderIds],
          };
        default:
          return refused(result);
      }
    },
  },

  Viewer: {
    deletions: async ({ id }, { first, after }, { deps, identity }) => {
      if (findBuyerId(identity) !== id) return null;
      const page = parsePage({ first: first ?? 20, after }, 'del');
      const found = await deps.deletions.list(id, { limit: page.first + 1, afterId: page.afterId });
      return toConnection(found.map(toReport), page, (report) => report.id);
    },

    dataExport: async ({ id }, _arguments, { deps, identity }) => {
      if (findBuyerId(identity) !== id) return null;
      const exported = await exportData(deps, id);
      return { generatedAt: exported.generatedAt, format: 'vitrine.payment-vault.data-export.v1', json: JSON.stringify(exported) };
    },
  },
} satisfies Resolvers;
