import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  reconciliationClosuresPath,
  reconciliationPassesPath,
  reconciliationStatusPath,
  type ReconciliationPassResponse,
  type ReconciliationStatusResponse,
} from '@vitrine/contracts/reconciliation-http';
import type { FastifyInstance } from 'fastify';
import { createPool, type Pool } from '@vitrine/runtime/database';
import { identityHeader, parseIdentityKeys, signIdentity, type Actor, staffRoles } from '@vitrine/runtime/identity';
import { newId } from '@vitrine/runtime/ids';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/stack.ts';
import { buildServer } from '../src/server.ts';
import { seeCase } from '../src/store/reconciliation-cases.ts';
import { scriptServices } from './scripted-services.ts';
import { createTestDeps, logger } from './test-deps.ts';

const callers = ['ops', 'gateway', 'catalog'];
const keys = parseIdentityKeys(callers.map((from) => `${from}>checkout:k1:${randomBytes(32).toString('base64')}`).join(','));
const service: Actor = { role: 'service' };
const operator: Actor = { role: 'operator', accountId: newId('usr'), staffRoles };

let database: TestDatabase;
let pool: Pool;
let server: FastifyInstance;
let withoutReconciler: FastifyInstance;
const looked: string[] = [];
let wakes = 0;

beforeAll(async () => {
  database = await createTestDatabase('checkout');
  pool = createPool({ url: database.url, size: 4, name: 'test', logger });
  const deps = createTestDeps(pool, scriptServices());
  const reconciler = {
    wake: () => void (wakes += 1),
    stop: async () => {},
    lookAt: async (orderId: string) => {
      looked.push(orderId);
      return ['amount_differs'];
    },
  };
  server = buildServer(deps, keys, () => true, reconciler);
  withoutReconciler = buildServer(deps, keys);
  await Promise.all([server.ready(), withoutReconciler.ready()]);
});
afterAll(async () => {
  await Promise.all([server.close(), withoutReconciler.close()]);
  await pool.end();
  await database.drop();
});

async function post(url: string, payload: object, from = 'ops', actor: Actor = service, target = server) {
  const identity = signIdentity(keys, { from, to: 'checkout', actor, requestId: randomUUID() });
  const response = await target.inject({ method: 'POST', url, headers: { [identityHeader]: identity }, payload });
  return { status: response.statusCode, body: response.json<Record<string, unknown>>() };
}
const status = async (payload: object = {}) =>
  (await post(reconciliationStatusPath, { limit: 10, ...payload })).body as unknown as ReconciliationStatusResponse;
const open = (orderId: string, opens = true) =>
  seeCase(pool, { kind: 'amount_differs', orderId, detail: { capturedMinor: 1 }, opens, isAttempt: !opens });

describe('for operators', () => {
  test('the cases that are not over are shown, those of one order, or all', async () => {
    const [first, second, over] = [newId('ord'), newId('ord'), newId('ord')];
    await open(first);
    await open(second, false);
    const { caseId } = await open(over);
    expect((await post(reconciliationClosuresPath, { caseId, reason: 'FIXED_BY_HAND' })).body).toEqual({ status: 'closed' });
    expect((await post(reconciliationClosuresPath, { caseId, reason: 'FIXED_BY_HAND' })).body).toEqual({ status: 'closed_before' });
    expect((await post(reconciliationClosuresPath, { caseId: newId('cas'), reason: 'ACCEPTED' })).body).toEqual({ status: 'not_found' });
    const shown = await status();
    expect(shown).toMatchObject({ enabled: true, openCases: 1, unsettled: 1, lastPass: null });
    expect(shown.cases.map(({ orderId, state }) => [orderId, state])).toEqual([
      [second, 'repairing'],
      [first, 'open'],
    ]);
    expect((await status({ all: true })).cases).toHaveLength(3);
    expect((await status({ orderId: over, all: true })).cases).toMatchObject([
      { caseId, closedBy: 'operator', closeReason: 'FIXED_BY_HAND' },
    ]);
    expect((await status({ orderId: over })).cases).toEqual([]);
  });

  test('one order is compared at once, and a sweep is asked for', async () => {
    const orderId = newId('ord');
    const answer = (await post(reconciliationPassesPath, { orderId })).body as unknown as ReconciliationPassResponse;
    expect([answer.found, looked]).toEqual([['amount_differs'], [orderId]]);
    const asked = (await post(reconciliationPassesPath, {})).body as unknown as ReconciliationPassResponse;
    expect((await status()).sweepRequestedAt).toBe(asked.requestedAt);
    expect(wakes).toBe(1);
  });

  test('a process that does not reconcile says so', async () => {
    const { status: code, body } = await post(reconciliationPassesPath, {}, 'ops', service, withoutReconciler);
    expect(code).toBe(400);
    expect(JSON.stringify(body)).toContain('RECONCILE_INTERVAL_MS');
    expect((await post(reconciliationStatusPath, { limit: 1 }, 'ops', service, withoutReconciler)).body).toMatchObject({ enabled: false });
  });

  test('nobody else may see, ask or close', async () => {
    const bodies = {
      [reconciliationStatusPath]: { limit: 1 },
      [reconciliationPassesPath]: {},
      [reconciliationClosuresPath]: { caseId: newId('cas'), reason: 'ACCEPTED' },
    };
    for (const [path, body] of Object.entries(bodies)) {
      for (const from of ['gateway', 'catalog']) expect([path, (await post(path, body, from, operator)).status]).toEqual([path, 403]);
      expect((await server.inject({ method: 'POST', url: path, payload: body })).statusCode).toBe(401);
    }
  });
});

describe('in the graph', () => {
  const query = `{ reconciliation { openCases unsettled compared lastSweepAt }
    reconciliationCases(first: 1) { edges { cursor node { id kind orderId state details { name value } repairAttempts } } pageInfo { hasNextPage endCursor } } }`;

  test('network staff see what is open, page by page', async () => {
    const { body } = await post('/graphql', { query }, 'gateway', operator);
    expect(body).toMatchObject({
      data: {
        reconciliation: { openCases: 1, unsettled: 1, lastSweepAt: null },
        reconciliationCases: {
          edges: [{ node: { kind: 'amount_differs', state: 'REPAIRING', details: [{ name: 'capturedMinor', value: '1' }] } }],
          pageInfo: { hasNextPage: true },
        },
      },
    });
  });

  test.each([
    ['a buyer', { role: 'buyer', accountId: newId('usr'), country: 'US' } as const],
    ['a seller', { role: 'seller', accountId: newId('usr'), sellerId: newId('sel') } as const],
  ])('%s sees nothing of it', async (_name, actor) => {
    for (const field of ['reconciliation { openCases }', 'reconciliationCases { edges { cursor } }']) {
      const { body } = await post('/graphql', { query: `{ ${field} }` }, 'gateway', actor);
      expect(body).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    }
  });
});
