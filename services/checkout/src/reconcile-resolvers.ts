/** The reconciliation as network staff see it. */
import type { ReconciliationCase } from '@vitrine/contracts/reconciliation-http';
import { PublicError } from '@vitrine/runtime/errors';
import type { Identity } from '@vitrine/runtime/identity';
import { maxAmountMinor } from '@vitrine/runtime/money';
import { parsePage, toConnection } from '@vitrine/runtime/page';
import type { QueryResolvers, ReconciliationCaseState } from './generated/schema.ts';
import { reportReconciliation } from './report-reconciliation.ts';
import { listCases } from './store/reconciliation-cases.ts';

/** @throws PublicError FORBIDDEN for anyone who is not network staff. */
function requireOperator({ actor }: Identity): void {
  if (actor.role !== 'operator') throw new PublicError('FORBIDDEN', 'Only network staff may see this.');
}

const stateNames: Readonly<Record<ReconciliationCase['state'], ReconciliationCaseState>> = {
  repairing: 'REPAIRING',
  open: 'OPEN',
  repaired: 'REPAIRED',
  closed: 'CLOSED',
};

/** GraphQL's Int ends where amounts end. */
const toInt = (count: number): number => Math.min(count, maxAmountMinor);

const toNode = ({ caseId, state, detail, closedBy: _closedBy, closeReason: _closeReason, ...rest }: ReconciliationCase) => ({
  id: caseId,
  state: stateNames[state],
  details: Object.entries(detail).map(([name, value]) => ({ name, value: value === null ? null : String(value) })),
  ...rest,
});

export const reconcileQueries: Pick<QueryResolvers, 'reconciliation' | 'reconciliationCases'> = {
  reconciliation: async (_parent, _arguments, { deps, identity }) => {
    requireOperator(identity);
    const { lastPass, sweepEndedAt, totals, unsettled, openCases } = await reportReconciliation(deps.pool, true, { limit: 1 });
    return {
      lastPassAt: lastPass?.endedAt ?? null,
      lastSweepAt: sweepEndedAt,
      compared: toInt(totals.compared),
      repairs: toInt(totals.repairs),
      unsettled,
      openCases,
    };
  },

  reconciliationCases: async (_parent, { first, after, includeClosed }, { deps, identity }) => {
    requireOperator(identity);
    const page = parsePage({ first, after: after ?? null }, 'cas');
    const found = await listCases(deps.pool, { orderId: null, all: includeClosed, after: page.afterId, limit: page.first + 1 });
    return toConnection(found.map(toNode), page, ({ id }) => id);
  },
};
