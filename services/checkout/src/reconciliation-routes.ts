/** The internal HTTP API by which operators see the reconciliation, ask for a pass, and close cases. */
import type { FastifyInstance } from 'fastify';
import {
  CloseCaseRequest,
  CloseCaseResponse,
  reconciliationClosuresPath,
  reconciliationPassesPath,
  ReconciliationPassRequest,
  ReconciliationPassResponse,
  reconciliationStatusPath,
  ReconciliationStatusRequest,
  ReconciliationStatusResponse,
} from '@vitrine/contracts/reconciliation-http';
import type { Pool } from '@vitrine/runtime/database';
import { PublicError } from '@vitrine/runtime/errors';
import { requireCaller } from '@vitrine/runtime/server';
import type { Reconciler } from './reconciler.ts';
import { reportReconciliation } from './report-reconciliation.ts';
import { closeCase } from './store/reconciliation-cases.ts';
import { requestSweep } from './store/reconciler.ts';

export function registerReconciliationRoutes(
  server: FastifyInstance,
  { pool, reconciler }: { readonly pool: Pool; readonly reconciler: Reconciler | null },
): void {
  server.post<{ Body: ReconciliationStatusRequest; Reply: ReconciliationStatusResponse }>(
    reconciliationStatusPath,
    { schema: { body: ReconciliationStatusRequest, response: { 200: ReconciliationStatusResponse } } },
    async (request) => {
      requireCaller(request, 'ops');
      return reportReconciliation(pool, reconciler !== null, request.body);
    },
  );

  server.post<{ Body: ReconciliationPassRequest; Reply: ReconciliationPassResponse }>(
    reconciliationPassesPath,
    { schema: { body: ReconciliationPassRequest, response: { 200: ReconciliationPassResponse } } },
    async (request) => {
      requireCaller(request, 'ops');
      if (reconciler === null)
        throw new PublicError('BAD_USER_INPUT', 'The reconciler of this process is off: RECONCILE_INTERVAL_MS is 0.');
      const { orderId } = request.body;
      if (orderId !== undefined) return { requestedAt: new Date().toISOString(), found: await reconciler.lookAt(orderId) };
      const requestedAt = await requestSweep(pool);
      reconciler.wake();
      return { requestedAt: requestedAt.toISOString(), found: [] };
    },
  );

  server.post<{ Body: CloseCaseRequest; Reply: CloseCaseResponse }>(
    reconciliationClosuresPath,
    { schema: { body: CloseCaseRequest, response: { 200: CloseCaseResponse } } },
    async (request) => {
      requireCaller(request, 'ops');
      const { caseId, reason } = request.body;
      const status = await closeCase(pool, caseId, reason);
      if (status === 'closed') request.log.info({ caseId, reason }, 'a case was closed by hand');
      return { status };
    },
  );
}
