/** The stream of order events at the gateway's door, over real HTTP; checkout is a stand-in that says what a test says. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { followOrders, StreamRefusedError, type OrderStreamMessage } from '../../infra/local/src/order-events.ts';
import { verifyIdentity } from '@vitrine/runtime/identity';
import { until } from '../../tests/support/until.ts';
import { startGateway, type TestGateway } from './support/gateway.ts';
import { ada, startIdentityProvider, type FakeIdentityProvider, type TokenChanges } from './support/identity-provider.ts';
import { startSubgraphs, type StandInSubgraphs } from './support/subgraphs.ts';

interface Opened {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  isClosed: boolean;
}

let provider: FakeIdentityProvider;
let subgraphs: StandInSubgraphs;
let checkout: Server;
let gateway: TestGateway;
let opened: Opened[] = [];
let refuseWith: number | null = null;

const maxOrderStreams = 8;
const now = (): number => Math.floor(Date.now() / 1_000);

beforeAll(async () => {
  [provider, subgraphs] = await Promise.all([startIdentityProvider(), startSubgraphs()]);
  checkout = createServer((request, response) => {
    if (refuseWith !== null) {
      response.writeHead(refuseWith).end();
      return;
    }
    const stream: Opened = { request, response, isClosed: false };
    response.on('close', () => {
      stream.isClosed = true;
    });
    opened.push(stream);
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    response.flushHeaders();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => checkout.once('listening', resolve));
  const url = `http://127.0.0.1:${(checkout.address() as AddressInfo).port}`;
  gateway = await startGateway({
    issuer: provider.issuer,
    jwksUrl: provider.jwksUrl,
    subgraphUrls: { ...subgraphs.urls, checkout: url },
    maxOrderStreams,
  });
});
afterEach(async () => {
  refuseWith = null;
  for (const { response } of opened) response.destroy();
  await until('the streams to end', async () => (opened.every(({ isClosed }) => isClosed) ? true : undefined));
  opened = [];
});
afterAll(async () => {
  await Promise.all([gateway?.close(), provider?.close(), subgraphs?.close()]);
  checkout.closeAllConnections();
  await new Promise((resolve) => checkout.close(resolve));
});

/** An app that follows its orders. Messages and the failure, if there is one, are kept. */
function follow(token: string | null, lastEventId?: string) {
  const abort = new AbortController();
  const messages: OrderStreamMessage[] = [];
  const app = { messages, failure: undefined as unknown, isOver: false, hangUp: () => abort.abort() };
  void (async () => {
    try {
      const options = { signal: abort.signal, ...(lastEventId === undefined ? {} : { lastEventId }) };
      for await (const message of followOrders({ gatewayUrl: gateway.url }, token, options)) messages.push(message);
    } catch (error) {
      app.failure = error;
    }
    app.isOver = true;
  })();
  return app;
}
const stream = (number: number) => until('the stream at checkout', async () => opened[number]);
const message = (id: string, text = ''): string => `id: ${id}\nevent: order\ndata: ${JSON.stringify({ orderId: id, text })}\n\n`;
const token = (changes: TokenChanges = {}) => provider.token('buyer', changes);
const got = (app: ReturnType<typeof follow>, count: number) =>
  until(`${count} messages`, async () => (app.messages.length >= count ? app.messages : undefined));

