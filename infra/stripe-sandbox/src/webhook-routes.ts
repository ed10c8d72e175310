/** The test controls of webhooks: what is pending, delivered and given up, by ids and types only, and sending again. */
import type { FastifyInstance } from 'fastify';
import type { DeliveryReport } from './event-log.ts';
import type { Store } from './store.ts';
import type { WebhookDeliveries } from './webhook-delivery.ts';

interface Listed extends DeliveryReport {
  account: string;
  last: number | string | null;
}

function readRedelivery(body: unknown): { ok: true; event: string | undefined } | { ok: false } {
  if (body === undefined || body === null) return { ok: true, event: undefined };
  if (typeof body !== 'object' || Object.keys(body).some((name) => name !== 'event')) return { ok: false };
  const event: unknown = 'event' in body ? body.event : undefined;
  return event === undefined || typeof event === 'string' ? { ok: true, event } : { ok: false };
}

/**
 * Adds GET `/_sandbox/webhooks[?state=&event=]` and POST `/_sandbox/webhooks/redeliver` with `{ "event": "evt_…" }`, or without a body
 * for all events.
 */
export function addWebhookRoutes(server: FastifyInstance, store: Store, deliveries: WebhookDeliveries): void {
  const list = (): Listed[] =>
    store.accounts().flatMap((account) =>
      store
        .begin(account)
        .events()
        .deliveries()
        .map((delivery) => ({
          account,
          ...delivery,
          last: null,
          ...deliveries.attempts(account, delivery.event, delivery.endpoint),
        })),
    );

  server.get<{ Querystring: { state?: string; event?: string } }>('/_sandbox/webhooks', async (request) => {
    await store.settled();
    const { state, event } = request.query;
    const all = list();
    const count = (wanted: string): number => all.filter((delivery) => delivery.state === wanted).length;
    return {
      counts: { pending: count('pending'), delivered: count('delivered'), abandoned: count('abandoned') },
      deliveries: all.filter(
        (delivery) => (state === undefined || delivery.state === state) && (event === undefined || delivery.event === event),
      ),
    };
  });

  server.post('/_sandbox/webhooks/redeliver', async (request, reply) => {
    const wanted = readRedelivery(request.body);
    if (!wanted.ok) return reply.code(400).send({ error: 'The body is { "event": "evt_…" }, or nothing for all events.' });
    const found = list().filter(({ event }) => wanted.event === undefined || event === wanted.event);
    if (wanted.event !== undefined && found.length === 0) {
      return reply.code(404).send({ error: 'No endpoint was to get an event with this id.' });
    }
    await Promise.all(found.map(({ account, event, endpoint }) => deliveries.redeliver(account, event, endpoint)));
    return reply.code(202).send({ redelivered: found.length });
  });
}
