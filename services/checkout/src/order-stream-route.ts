/** The internal route that the gateway passes on to apps: changes of one buyer's orders as server-sent events. */
import type { FastifyInstance } from 'fastify';
import { requireCaller } from '@vitrine/runtime/server';
import { requireBuyer } from './context.ts';
import type { OrderStreams } from './order-streams.ts';

export function registerOrderStreamRoute(server: FastifyInstance, streams: OrderStreams): void {
  server.get('/internal/order-stream', async (request, reply) => {
    requireCaller(request, 'gateway');
    const { accountId } = requireBuyer(request.identity);
    const lastEventId = request.headers['last-event-id'];
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', connection: 'close' });
    raw.flushHeaders();
    const stream = streams.open({
      buyerId: accountId,
      lastEventId: typeof lastEventId === 'string' && lastEventId !== '' ? lastEventId : null,
      sink: {
        write: (text) => raw.write(text),
        onDrain: (listener) => void raw.once('drain', listener),
        end: () => void raw.end(),
      },
    });
    raw.on('close', () => stream.close());
    raw.on('error', (error) => request.log.debug({ err: error }, 'the stream of orders was cut off'));
  });
  // A server waits for its answers to end, and these do not end by themselves.
  server.addHook('preClose', async () => streams.stop());
}
