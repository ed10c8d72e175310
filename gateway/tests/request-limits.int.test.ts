/** Who may ask for how much, counted in a real Redis that goes away and comes back. */
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import type { Actor } from '@vitrine/runtime/identity';
import { startRedisProxy, type RedisProxy } from '../../tests/support/redis-proxy.ts';
import { createTestRedis } from '../../tests/support/stack.ts';
import { until } from '../../tests/support/until.ts';
import { localShare, rateLimitsOf, usualRateLimits } from '../src/limits/rate-limits.ts';
import { createRequestLimits, type Admission, type CountedRequest, type RequestLimits } from '../src/limits/request-limits.ts';
import { createRedis } from '../src/redis.ts';

const logger = pino({ level: 'silent' });
const usual = rateLimitsOf(usualRateLimits);
let proxy: RedisProxy;
let redis: Redis;
/** Waits for Redis however busy the machine is. */
let patient: Redis;
let limits: RequestLimits;
let people = 0;

beforeAll(async () => {
  const url = await createTestRedis();
  patient = new Redis(url);
  proxy = await startRedisProxy(url);
  redis = createRedis(proxy.url, logger);
  await until('Redis is connected', async () => (redis.status === 'ready' ? true : undefined));
});
beforeEach(() => {
  limits = createRequestLimits({ redis, settings: usualRateLimits, logger });
});
afterAll(async () => {
  patient.disconnect();
  redis.disconnect();
  await proxy.close();
});

const person = (deviceId?: string): Actor => {
  people += 1;
  const accountId = `usr_01900000-0000-7000-8000-${String(people).padStart(12, '0')}`;
  return { role: 'buyer', accountId, country: 'US', ...(deviceId === undefined ? {} : { deviceId }) };
};
const program = (clientId: string): Actor => ({ role: 'seller', accountId: `usr_${clientId}`, sellerId: 'sel_1', clientId });
const charge = (request: Partial<CountedRequest> & { readonly actor: Actor }): Promise<Admission> =>
  limits.charge({ graph: 'buyer', ip: `198.51.100.${people % 250}`, cost: 1, rootFields: ['viewer'], ...request });
const kinds = async (times: number, request: Parameters<typeof charge>[0]): Promise<readonly string[]> => {
  const admissions: string[] = [];
  for (let count = 0; count < times; count += 1) admissions.push((await charge(request)).kind);
  return admissions;
};

