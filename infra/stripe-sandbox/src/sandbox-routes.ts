/** What only a sandbox has: its health, the ledger of all money, and the faults and the latency that tests and measurements ask for. */
import type { FastifyInstance } from 'fastify';
import type { Machinery } from './pipeline.ts';

export function addSandboxRoutes(server: FastifyInstance, { store, faults, latency }: Machinery): void {
  server.get('/_sandbox/health', async () => {
    await store.settled();
    return { status: 'ok' };
  });

  server.get<{ Querystring: { order_id?: string; account?: string } }>('/_sandbox/ledger', async (request) => {
    await store.settled();
    return store.ledger.report({ orderId: request.query.order_id, account: request.query.account });
  });

  server.get('/_sandbox/faults', async () => faults.list());

  server.post('/_sandbox/faults', async (request, reply) => {
    const result = faults.add(request.body);
    return result.ok
      ? reply.code(201).send(result.made)
      : reply.code(400).send({ error: { type: 'invalid_fault', message: result.message } });
  });

  server.delete('/_sandbox/faults', async (_request, reply) => {
    faults.clear();
    return reply.code(204).send();
  });

  server.get('/_sandbox/latency', async () => latency.setting);

  server.post('/_sandbox/latency', async (request, reply) => {
    const result = latency.set(request.body);
    return result.ok ? result.setting : reply.code(400).send({ error: { type: 'invalid_latency', message: result.message } });
  });
}