describe('the stream of order events', () => {
  test('passes on what checkout says, to the buyer whom the token names, after the message that came last', async () => {
    const app = follow(await token(), 'position-7');
    const { request, response } = await stream(0);
    expect(request.method).toBe('GET');
    expect(request.url).toBe('/internal/order-stream');
    expect(request.headers['last-event-id']).toBe('position-7');
    expect(request.headers['authorization']).toBeUndefined();
    const identity = verifyIdentity(gateway.identityKeys, 'checkout', request.headers['x-vitrine-identity'] as string);
    expect(identity).toMatchObject({ from: 'gateway', actor: { role: 'buyer', accountId: ada } });
    response.write(message('a'));
    // A message that comes in pieces is passed on when it is whole.
    response.write('id: b\nevent: order\nda');
    expect(await got(app, 1)).toEqual([{ event: 'order', id: 'a', data: { orderId: 'a', text: '' } }]);
    response.write('ta: {"orderId":"b"}\n');
    response.write('\n: still here\n\n');
    expect((await got(app, 2))[1]).toEqual({ event: 'order', id: 'b', data: { orderId: 'b' } });
  });

  test('is closed at checkout when the app hangs up', async () => {
    const app = follow(await token());
    const upstream = await stream(0);
    app.hangUp();
    await until('the end at checkout', async () => (upstream.isClosed ? true : undefined));
  });

  test('a half message is never passed on: the app resumes before it', async () => {
    const app = follow(await token());
    const { response } = await stream(0);
    response.write(message('a'));
    response.write('id: b\nevent: order\n');
    await got(app, 1);
    response.destroy();
    await until('the end', async () => (app.isOver ? true : undefined));
    expect(app.messages.at(-1)).toEqual({ event: 'end', id: 'a', data: { reason: 'INTERRUPTED' } });
  });

  test('ends when the access token does', async () => {
    const app = follow(await token({ claims: { exp: now() + 2 } }));
    await stream(0);
    await until('the end', async () => (app.isOver ? true : undefined));
    expect(app.messages).toEqual([{ event: 'end', id: '', data: { reason: 'TOKEN_EXPIRED' } }]);
    await until('the end at checkout', async () => (opened[0]?.isClosed === true ? true : undefined));
  });

  test('of a buyer who opens too many ends for the oldest, and only for theirs', async () => {
    const other = follow(await token({ claims: { sub: 'usr_01900000-0000-7000-8000-000000000099' } }));
    await stream(0);
    const mine = await token();
    const apps: ReturnType<typeof follow>[] = [];
    for (let count = 1; count <= 6; count += 1) {
      apps.push(follow(mine));
      await stream(count);
    }
    await until('the end of the oldest', async () => (apps[0]?.isOver === true ? true : undefined));
    expect(apps[0]?.messages).toEqual([{ event: 'end', id: '', data: { reason: 'REPLACED' } }]);
    expect([other, ...apps.slice(1)].map(({ isOver }) => isOver)).toEqual([false, false, false, false, false, false]);
  });

  test('is refused with a time to wait when the process has as many as it takes', async () => {
    for (let count = 0; count < maxOrderStreams; count += 1) {
      follow(await token({ claims: { sub: `usr_01900000-0000-7000-8000-0000000001${String(count).padStart(2, '0')}` } }));
      await stream(count);
    }
    const answer = await fetch(`${gateway.url}/buyer/order-events`, { headers: { authorization: `Bearer ${await token()}` } });
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAVAILABLE' } }] });
    opened[0]?.response.destroy();
    await until('a place', async () => {
      const app = follow(await token());
      await until('an answer', async () => (app.isOver || opened.length > maxOrderStreams ? true : undefined));
      return opened.length > maxOrderStreams ? true : undefined;
    });
  });

  test('is not taken faster than the app reads, and nothing is lost', async () => {
    const access = { headers: { authorization: `Bearer ${await token()}` } };
    const answer = await fetch(`${gateway.url}/buyer/order-events`, access);
    const { response } = await stream(0);
    const count = 4_000;
    const filler = 'x'.repeat(10_000);
    let written = 0;
    let isHeldBack = false;
    const writing = (async () => {
      for (; written < count; written += 1) {
        if (response.write(message(String(written), filler))) continue;
        const drained = new Promise<void>((resolve) => response.once('drain', resolve));
        const turn = await Promise.race([drained.then(() => 'drained'), new Promise((resolve) => setTimeout(resolve, 500))]);
        if (turn !== 'drained') isHeldBack = true;
        await drained;
      }
      response.end();
    })();
    await until('the stream to be held back', async () => (isHeldBack ? true : undefined));
    expect(written).toBeLessThan(count);
    const text = await answer.text();
    await writing;
    expect([...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id))).toEqual(Array.from({ length: count }, (_, index) => index));
  }, 30_000);
});

describe('the door of the stream', () => {
  const statusOf = async (headers: Readonly<Record<string, string>>, query = ''): Promise<number> =>
    (await fetch(`${gateway.url}/buyer/order-events${query}`, { headers })).status;
  const bearer = (value: string) => ({ authorization: `Bearer ${value}` });

  test('lets nobody in without a good token of the buyers’ graph in the header', async () => {
    expect(await statusOf({})).toBe(401);
    expect(await statusOf({}, `?access_token=${await token()}`)).toBe(401);
    expect(await statusOf(bearer(await token({ claims: { exp: now() - 60 } })))).toBe(401);
    expect(await statusOf(bearer(await provider.token('partner')))).toBe(401);
    expect(await statusOf(bearer(await token({ claims: { roles: ['seller'] } })))).toBe(403);
    expect(opened).toEqual([]);
  });

  test('takes no position that is none', async () => {
    const good = bearer(await token());
    expect(await statusOf({ ...good, 'last-event-id': 'with space' })).toBe(400);
    expect(await statusOf({ ...good, 'last-event-id': 'x'.repeat(4_097) })).toBe(400);
    expect(opened).toEqual([]);
  });

  test('says that orders cannot be followed when checkout is away', async () => {
    refuseWith = 503;
    const app = follow(await token());
    await until('the answer', async () => (app.isOver ? true : undefined));
    expect(app.failure).toBeInstanceOf(StreamRefusedError);
    expect(app.failure).toMatchObject({ status: 503 });
  });
});

test('streams are ended in order when the gateway stops', async () => {
  const stopping = await startGateway({
    issuer: provider.issuer,
    jwksUrl: provider.jwksUrl,
    subgraphUrls: { ...subgraphs.urls, checkout: `http://127.0.0.1:${(checkout.address() as AddressInfo).port}` },
  });
  const answer = await fetch(`${stopping.url}/buyer/order-events`, { headers: { authorization: `Bearer ${await token()}` } });
  await stream(0);
  const before = performance.now();
  await stopping.close();
  expect(performance.now() - before).toBeLessThan(5_000);
  expect(await answer.text()).toMatch(/^retry: \d{3,4}\nevent: end\ndata: {"reason":"RESTARTING"}\n\n$/);
});
