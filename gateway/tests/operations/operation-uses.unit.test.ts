import { afterEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import type { UseCount } from '../../src/operations/operation-store.ts';
import { createOperationUses, type OperationUses } from '../../src/operations/operation-uses.ts';

const operation = { graph: 'buyer', id: 'wallet' } as const;
const ios = (version: string) => ({ platform: 'ios', version });
let opened: OperationUses | undefined;

afterEach(async () => {
  await opened?.close();
  opened = undefined;
});

function start(options: { readonly refuse?: () => boolean; readonly now?: () => number } = {}) {
  const written: UseCount[] = [];
  opened = createOperationUses({
    store: {
      async addUses(counts) {
        if (options.refuse?.() === true) throw new Error('PostgreSQL is away');
        written.push(...counts);
      },
      pruneUses: async () => undefined,
    },
    logger: pino({ level: 'silent' }),
    now: options.now,
    // Never by itself in these tests.
    intervalMs: 1_000_000,
  });
  return { uses: opened, written };
}

const counted = (written: readonly UseCount[]) =>
  written.map(({ platform, version, uses, failures }) => [platform, version, uses, failures]);

describe('uses of operations', () => {
  test('are added up by app version, failures among them', async () => {
    const { uses, written } = start();
    uses.record(operation, ios('5.2.0'), false);
    uses.record(operation, ios('5.2.0'), true);
    uses.record(operation, null, false);
    await uses.flush();
    expect(counted(written)).toEqual([
      ['ios', '5.2.0', 2, 1],
      ['unknown', 'unknown', 1, 0],
    ]);
    await uses.flush();
    expect(written).toHaveLength(2);
  });

  test('of builds of one version are those of the version', async () => {
    const { uses, written } = start();
    uses.know([ios('5.2.0+430')]);
    uses.record(operation, ios('5.2.0'), false);
    uses.record(operation, ios('5.2.0+430'), false);
    uses.record(operation, ios('5.2.0+431.a'), true);
    uses.record(operation, ios('5.2.0-rc.1+7'), false);
    await uses.flush();
    expect(counted(written)).toEqual([
      ['ios', '5.2.0', 3, 1],
      ['ios', '5.2.0-rc.1', 1, 0],
    ]);
  });

  test('are counted on the day, in UTC, on which they were', async () => {
    let now = Date.parse('2026-11-23T23:59:59.999Z');
    const { uses, written } = start({ now: () => now });
    uses.record(operation, null, false);
    now += 1;
    uses.record(operation, null, false);
    uses.record(operation, null, false);
    await uses.flush();
    expect(written.map(({ day, uses: times }) => [day, times])).toEqual([
      ['2026-11-23', 1],
      ['2026-11-24', 2],
    ]);
  });

  test('are kept while PostgreSQL is away, and none is lost or counted twice', async () => {
    let away = true;
    const { uses, written } = start({ refuse: () => away });
    uses.record(operation, ios('5.2.0'), false);
    await expect(uses.flush()).rejects.toThrow('away');
    uses.record(operation, ios('5.2.0'), false);
    away = false;
    await uses.flush();
    expect(counted(written)).toEqual([['ios', '5.2.0', 2, 0]]);
  });

  test('of a caller with ever new versions take no more memory, and do not hide those of published ones', async () => {
    const { uses, written } = start();
    for (let index = 0; index < 10_000; index += 1) uses.record(operation, ios(`9.9.${index}`), false);
    uses.know([ios('5.2.0')]);
    uses.record(operation, ios('5.2.0'), false);
    await uses.flush();
    expect(written).toHaveLength(102);
    expect(counted(written)).toContainEqual(['unknown', 'other', 9_900, 0]);
    expect(counted(written)).toContainEqual(['ios', '5.2.0', 1, 0]);
  });

  test('are written when the process ends', async () => {
    const { uses, written } = start();
    uses.record(operation, null, false);
    await uses.close();
    opened = undefined;
    expect(counted(written)).toEqual([['unknown', 'unknown', 1, 0]]);
  });
});
