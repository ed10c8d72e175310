/** How the reconciliation stands: its last pass, and the cases that are not over. */
import type { ReconciliationStatusRequest, ReconciliationStatusResponse } from '@vitrine/contracts/reconciliation-http';
import type { Pool } from '@vitrine/runtime/database';
import { countCases, listCases } from './store/reconciliation-cases.ts';
import { readReport } from './store/reconciler.ts';

export async function reportReconciliation(
  pool: Pool,
  isEnabled: boolean,
  { orderId = null, all = false, limit }: Omit<ReconciliationStatusRequest, 'orderId'> & { readonly orderId?: string | null },
): Promise<ReconciliationStatusResponse> {
  const [report, counts, cases] = await Promise.all([
    readReport(pool),
    countCases(pool),
    listCases(pool, { orderId, all, after: null, limit }),
  ]);
  const { lastPass, compared, repairs, opened } = report;
  return {
    enabled: isEnabled,
    lastPass,
    totals: { compared, repairs, opened },
    sweepEndedAt: report.sweepEndedAt?.toISOString() ?? null,
    sweepRequestedAt: report.sweepRequestedAt?.toISOString() ?? null,
    unsettled: report.suspected + counts.repairing,
    openCases: counts.open,
    cases,
  };
}
