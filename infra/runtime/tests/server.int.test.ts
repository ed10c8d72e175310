import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { Pool } from 'undici';
import { identityHeader, parseIdentityKeys, signIdentity } from '../src/identity.ts';
import { createServer } from '../src/server.ts';
import { createLogger } from '../src/telemetry.ts';
import { until } from '../../../tests/support/until.ts';

const keys = parseIdentityKeys(`checkout>catalog:k1:${randomBytes(32).toString('base64')}`);
const logger = createLogger({ name: 'test', level: 'silent' });

test('a server that stops answers what is under way and does not wait for its connections', async () => {
  const server = createServer({ name: 'catalog', logger, identityKeys: keys, readiness: {} });
  const begun = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  server.post('/internal/slow', async () => {
    begun.resolve();
    await finish.promise;
    return { done: true };
  });
  await server.listen({ port: 0, host: '127.0.0.1' });
  const { port } = server.server.address() as AddressInfo;
  const client = new Pool(`http://127.0.0.1:${port}`, { connections: 1, keepAliveTimeout: 60_000 });
  const headers = { [identityHeader]: signIdentity(keys, { from: 'checkout', to: 'catalog', actor: { role: 'service' }, requestId: 'r' }) };
  const answer = client.request({ path: '/internal/slow', method: 'POST', headers });
  await begun.promise;

  const closed = server.close();
  await until('the end of listening', async () => (server.server.listening ? undefined : true));
  finish.resolve();
  expect((await answer).statusCode).toBe(200);
  // Kept alive, the connection would hold the server for 60 s, and the test would run out of time.
  await closed;
  await client.close();
}, 10_000);

test('readiness names the part that is missing', async () => {
  const server = createServer({
    name: 'catalog',
    logger,
    identityKeys: keys,
    readiness: { database: () => true, consumer: () => Promise.reject(new Error('away')) },
  });
  const response = await server.inject('/readyz');
  expect(response.statusCode).toBe(503);
  expect(response.json()).toEqual({ status: 'not ready', checks: { database: true, consumer: false } });
  await server.close();
});
