/** Where the changes of a buyer's orders come from: a stream of checkout, asked for with the buyer's signed identity. */
import type { Readable } from 'node:stream';
import { Pool } from 'undici';
import { identityHeader, signIdentity, type Actor, type IdentityKeys } from '@vitrine/runtime/identity';

export interface OrderEventSource {
  /**
   * Opens a stream of server-sent events that ends when `signal` is aborted.
   * @throws Error when checkout cannot be reached, or does not answer with a stream
   */
  open(options: {
    readonly actor: Actor;
    readonly requestId: string;
    readonly lastEventId: string | null;
    readonly signal: AbortSignal;
  }): Promise<Readable>;
  close(): Promise<void>;
}

const headersTimeoutMs = 5_000;
/** Three times the interval of checkout's heartbeat: a stream that is silent for longer is dead. */
const silenceMs = 45_000;

export function createOrderEventSource(options: {
  readonly checkoutUrl: string;
  readonly identityKeys: IdentityKeys;
  readonly maxStreams: number;
}): OrderEventSource {
  const { identityKeys } = options;
  // A stream holds its connection to itself.
  const pool = new Pool(options.checkoutUrl, { connections: options.maxStreams, connectTimeout: 2_000 });
  return {
    async open({ actor, requestId, lastEventId, signal }) {
      const { statusCode, headers, body } = await pool.request({
        path: '/internal/order-stream',
        method: 'GET',
        headers: {
          accept: 'text/event-stream',
          [identityHeader]: signIdentity(identityKeys, { from: 'gateway', to: 'checkout', actor, requestId }),
          ...(lastEventId === null ? {} : { 'last-event-id': lastEventId }),
        },
        signal,
        headersTimeout: headersTimeoutMs,
        bodyTimeout: silenceMs,
      });
      if (statusCode === 200 && String(headers['content-type']).startsWith('text/event-stream')) return body;
      await body.dump();
      throw new Error(`checkout answered ${statusCode} instead of a stream`);
    },
    close: () => pool.destroy(),
  };
}
