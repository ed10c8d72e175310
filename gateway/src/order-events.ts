/**
 * `GET /buyer/order-events`: tells an app of the changes of its buyer's orders, as server-sent events
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html). The stream is checkout's, passed on message by message
 * as fast as the app takes it; it ends when the access token does, and soon after the app was signed out or revoked.
 */
import type { Readable } from 'node:stream';
import type { ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { FastifyInstance } from 'fastify';
import type { Logger } from '@vitrine/runtime/telemetry';
import type { Admission } from './admission.ts';
import { graphs } from './graphs.ts';
import type { OrderEventSource } from './order-event-source.ts';
import { refuse } from './refusals.ts';

/** Why a stream ends before the app ends it. */
type EndReason =
  /** The access token is over: sign in anew, then resume. */
  | 'TOKEN_EXPIRED'
  /** The app was signed out or revoked. */
  | 'SIGNED_OUT'
  /** The buyer has opened as many streams as there may be since. */
  | 'REPLACED'
  /** The server stops: resume. */
  | 'RESTARTING'
  /** Checkout cannot be heard at the moment: resume. */
  | 'INTERRUPTED';

interface Stream {
  readonly accountId: string;
  end(reason: EndReason): void;
}

const path = '/buyer/order-events';
const maxStreamsOfBuyer = 5;
const maxPositionLength = 4_096;
/** The longest time that a timer takes. */
const maxTimerMs = 2_147_483_647;
const usualLookEveryMs = 10_000;

/** Apps that were cut off together do not come back together. In milliseconds. */
const reconnectDelayMs = (): number => 500 + Math.floor(Math.random() * 2_500);
const endMessage = (reason: EndReason): string => `retry: ${reconnectDelayMs()}\nevent: end\ndata: ${JSON.stringify({ reason })}\n\n`;

export function registerOrderEvents(
  server: FastifyInstance,
  options: {
    readonly admission: Admission;
    readonly source: OrderEventSource;
    readonly maxStreams: number;
    readonly logger: Logger;
    /** How often it is looked whether the app is still let in. */
    readonly lookEveryMs?: number;
  },
): void {
  const { admission, source, maxStreams, logger, lookEveryMs = usualLookEveryMs } = options;
  /** The oldest first. */
  const streams = new Set<Stream>();

  server.get(path, async (request, reply) => {
    const client = await admission.admit(graphs.buyer, request, reply);
    if (client === null) return reply;
    const position = request.headers['last-event-id'];
    const lastEventId = typeof position === 'string' && position !== '' ? position : null;
    if (lastEventId !== null && !(lastEventId.length <= maxPositionLength && /^[\x21-\x7e]+$/.test(lastEventId)))
      return refuse(request, reply, 'BAD_USER_INPUT', 'Last-Event-ID must be the id of a message of this stream.');

    const { actor } = client;
    if (actor.role !== 'buyer') throw new Error(`the buyers' graph was opened by a ${actor.role}`);
    const { accountId } = actor;
    const ofBuyer = [...streams].filter((stream) => stream.accountId === accountId);
    for (const oldest of ofBuyer.slice(0, Math.max(0, ofBuyer.length - maxStreamsOfBuyer + 1))) oldest.end('REPLACED');
    if (streams.size >= maxStreams) {
      reply.header('retry-after', String(Math.ceil((5_000 + 10 * reconnectDelayMs()) / 1_000)));
      return refuse(request, reply, 'UNAVAILABLE', 'There are too many streams at the moment. Try again, or ask for viewer.orders.');
    }

    const abort = new AbortController();
    let endReason: EndReason | null = null;
    const stream: Stream = {
      accountId,
      end(reason) {
        endReason ??= reason;
        streams.delete(stream);
        abort.abort();
      },
    };
    streams.add(stream);
    const hangUp = (): void => abort.abort();
    request.raw.socket.once('close', hangUp);
    const expiry = setTimeout(() => stream.end('TOKEN_EXPIRED'), Math.min(Math.max(0, client.expiresAt - Date.now()), maxTimerMs));
    const look = async (): Promise<void> => {
      try {
        if (!(await admission.isLive(client))) stream.end('SIGNED_OUT');
      } catch (error) {
        logger.warn({ err: error, requestId: request.id }, 'it cannot be told whether an app that follows its orders is still let in');
      }
      if (streams.has(stream)) looking = lookLater();
    };
    const lookLater = (): NodeJS.Timeout => setTimeout(() => void look(), lookEveryMs);
    let looking = lookLater();
    const leave = (): void => {
      clearTimeout(expiry);
      clearTimeout(looking);
      request.raw.socket.removeListener('close', hangUp);
      streams.delete(stream);
    };

    let upstream: Readable;
    try {
      upstream = await source.open({ actor, requestId: request.id, lastEventId, signal: abort.signal });
    } catch (error) {
      leave();
      if (endReason === null) logger.warn({ err: error, requestId: request.id }, 'the stream of orders could not be opened');
      reply.header('retry-after', String(Math.ceil(reconnectDelayMs() / 1_000)));
      return refuse(request, reply, 'UNAVAILABLE', 'Orders cannot be followed at the moment. Try again, or ask for viewer.orders.');
    }
    reply.hijack();
    const { raw } = reply;
    const nextNonce = reply.getHeader('dpop-nonce');
    raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // The connection is the stream's alone.
      connection: 'close',
      'x-accel-buffering': 'no',
      'x-request-id': request.id,
      ...(nextNonce === undefined ? {} : { 'dpop-nonce': nextNonce }),
    });
    raw.flushHeaders();
    try {
      // When it just ends, checkout has said why.
      await passOn(upstream, raw, abort.signal);
    } catch (error) {
      if (!abort.signal.aborted) {
        endReason = 'INTERRUPTED';
        logger.warn({ err: error, requestId: request.id }, 'the stream of orders was cut off');
      }
    } finally {
      leave();
      upstream.destroy();
      if (endReason !== null && !raw.destroyed) raw.write(endMessage(endReason));
      raw.end();
    }
    return reply;
  });

  // Answers that do not end by themselves would be waited for.
  server.addHook('preClose', async () => {
    for (const stream of streams) stream.end('RESTARTING');
  });
}

/** Passes whole messages on: a message that is cut in half could be taken for an empty one that was received. */
async function passOn(upstream: Readable, client: ServerResponse, signal: AbortSignal): Promise<void> {
  let rest = '';
  upstream.setEncoding('utf8');
  for await (const chunk of upstream as AsyncIterable<string>) {
    const text = rest + chunk;
    const end = text.lastIndexOf('\n\n') + 2;
    if (end === 1) {
      rest = text;
      continue;
    }
    rest = text.slice(end);
    if (!client.write(text.slice(0, end))) await once(client, 'drain', { signal });
  }
  signal.throwIfAborted();
}
