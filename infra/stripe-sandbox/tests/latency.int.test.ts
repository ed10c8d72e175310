import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startSandbox, type Fixture } from './sandbox-fixture.ts';

let sandbox: Fixture;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

const send = (body: unknown): Promise<Response> =>
  fetch(`${sandbox.url}/_sandbox/latency`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json' },
  });

async function callMs(): Promise<number> {
  const startedAt = performance.now();
  await sandbox.shop.customers.create({});
  return performance.now() - startedAt;
}

it('a call takes as long as was asked, give or take the jitter, until it is taken back', async () => {
  expect(await (await send({ meanMs: 120, jitterMs: 40 })).json()).toEqual({ meanMs: 120, jitterMs: 40 });
  const took = await Promise.all(Array.from({ length: 20 }, callMs));
  // Node's timers can be a millisecond early.
  expect(Math.min(...took)).toBeGreaterThanOrEqual(79);
  expect(new Set(took.map((ms) => Math.round(ms / 5))).size).toBeGreaterThan(1);
  expect(await (await fetch(`${sandbox.url}/_sandbox/latency`)).json()).toEqual({ meanMs: 120, jitterMs: 40 });

  expect((await send({ meanMs: 0 })).status).toBe(200);
  expect(await callMs()).toBeLessThan(79);
});

it.each([
  [{}],
  [{ meanMs: -1 }],
  [{ meanMs: 10_001 }],
  [{ meanMs: 10, jitterMs: 11 }],
  [{ meanMs: '10' }],
  [{ meanMs: 1, other: 1 }],
  [null],
])('a latency that is none is refused: %j', async (body) => {
  const answer = await send(body);
  expect(answer.status).toBe(400);
});
