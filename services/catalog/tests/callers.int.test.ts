import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '@vitrine/runtime/ids';
import { startCatalogUnderTest, type CatalogUnderTest } from './catalog-under-test.ts';

let catalog: CatalogUnderTest;
beforeAll(async () => {
  catalog = await startCatalogUnderTest();
});
afterAll(() => catalog.stop());

describe('callers', () => {
  const service = { role: 'service' } as const;

  test('internal routes refuse the gateway and everyone but checkout', async () => {
    const bodies = {
      offers: { productId: newId('prd') },
      reservations: { orderId: newId('ord'), buyerId: newId('usr'), productId: newId('prd'), quantity: 1, ttlSeconds: 60 },
      'reservations/release': { orderId: newId('ord') },
    };
    for (const [path, body] of Object.entries(bodies)) {
      for (const from of ['gateway', 'timeline']) {
        const response = await catalog.post(`/internal/${path}`, body, { from, actor: service });
        expect([path, from, response.statusCode]).toEqual([path, from, 403]);
      }
      const unsigned = await catalog.server.inject({ method: 'POST', url: `/internal/${path}`, payload: body });
      expect(unsigned.statusCode).toBe(401);
    }
    expect(
      (
        await catalog.pool.query('select from reservations where order_id = any($1)', [
          [bodies.reservations.orderId, bodies['reservations/release'].orderId],
        ])
      ).rowCount,
    ).toBe(0);
  });

  test('GraphQL refuses checkout, _service and _entities included', async () => {
    for (const query of [
      '{ _service { sdl } }',
      '{ __typename }',
      `{ _entities(representations: [{ __typename: "Product", id: "${newId('prd')}" }]) { __typename } }`,
    ]) {
      expect((await catalog.post('/graphql', { query }, { from: 'checkout', actor: service })).statusCode).toBe(403);
      expect((await catalog.server.inject({ method: 'POST', url: '/graphql', payload: { query } })).statusCode).toBe(401);
    }
  });

  test('a body that breaks the contract is refused before anything happens', async () => {
    const body = { orderId: newId('ord'), buyerId: newId('usr'), productId: newId('prd'), quantity: 1, ttlSeconds: 60 };
    for (const change of [
      { quantity: 0 },
      { quantity: -1 },
      { quantity: 101 },
      { orderId: 'ord_1' },
      { productId: newId('ord') },
      { ttlSeconds: 0 },
      { buyerId: null },
    ]) {
      expect((await catalog.post('/internal/reservations', { ...body, ...change }, { from: 'checkout', actor: service })).statusCode).toBe(
        400,
      );
    }
  });
});
