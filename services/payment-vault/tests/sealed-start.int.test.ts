import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { identityHeader, parseIdentityKeys, signIdentity, type Actor } from '@vitrine/runtime/identity';
import { newId } from '@vitrine/runtime/ids';
import pg from 'pg';
import { createTestDatabase, kafkaBrokers, type TestDatabase } from '../../../tests/support/stack.ts';
import { createTestKeyFile } from './test-keys.ts';
import { buyer, until } from './vault.ts';

const checkout = path.resolve(import.meta.dirname, '../../..');
const identityKeys = ['gateway', 'checkout', 'ops']
  .map((from) => `${from}>payment-vault:test:${randomBytes(32).toString('base64')}`)
  .join(',');
const keys = parseIdentityKeys(identityKeys);

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await createTestDatabase('payment-vault');
  folder = await mkdtemp(path.join(os.tmpdir(), 'vault-sealed-'));
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

interface Ran {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  readonly output: () => string;
}

function node(script: string, args: readonly string[], env: Record<string, string>, input = ''): Ran {
  const child = spawn(process.execPath, ['--disable-warning=TimeoutNegativeWarning', path.join(checkout, script), ...args], {
    cwd: checkout,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  children.push(child);
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  child.stdin.end(input);
  return { child, exited: new Promise((resolve) => child.once('exit', resolve)), output: () => chunks.join('') };
}

const environment = (changes: Record<string, string>): Record<string, string> => ({
  PORT: '0',
  NODE_ENV: 'test',
  LOG_LEVEL: 'trace',
  IDENTITY_KEYS: identityKeys,
  DATABASE_URL: database.url,
  KEYS_DATABASE_URL: database.keysUrl,
  KAFKA_BROKERS: kafkaBrokers().join(','),
  STRIPE_SECRET_KEY: 'sk_test_sealed',
  STRIPE_PUBLISHABLE_KEY: 'pk_test_sealed',
  STRIPE_API_BASE: 'http://127.0.0.1:9',
  ...changes,
});
const vault = (changes: Record<string, string>): Ran => node('services/payment-vault/src/main.ts', [], environment(changes));

async function addressOf(ran: Ran): Promise<string> {
  const listening = /listening at (http:\/\/127\.0\.0\.1:\d+)/;
  await until(async () => listening.test(ran.output()) || ran.child.exitCode !== null, 60_000);
  const found = listening.exec(ran.output())?.[1];
  if (found === undefined) throw new Error(`the vault does not listen:\n${ran.output()}`);
  return found;
}

async function post(origin: string, from: string, actor: Actor, url: string, body: object): Promise<{ status: number; body: unknown }> {
  const identity = signIdentity(keys, { from, to: 'payment-vault', actor, requestId: randomUUID() });
  const response = await fetch(`${origin}${url}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [identityHeader]: identity },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

const ops = async (origin: string, args: readonly string[], input = '') => {
  const ran = node('infra/ops/src/main.ts', ['vault', ...args], { PAYMENT_VAULT_URL: origin, IDENTITY_KEYS: identityKeys }, input);
  const code = await ran.exited;
  return { code, output: ran.output() };
};

describe('a vault without both custodian halves', () => {
  const half = randomBytes(32).toString('base64');
  test.each([
    ['none', {}, { custodianHalf1: false, custodianHalf2: false }],
    ['the first only', { VAULT_CUSTODIAN_HALF_1: half }, { custodianHalf1: true, custodianHalf2: false }],
    [
      'a file that is not there',
      { VAULT_CUSTODIAN_HALF_2: half, VAULT_CUSTODIAN_HALF_1_FILE: '/nowhere/half' },
      { custodianHalf1: false, custodianHalf2: true },
    ],
  ])(
    'starts, says which is missing, and serves nothing: %s',
    async (_, given, checks) => {
      // No database is there: what is sealed does not need one.
      const nowhere = 'postgres://nobody@127.0.0.1:9/nothing';
      const running = vault({
        ...given,
        VAULT_KEY_FILE: path.join(folder, 'none.json'),
        DATABASE_URL: nowhere,
        KEYS_DATABASE_URL: nowhere,
      });
      const origin = await addressOf(running);
      const readiness = await fetch(`${origin}/readyz`);
      expect([readiness.status, await readiness.json()]).toEqual([503, { status: 'not ready', checks }]);
      expect((await fetch(`${origin}/livez`)).status).toBe(200);

      const sealed = {
        status: 503,
        body: {
          errors: [{ message: expect.stringMatching(/^The vault is sealed: custodian half [12]/), extensions: { code: 'UNAVAILABLE' } }],
        },
      };
      expect(await post(origin, 'gateway', buyer(newId('usr')), '/graphql', { query: '{ viewer { id } }' })).toMatchObject(sealed);
      for (const route of ['readiness', 'authorizations', 'captures', 'voids', 'refunds', 'master-key-rotations'])
        expect(await post(origin, 'checkout', { role: 'service' }, `/internal/${route}`, {})).toMatchObject(sealed);
      expect((await fetch(`${origin}/webhooks/stripe`, { method: 'POST' })).status).toBe(503);
      // Who has not signed learns nothing more than from an unsealed one, and only operators hand in halves.
      expect((await fetch(`${origin}/graphql`, { method: 'POST' })).status).toBe(401);
      expect((await post(origin, 'gateway', { role: 'service' }, '/internal/custodian-halves', { half: 1, value: half })).status).toBe(403);

      running.child.kill('SIGTERM');
      expect(await running.exited).toBe(0);
      expect(running.output()).not.toContain(half);
      expect(existsSync(path.join(folder, 'none.json'))).toBe(false);
    },
    90_000,
  );

  test('opens when operators hand them in, one each, and refuses a wrong one', async () => {
    const own = await mkdtemp(path.join(folder, 'opens-'));
    const { file, halves } = await createTestKeyFile(own);
    const [one, two] = [halves[0].toString('base64'), halves[1].toString('base64')];
    const wrong = randomBytes(32).toString('base64');
    const running = vault({ VAULT_KEY_FILE: file });
    const origin = await addressOf(running);

    expect(await ops(origin, ['unseal', '--half', '1'], 'not a half')).toMatchObject({
      code: 1,
      output: expect.stringContaining('refused'),
    });
    expect(await ops(origin, ['unseal', '--half', '1'], `${one}\n`)).toMatchObject({ code: 0, output: 'The half is taken; missing: 2.\n' });
    expect(await ops(origin, ['unseal', '--half', '2'], wrong)).toMatchObject({
      code: 1,
      output: expect.stringContaining('Still missing: 1 and 2'),
    });
    await ops(origin, ['unseal', '--half', '2'], two);
    expect(await ops(origin, ['unseal', '--half', '1'], one)).toMatchObject({ code: 0, output: 'The vault is unsealed.\n' });

    // On the same port.
    await until(async () => (await fetch(`${origin}/readyz`).catch(() => null))?.status === 200, 30_000);
    expect(await post(origin, 'gateway', buyer(newId('usr')), '/graphql', { query: '{ viewer { id } }' })).toMatchObject({ status: 200 });
    expect(await ops(origin, ['unseal', '--half', '1'], one)).toMatchObject({ code: 0 });

    const before = await readFile(file, 'utf8');
    const rotated = await ops(origin, ['rotate-master-key', '--json']);
    expect(rotated.code).toBe(0);
    expect(JSON.parse(rotated.output.trim().split('\n').at(-1) ?? '')).toMatchObject({
      made: true,
      failed: 0,
      retired: [expect.stringMatching(/^file-/)],
    });
    expect(await readFile(file, 'utf8')).not.toBe(before);
    expect((await post(origin, 'checkout', { role: 'service' }, '/internal/master-key-rotations', {})).status).toBe(403);

    running.child.kill('SIGTERM');
    expect(await running.exited).toBe(0);
    for (const secret of [one, two, wrong]) expect(running.output()).not.toContain(secret);
  }, 120_000);
});

describe('a vault with both halves', () => {
  const halves = { VAULT_CUSTODIAN_HALF_1: randomBytes(32).toString('base64'), VAULT_CUSTODIAN_HALF_2: randomBytes(32).toString('base64') };

  test('does not start when they do not open the key file, and says no more than that', async () => {
    const { file } = await createTestKeyFile(await mkdtemp(path.join(folder, 'wrong-')));
    const running = vault({ ...halves, VAULT_KEY_FILE: file });
    expect(await running.exited).toBe(1);
    expect(running.output()).toContain('These halves do not open the key file');
    expect(running.output()).not.toMatch(/\n\s+at /);
    for (const secret of Object.values(halves)) expect(running.output()).not.toContain(secret);
  }, 60_000);

  test('makes no key file in production; the command makes it, once', async () => {
    const file = path.join(folder, 'production.json');
    const production = { ...halves, VAULT_KEY_FILE: file, NODE_ENV: 'production' };
    const refused = vault(production);
    expect(await refused.exited).toBe(1);
    expect(refused.output()).toContain('create-key-file.ts');
    expect(existsSync(file)).toBe(false);

    const create = () => node('services/payment-vault/src/create-key-file.ts', [], production);
    const lacking = node('services/payment-vault/src/create-key-file.ts', [], { ...production, VAULT_CUSTODIAN_HALF_2: '' });
    expect([await lacking.exited, lacking.output()]).toEqual([1, expect.stringContaining('missing: 2')]);
    expect(await create().exited).toBe(0);
    const made = await readFile(file, 'utf8');
    const again = create();
    expect([await again.exited, again.output()]).toEqual([1, expect.stringContaining('already')]);
    expect(await readFile(file, 'utf8')).toBe(made);

    const running = vault(production);
    const origin = await addressOf(running);
    expect((await fetch(`${origin}/readyz`)).status).toBe(200);
  }, 90_000);

  test('never makes a new key file beside data keys that are wrapped already', async () => {
    const client = new pg.Client({ connectionString: database.keysUrl });
    await client.connect();
    await client.query(`insert into keys.master_keys (id) values ('file-lost') on conflict do nothing`);
    await client.query(
      `insert into keys.data_keys (owner_id, version, wrapped_key, master_key_id) values ('usr_lost', 1, '\\x01', 'file-lost')`,
    );
    const file = path.join(folder, 'lost.json');
    const halfFiles = [path.join(folder, 'half-1'), path.join(folder, 'half-2')];
    await Promise.all(halfFiles.map((name) => writeFile(name, `${randomBytes(32).toString('base64')}\n`)));
    const running = vault({
      VAULT_CUSTODIAN_HALF_1_FILE: halfFiles[0] ?? '',
      VAULT_CUSTODIAN_HALF_2_FILE: halfFiles[1] ?? '',
      VAULT_KEY_FILE: file,
    });
    expect(await running.exited).toBe(1);
    expect(running.output()).toContain('Put the file back');
    expect(existsSync(file)).toBe(false);
    await client.query(`delete from keys.data_keys where owner_id = 'usr_lost'`);
    await client.end();
  }, 60_000);
});
