import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createLogger } from '@vitrine/runtime/telemetry';
import { until } from '../../../tests/support/until.ts';
import { createKeyUses, type KeyUses } from '../../src/partner-clients/key-uses.ts';

let nowMs: number;
let told: (readonly { readonly keyId: string; readonly usedAt: string; readonly network: string }[])[];
let isAway: boolean;
let refused: number;
let uses: KeyUses;
beforeEach(() => {
  nowMs = Date.parse('2026-11-23T08:30:10.000Z');
  told = [];
  isAway = false;
  refused = 0;
  uses = createKeyUses({
    directory: {
      noteUses: async (given) => {
        if (isAway) {
          refused += 1;
          throw new Error('away');
        }
        told.push(given);
      },
    },
    logger: createLogger({ name: 'gateway', level: 'silent' }),
    intervalMs: 5,
    now: () => nowMs,
  });
});
afterEach(() => uses.stop());

const firstTold = () => until('uses are told', async () => told[0]);

test('a use is told once a minute for a key, and many keys at a time', async () => {
  for (let call = 0; call < 100; call += 1) {
    uses.note('apk_1', '203.0.113.7');
    uses.note('apk_2', '2001:db8:1:2::3');
  }
  expect(await firstTold()).toEqual([
    { keyId: 'apk_1', usedAt: '2026-11-23T08:30:10.000Z', network: '203.0.113.0/24' },
    { keyId: 'apk_2', usedAt: '2026-11-23T08:30:10.000Z', network: '2001:db8:1::/48' },
  ]);
  uses.note('apk_1', '203.0.113.7');
  nowMs += 50_000;
  uses.note('apk_1', '192.0.2.1');
  await uses.stop();
  expect(told.slice(1)).toEqual([[{ keyId: 'apk_1', usedAt: '2026-11-23T08:31:00.000Z', network: '192.0.2.0/24' }]]);
});

test('what could not be told is told later', async () => {
  isAway = true;
  uses.note('apk_1', '203.0.113.7');
  await until('nobody takes it', async () => (refused > 0 ? true : undefined));
  isAway = false;
  expect(await firstTold()).toMatchObject([{ keyId: 'apk_1' }]);
});

test('what is left is told at the end, and an end without an answer is an end', async () => {
  uses.note('apk_1', '203.0.113.7');
  await uses.stop();
  expect(told.flat()).toHaveLength(1);
  nowMs += 60_000;
  uses.note('apk_1', '203.0.113.7');
  isAway = true;
  await uses.stop();
  expect(told.flat()).toHaveLength(1);
});