describe('with Redis', () => {
  const readDeadlineMs = 10_000;
  beforeEach(() => {
    limits = createRequestLimits({ redis: patient, settings: usualRateLimits, logger, readDeadlineMs });
  });

  test('an account has its quota, on all its devices and from all addresses, and is told what is left', async () => {
    const actor = person();
    const { quota } = usual.graphs.buyer.account;
    const first = await charge({ actor, cost: quota - 100 });
    expect(first).toEqual({
      kind: 'admitted',
      headers: {
        'ratelimit-policy': `"account";q=${quota};w=60, "address";q=600000;w=60`,
        ratelimit: expect.stringMatching(/^"account";r=(99|100);t=60$/),
      },
    });
    const refused = await charge({ actor, ip: '203.0.113.9', cost: 1_000 });
    expect(refused).toEqual({
      kind: 'limited',
      retryAfterSeconds: 5,
      headers: { 'ratelimit-policy': expect.any(String), ratelimit: expect.stringMatching(/^"account";r=1\d\d;t=5$/) },
    });
    // What was refused has cost nothing, and others are not held back.
    expect((await charge({ actor, cost: 90 })).kind).toBe('admitted');
    expect((await charge({ actor: person(), cost: 1_000 })).kind).toBe('admitted');
  });

  test('a device has its own, and what it is refused is not charged to its account', async () => {
    const actor = person('device-1');
    const other = { ...actor, deviceId: 'device-2' };
    const { account, device } = usual.graphs.buyer;
    expect((await charge({ actor, cost: device.quota })).kind).toBe('admitted');
    const refused = await charge({ actor, cost: 500 });
    expect(refused).toMatchObject({ kind: 'limited', headers: { ratelimit: expect.stringMatching(/^"device";r=\d+;t=4$/) } });
    expect((await charge({ actor: other, cost: account.quota - device.quota })).kind).toBe('admitted');
  });

  test('many accounts at one address, or one /64, share its quota', async () => {
    const { account, address } = usual.graphs.buyer;
    const full = address.quota / account.quota;
    let admitted = 0;
    for (let count = 0; count < full + 5; count += 1) {
      const { kind } = await charge({ actor: person(), ip: `2001:db8:7:7::${count.toString(16)}`, cost: account.quota });
      if (kind === 'admitted') admitted += 1;
    }
    expect(admitted).toBe(full);
    expect((await charge({ actor: person(), ip: '2001:db8:7:8::1' })).kind).toBe('admitted');
  });

  test('a program of a partner has its own quota, as the environment sets it, and not that of the account that made it', async () => {
    limits = createRequestLimits({ redis: patient, settings: { percent: 50, apiClientCost: 20_000 }, logger, readDeadlineMs });
    const request = { graph: 'partner', actor: program('apc_1'), cost: 10_000 } as const;
    expect(await charge(request)).toMatchObject({ headers: { 'ratelimit-policy': expect.stringContaining('"client";q=10000;w=60') } });
    expect((await charge({ ...request, cost: 1_000 })).kind).toBe('limited');
    expect((await charge({ ...request, actor: program('apc_2') })).kind).toBe('admitted');
  });

  test('an operation that has a limit is counted as often as it is selected, whatever it costs', async () => {
    const actor = person();
    const times = usual.fields['placeOrder']?.quota ?? 0;
    const order = { actor, rootFields: ['placeOrder', 'placeOrder'] };
    expect(await kinds(times / 2 + 1, order)).toEqual([...Array.from({ length: times / 2 }, () => 'admitted'), 'limited']);
    expect(await charge(order)).toMatchObject({ headers: { ratelimit: expect.stringMatching(/^"placeOrder";r=0;t=[56]$/) } });
    expect((await charge({ actor, rootFields: ['viewer', 'toString', '__proto__'] })).kind).toBe('admitted');
  });

  test('what selects such an operation more often than it may ever be is refused for good, and nothing is charged for it', async () => {
    const actor = person();
    const most = usual.fields['startPayoutSetup']?.quota ?? 0;
    const setups = (times: number): readonly string[] => Array.from({ length: times }, () => 'startPayoutSetup');
    expect(await charge({ actor, rootFields: ['viewer', ...setups(most + 1)] })).toEqual({
      kind: 'excessive',
      field: 'startPayoutSetup',
      most,
    });
    expect((await charge({ actor, rootFields: setups(most) })).kind).toBe('admitted');
  });

  test('however many come at once, the quota is not exceeded', async () => {
    const actor = person();
    const { quota } = usual.graphs.buyer.account;
    const admissions = await Promise.all(Array.from({ length: 40 }, () => charge({ actor, cost: quota / 10 })));
    expect(admissions.filter(({ kind }) => kind === 'admitted')).toHaveLength(10);
  });

  test('a process that was held up itself does not take Redis for away', async () => {
    limits = createRequestLimits({ redis: patient, settings: usualRateLimits, logger });
    const actor = person();
    const held = new Int32Array(new SharedArrayBuffer(4));
    for (let count = 0; count < 3; count += 1) {
      // From here on, what is overdue after a pause comes before what has arrived during it.
      await setImmediate();
      const charging = charge({ actor });
      Atomics.wait(held, 0, 0, 300);
      expect((await charging).kind).toBe('admitted');
    }
    expect((await charge({ actor, rootFields: ['placeOrder'] })).kind).toBe('admitted');
  });

  test('a script that Redis has forgotten is brought again', async () => {
    await patient.script('FLUSH');
    expect((await charge({ actor: person(), rootFields: ['placeOrder'] })).kind).toBe('admitted');
  });

  test('nothing is left behind that does not end by itself', async () => {
    await charge({ actor: person('device-3'), cost: 12, rootFields: ['placeOrder'] });
    const keys = await patient.keys('limit:*');
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) {
      const ttlMs = await patient.pttl(key);
      expect(ttlMs).toBeLessThanOrEqual(60_000);
      expect(ttlMs).not.toBe(-1);
    }
  });
});

