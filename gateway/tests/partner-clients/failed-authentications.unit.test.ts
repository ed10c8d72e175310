import { expect, test } from '@jest/globals';
import { createFailedAuthentications, type Attempt } from '../../src/partner-clients/failed-authentications.ts';

const attempt: Attempt = { address: '203.0.113.7', clientId: 'apc_1' };

async function fail(failures: ReturnType<typeof createFailedAuthentications>, times: number, what: Attempt = attempt): Promise<void> {
  for (let count = 0; count < times; count += 1) await failures.count(what);
}

test('after ten failures a client has to wait at this address for the rest of the minute', async () => {
  let nowMs = 0;
  const failures = createFailedAuthentications(() => nowMs);
  await fail(failures, 9);
  expect(await failures.waitSeconds(attempt)).toBe(0);
  nowMs = 20_000;
  await failures.count(attempt);
  expect(await failures.waitSeconds(attempt)).toBe(40);
  nowMs = 60_000;
  expect(await failures.waitSeconds(attempt)).toBe(0);
});

test('a stranger does not lock a client out, nor one client another', async () => {
  const failures = createFailedAuthentications(() => 0);
  await fail(failures, 10);
  expect(await failures.waitSeconds({ ...attempt, address: '192.0.2.1' })).toBe(0);
  expect(await failures.waitSeconds({ ...attempt, clientId: 'apc_2' })).toBe(0);
});

test('an address that tries many clients has to wait, whoever it says it is', async () => {
  const failures = createFailedAuthentications(() => 0);
  for (let count = 0; count < 50; count += 1) await failures.count({ ...attempt, clientId: `apc_${count}` });
  expect(await failures.waitSeconds({ ...attempt, clientId: 'apc_new' })).toBe(60);
  expect(await failures.waitSeconds({ ...attempt, clientId: null })).toBe(60);
  expect(await failures.waitSeconds({ ...attempt, address: '192.0.2.1' })).toBe(0);
});

test('whoever has a whole /64 has no more attempts than one address', async () => {
  const failures = createFailedAuthentications(() => 0);
  for (let count = 0; count < 10; count += 1) await failures.count({ ...attempt, address: `2001:db8:7:7::${count}` });
  expect(await failures.waitSeconds({ ...attempt, address: '2001:db8:7:7:1:2:3:4' })).toBe(60);
  expect(await failures.waitSeconds({ ...attempt, address: '2001:db8:7:8::1' })).toBe(0);
});
