/** How a subgraph is asked: what is tried again, what never is, and how long anyone waits. */
import { randomBytes } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { parseIdentityKeys } from '@vitrine/runtime/identity';
import { breakerLimits } from '../../src/execution/circuit-breaker.ts';
import { readAnswer, type RawAnswer } from '../../src/subgraph-answer.ts';
import { createSubgraphSource, type SubgraphSource } from '../../src/subgraph-source.ts';
import { until } from '../../../tests/support/until.ts';

let server: Server;
let source: SubgraphSource;
/** What comes next, in turn; then the last one again. */
let behaviours: ((response: ServerResponse) => void)[];
let asked: number;

const answer = (response: ServerResponse): void => void response.end('{"data":{"ok":true}}');
const hangUp = (response: ServerResponse): void => void response.destroy();
const refuse =
  (status: number) =>
  (response: ServerResponse): void =>
    void response.writeHead(status).end('<h1>no</h1>');
const stayAway = (): void => undefined;

beforeEach(async () => {
  asked = 0;
  behaviours = [answer];
  server = createServer((request, response) => {
    const behaviour = behaviours[Math.min(asked, behaviours.length - 1)];
    asked += 1;
    request.resume();
    request.on('end', () => behaviour?.(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  source = createSubgraphSource({
    name: 'catalog',
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    identityKeys: parseIdentityKeys(`gateway>catalog:k1:${randomBytes(32).toString('base64')}`),
    logger: pino({ level: 'silent' }),
  });
});
afterEach(async () => {
  server.closeAllConnections();
  await Promise.all([source.close(), new Promise((resolve) => server.close(resolve))]);
});

const send = (kind: 'query' | 'mutation', waitMs = 10_000): Promise<RawAnswer> =>
  source.send(kind, '{"query":"{ ok }"}', { actor: { role: 'service' }, requestId: 'r', endsAtMs: performance.now() + waitMs });
const codeOf = (raw: RawAnswer): unknown => readAnswer(raw).errors[0]?.extensions?.['code'];

describe('a read', () => {
  test.each([
    ['ended the connection', hangUp],
    ['answered 503', refuse(503)],
  ])('is asked again once when the subgraph %s', async (_name, behaviour) => {
    behaviours = [behaviour, answer];
    expect(readAnswer(await send('query')).data).toEqual({ ok: true });
    expect(asked).toBe(2);
  });

  test('is not asked a third time', async () => {
    behaviours = [hangUp];
    expect(codeOf(await send('query'))).toBe('UNAVAILABLE');
    expect(asked).toBe(2);
  });

  test('that got an answer is not asked again, whatever the answer is', async () => {
    behaviours = [refuse(500)];
    expect(codeOf(await send('query'))).toBe('UNAVAILABLE');
    behaviours = [refuse(404)];
    expect(codeOf(await send('query'))).toBe('INTERNAL');
    expect(asked).toBe(2);
  });

  test('a GraphQL answer counts as one whatever its status is', async () => {
    behaviours = [
      (response) => response.writeHead(503).end('{"data":null,"errors":[{"message":"m","extensions":{"code":"UNAVAILABLE"}}]}'),
    ];
    expect(readAnswer(await send('query')).errors).toEqual([{ message: 'm', extensions: { code: 'UNAVAILABLE' } }]);
    expect(asked).toBe(1);
  });
});

test.each([
  ['ended the connection', hangUp],
  ['answered 503', refuse(503)],
])('a mutation is never sent twice, though the subgraph %s', async (_name, behaviour) => {
  behaviours = [behaviour, answer];
  expect(codeOf(await send('mutation'))).toBe('UNAVAILABLE');
  expect(asked).toBe(1);
});

test('nobody waits longer than the operation may take, and the connection is given up', async () => {
  behaviours = [stayAway];
  const startedAtMs = performance.now();
  expect(codeOf(await send('query', 200))).toBe('TIMEOUT');
  expect(performance.now() - startedAtMs).toBeLessThan(1_500);
  await until('the connection is closed', async () => {
    const open = await new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count)));
    return open === 0 ? true : undefined;
  });
  expect(codeOf(await send('query', -1))).toBe('TIMEOUT');
  expect(asked).toBe(1);
});

test('a call whose identity cannot be signed is an error of the answer, and nothing is sent', async () => {
  const unsigned = createSubgraphSource({
    name: 'timeline',
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    identityKeys: parseIdentityKeys(`gateway>catalog:k1:${randomBytes(32).toString('base64')}`),
    logger: pino({ level: 'silent' }),
  });
  const call = { actor: { role: 'service' }, requestId: 'r', endsAtMs: performance.now() + 1_000 } as const;
  expect(codeOf(await unsigned.send('mutation', '{"query":"{ ok }"}', call))).toBe('UNAVAILABLE');
  expect(asked).toBe(0);
  await unsigned.close();
});

test('an answer that is too large is none', async () => {
  behaviours = [(response) => response.end(`{"data":{"x":"${'x'.repeat(17 * 1024 * 1024)}"}}`)];
  expect(codeOf(await send('mutation'))).toBe('UNAVAILABLE');
});

describe('a subgraph that keeps failing', () => {
  beforeEach(async () => {
    behaviours = [hangUp];
    for (let count = 0; count < breakerLimits.failuresInARow; count += 1) await send('mutation');
    expect(asked).toBe(breakerLimits.failuresInARow);
    behaviours = [answer];
  });

  test('is not asked for a moment, neither to read nor to change, and the answer is there at once', async () => {
    const startedAtMs = performance.now();
    expect([codeOf(await send('query')), codeOf(await send('mutation'))]).toEqual(['UNAVAILABLE', 'UNAVAILABLE']);
    expect(performance.now() - startedAtMs).toBeLessThan(breakerLimits.openMs);
    expect(asked).toBe(breakerLimits.failuresInARow);
  });

  test('is asked again once it answers', async () => {
    const data = await until('it is asked again', async () => readAnswer(await send('query')).data ?? undefined);
    expect(data).toEqual({ ok: true });
    expect(readAnswer(await send('mutation')).data).toEqual({ ok: true });
  });
});