describe.each(['cut', 'hang'] as const)('while Redis is away (%s)', (fault) => {
  beforeEach(() => {
    proxy[fault]();
  });
  const recovers = async (): Promise<void> => {
    proxy.open();
    const order = { actor: person(), rootFields: ['placeOrder'] };
    await until('requests are counted in Redis again', async () => ((await charge(order)).kind === 'admitted' ? true : undefined));
  };

  test('reads go on by a lower count of this process, money waits, undoing does not, and it recovers by itself', async () => {
    const actor = person();
    const local = usual.graphs.buyer.account.quota * localShare;
    expect((await charge({ actor, cost: local - 10 })).kind).toBe('admitted');
    expect((await charge({ actor, cost: 500 })).kind).toBe('limited');
    expect(await charge({ actor: person(), rootFields: ['placeOrder'] })).toEqual({ kind: 'unavailable' });
    expect(await charge({ actor: person(), rootFields: ['followAccount', 'addAddress'] })).toEqual({ kind: 'unavailable' });
    expect((await charge({ actor: person(), rootFields: ['undoOrder'] })).kind).toBe('admitted');
    await recovers();
    expect((await charge({ actor, cost: 500 })).kind).toBe('admitted');
  });

  test('hundreds of requests do not each wait for it', async () => {
    await charge({ actor: person() });
    await charge({ actor: person() });
    const startedMs = performance.now();
    for (let count = 0; count < 300; count += 1) await charge({ actor: person() });
    // One or two may wait 50 ms to find out whether it is back. Each doing so takes 2.5 s until the connection is given up.
    expect(performance.now() - startedMs).toBeLessThan(1_500);
    await recovers();
  });
});

describe('before anything is known of a request', () => {
  test('an address may send only so many, without Redis being asked', async () => {
    const { quota } = usual.addressRequests;
    proxy.cut();
    let admitted = 0;
    let last = limits.admitAddress('192.0.2.1');
    for (; last.kind === 'admitted'; last = limits.admitAddress('192.0.2.1')) admitted += 1;
    expect(admitted).toBeGreaterThanOrEqual(quota);
    expect(admitted).toBeLessThan(quota * 1.5);
    expect(last).toMatchObject({ kind: 'limited', retryAfterSeconds: 1 });
    expect(limits.admitAddress('192.0.2.2').kind).toBe('admitted');
    proxy.open();
  });

  test('tokens that are not accepted slow an address down sooner, and a few of them nobody else behind it', () => {
    let refused = 0;
    while (limits.admitAddress('192.0.2.3').kind === 'admitted') {
      limits.noteFailedAuthentication('192.0.2.3');
      refused += 1;
    }
    const { quota } = usual.addressRequests;
    expect(refused).toBeLessThan(quota / 2);
    expect(refused).toBeGreaterThanOrEqual(quota / 3);
  });

  test('large bodies count as several requests', () => {
    let admitted = 0;
    while (limits.admitAddress('192.0.2.4', 2 * 1024 * 1024).kind === 'admitted') admitted += 1;
    expect(admitted).toBe(Math.floor(usual.addressRequests.quota / 129));
  });

  test('a body that is said to be larger than any that is read counts as the largest of those', () => {
    let admitted = 0;
    while (limits.admitAddress('192.0.2.5', admitted === 0 ? 48_000_000 : Number.POSITIVE_INFINITY).kind === 'admitted') admitted += 1;
    expect(admitted).toBe(Math.floor(usual.addressRequests.quota / 129));
  });
});
