/** A real HTTP endpoint that takes deliveries, keeps them, and answers as a test decides. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';

export interface Delivered {
  body: string;
  signature: string;
  headers: IncomingHttpHeaders;
  event: Stripe.Event;
}

export interface Receiver {
  url: string;
  received: Delivered[];
  /** The events that came with a good signature. */
  verified: (secret: string) => Stripe.Event[];
  /** The status of every further answer; `hang` for none at all. */
  answer: (decide: (delivered: Delivered) => number | 'hang') => void;
  close: () => Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const received: Delivered[] = [];
  let decide: (delivered: Delivered) => number | 'hang' = () => 200;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const signature = String(request.headers['stripe-signature']);
      const delivered = { body, signature, headers: request.headers, event: JSON.parse(body) as Stripe.Event };
      received.push(delivered);
      const status = decide(delivered);
      if (status !== 'hang') response.writeHead(status).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`,
    received,
    verified: (secret) =>
      received.flatMap(({ body, signature }) => {
        try {
          return [Stripe.webhooks.constructEvent(body, signature, secret)];
        } catch (cause) {
          if (cause instanceof Stripe.errors.StripeSignatureVerificationError) return [];
          throw cause;
        }
      }),
    answer: (next) => {
      decide = next;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
