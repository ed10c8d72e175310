/**
 * Stands between checkout and the services that it asks. A call of one buyer's purchase can be held before it is passed on, or after it
 * was answered: the answer is there, and checkout never gets it.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loopback } from '@vitrine/local/ports';
import { batchPath, batchType, toAnswerLine, type BatchedCall } from '@vitrine/runtime/call-batches';
import { Agent, request } from 'undici';

/** The services' internal routes that a purchase goes through. */
export const callPaths = {
  offer: '/internal/offers',
  readiness: '/internal/readiness',
  decide: '/internal/purchase-decisions',
  reserve: '/internal/reservations',
  release: '/internal/reservations/release',
  authorize: '/internal/authorizations',
  capture: '/internal/captures',
  voidPayment: '/internal/voids',
} as const;

export type CallName = keyof typeof callPaths;

/** Whose call it is. */
export interface CallMarks {
  readonly buyerId: string;
  readonly productId: string;
}

export interface HeldCall {
  /** Resolves when the call is held. */
  readonly reached: Promise<void>;
  /** Whether it is held, and checkout still waits for it. */
  stands(): boolean;
  /** Breaks the held call off, and lets later ones through. */
  drop(): void;
}

export interface CallGate {
  /** Where checkout is told that the service is. */
  readonly origin: string;
  /** Before this nothing is passed on. */
  passTo(origin: string): void;
  /** Holds the buyer's next call of this name. */
  hold(call: CallName, moment: 'before' | 'after', marks: CallMarks): HeldCall;
  close(): Promise<void>;
}

interface Hold {
  readonly path: string;
  readonly moment: 'before' | 'after';
  readonly marks: CallMarks;
  readonly onReached: () => void;
  readonly sockets: IncomingMessage[];
}

const hopByHop = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'host']);

export async function openCallGate(): Promise<CallGate> {
  const holds = new Set<Hold>();
  /** Some calls name the order only: whose it is was said when its stock was reserved. */
  const buyers = new Map<string, string>();
  const agent = new Agent({ connections: 64 });
  let target: string | undefined;

  const read = async (incoming: IncomingMessage): Promise<Buffer> => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  };
  const marksOf = (content: Buffer): Partial<CallMarks> => {
    const asked = JSON.parse(content.toString()) as Partial<CallMarks & { readonly orderId: string }>;
    if (asked.orderId !== undefined && asked.buyerId !== undefined) buyers.set(asked.orderId, asked.buyerId);
    const buyerId = asked.buyerId ?? buyers.get(asked.orderId ?? '');
    return { ...(buyerId === undefined ? {} : { buyerId }), ...(asked.productId === undefined ? {} : { productId: asked.productId }) };
  };
  const findHold = (path: string, moment: Hold['moment'], { buyerId, productId }: Partial<CallMarks>): Hold | undefined =>
    [...holds].find(
      (hold) =>
        hold.path === path &&
        hold.moment === moment &&
        (buyerId === undefined ? productId === hold.marks.productId : buyerId === hold.marks.buyerId),
    );
  /** What comes back of one call; null when it is held. */
  const passOne = async (
    incoming: IncomingMessage,
    path: string,
    content: Buffer,
  ): Promise<{ readonly status: number; readonly content: Buffer } | null> => {
    const marks = content.length === 0 ? {} : marksOf(content);
    const isHeld = (moment: Hold['moment']): boolean => {
      const hold = findHold(path, moment, marks);
      hold?.sockets.push(incoming);
      hold?.onReached();
      return hold !== undefined;
    };
    if (isHeld('before')) return null;
    if (target === undefined) throw new Error('nobody said where to');
    const headers = Object.fromEntries(
      Object.entries(incoming.headers).filter(
        (header): header is [string, string] => !hopByHop.has(header[0]) && typeof header[1] === 'string',
      ),
    );
    const answer = await request(`${target}${path}`, { method: 'POST', headers, body: content, dispatcher: agent });
    const answered = Buffer.from(await answer.body.arrayBuffer());
    return isHeld('after') ? null : { status: answer.statusCode, content: answered };
  };
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const content = await read(incoming);
    const path = incoming.url ?? '';
    const single = Object.values(callPaths).find((known) => path === batchPath(known));
    if (single === undefined) {
      const answer = await passOne(incoming, path, content);
      if (answer !== null) outgoing.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.content);
      return;
    }
    // Calls that travel together are passed on one by one: each of them can be held alone.
    outgoing.writeHead(200, { 'content-type': batchType });
    const calls = JSON.parse(content.toString()) as readonly BatchedCall[];
    const answers = await Promise.all(
      calls.map(async ({ body }, index) => {
        const answer = await passOne(incoming, single, Buffer.from(JSON.stringify(body)));
        if (answer !== null) outgoing.write(toAnswerLine(index, answer.status, answer.content.toString()));
        return answer;
      }),
    );
    if (!answers.includes(null)) outgoing.end();
  };
  const server: Server = createServer((incoming, outgoing) => {
    // What cannot be passed on is a connection that breaks, as it would be without the gate.
    pass(incoming, outgoing).catch(() => incoming.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, loopback, resolve));

  return {
    origin: `http://${loopback}:${(server.address() as AddressInfo).port}`,
    passTo(origin) {
      target = origin;
    },
    hold(call, moment, marks) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const hold: Hold = { path: callPaths[call], moment, marks, onReached: resolve, sockets: [] };
      holds.add(hold);
      return {
        reached: promise,
        stands: () => hold.sockets.some(({ socket }) => !socket.destroyed),
        drop() {
          holds.delete(hold);
          for (const socket of hold.sockets) socket.destroy();
        },
      };
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await agent.destroy();
    },
  };
}
