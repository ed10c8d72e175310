/** `ops apps` as people run it, against the gateway's database. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findLiveInstance, isAnyRevoked, saveInstance } from '@vitrine/gateway/app-clients/app-client-store';
import { createMinimumVersions } from '@vitrine/gateway/app-clients/minimum-versions';
import { makeSoftwareKey } from '@vitrine/local/official-app-keys';
import { createPool, type Pool } from '@vitrine/runtime/database';
import { newId } from '@vitrine/runtime/ids';
import { createLogger } from '@vitrine/runtime/telemetry';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/stack.ts';
import { createAppsCommand } from '../src/apps.ts';
import { CommandError, StackNotRunningError, UsageError } from '../src/command.ts';

const logger = createLogger({ name: 'test', level: 'silent' });

let folder: string;
let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'apps-'));
  database = await createTestDatabase('gateway');
  pool = createPool({ url: database.url, size: 2, name: 'test', logger });
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
  await rm(folder, { recursive: true });
});

async function ops(
  args: readonly string[],
  env: Readonly<Record<string, string>> = { DATABASE_URL_GATEWAY: database.url },
): Promise<string> {
  const lines: string[] = [];
  await createAppsCommand(() => undefined).run(args, {
    env,
    out: (text) => lines.push(text),
    err: () => undefined,
    interactive: false,
    signal: new AbortController().signal,
  });
  return lines.join('\n');
}

const registered = async (): Promise<{ readonly instanceId: string; readonly jkt: string }> => {
  const [proof, attested] = [makeSoftwareKey(), makeSoftwareKey()];
  const instanceId = await saveInstance(pool, {
    jkt: proof.thumbprint,
    platform: 'ios',
    version: '5.2.0',
    accountId: newId('usr'),
    key: {
      kind: 'accepted',
      keyId: attested.keyId,
      publicKey: attested.publicKey,
      appId: 'A1B2C3D4E5.example.app',
      environment: 'production',
      serialNumbers: [],
    },
  });
  return { instanceId, jkt: proof.thumbprint };
};

test('the oldest version that is served is set, and set again', async () => {
  for (const version of ['5.1.0', '5.2.0'])
    expect(await ops(['minimum', 'ios', version, '--url', 'https://store.example/app'])).toContain(version);
  const versions = createMinimumVersions(pool, logger);
  expect(await versions.check({ platform: 'ios', version: '5.1.9' })).toMatchObject({ kind: 'too_old', minimumVersion: '5.2.0' });
  expect(await versions.check({ platform: 'ios', version: '5.2.0' })).toEqual({ kind: 'served' });
  expect(await versions.check({ platform: 'android', version: '0.1.0' })).toEqual({ kind: 'served' });
});

test('an installation that is revoked is let in no more, and cannot be revoked again', async () => {
  const [one, other] = [await registered(), await registered()];
  expect(await ops(['revoke', one.instanceId])).toContain(one.instanceId);
  expect(await findLiveInstance(pool, one.jkt)).toBeNull();
  expect(await findLiveInstance(pool, other.jkt)).not.toBeNull();
  await expect(ops(['revoke', one.instanceId])).rejects.toThrow(CommandError);
});

test('the list says what is served and what was seen', async () => {
  const report = JSON.parse(await ops(['list', '--json'])) as { readonly instances: readonly object[] };
  expect(report.instances).toEqual([{ platform: 'ios', version: '5.2.0', environment: 'production', instances: expect.any(Number) }]);
  expect(await ops(['list'])).toContain('ios 5.2.0 (production)');
});

describe('certificates', () => {
  const listIn = async (name: string, value: unknown): Promise<string> => {
    const file = path.join(folder, name);
    await writeFile(file, typeof value === 'string' ? value : JSON.stringify(value));
    return file;
  };

  test('of a status list are trusted no more, and those of the list before are again', async () => {
    const first = await listIn('first.json', { entries: { '00C35747A084470c31': { status: 'REVOKED', reason: 'KEY_COMPROMISE' } } });
    expect(await ops(['revoked-certificates', first])).toBe('1 certificates are trusted no more.');
    expect(await isAnyRevoked(pool, ['1', 'c35747a084470c31'])).toBe(true);
    await ops(['revoked-certificates', await listIn('second.json', { entries: { abc: { status: 'SUSPENDED' } } })]);
    expect(await isAnyRevoked(pool, ['c35747a084470c31'])).toBe(false);
    expect(await isAnyRevoked(pool, ['abc'])).toBe(true);
  });

  test.each([
    ['no JSON', '<html>'],
    ['no list', { entries: [] }],
    ['nothing of a list', {}],
    ['a serial number that is none', { entries: { xyz: {} } }],
  ])('stay as they are for a file with %s', async (_name, value) => {
    await expect(ops(['revoked-certificates', await listIn('wrong.json', value)])).rejects.toThrow(CommandError);
    expect(await isAnyRevoked(pool, ['abc'])).toBe(true);
  });
});

test.each([
  [[]],
  [['there-is-none']],
  [['list', 'more']],
  [['minimum', 'web', '1.0.0', '--url', 'https://store.example']],
  [['minimum', 'ios', 'one', '--url', 'https://store.example']],
  [['minimum', 'ios', '1.0.0']],
  [['minimum', 'ios', '1.0.0', '--url', 'javascript:alert(1)']],
  [['minimum', 'ios', '1.0.0', 'more', '--url', 'https://store.example']],
  [['revoke', 'usr_1']],
  [['revoke', newId('ins'), 'more']],
  [['revoked-certificates']],
  [['list', '--url', 'https://store.example']],
  [['list', '--unknown']],
])('%j is not understood', (args) => expect(ops(args)).rejects.toThrow(UsageError));

test('without a stack or a database it says what to set', () => expect(ops(['list'], {})).rejects.toThrow(StackNotRunningError));
