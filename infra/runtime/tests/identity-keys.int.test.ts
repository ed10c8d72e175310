import { randomBytes } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { identityKeySource, openIdentityKeys } from '../src/identity-keys.ts';
import { createInternalClient, signIdentity, type IdentityKeys } from '../src/identity.ts';
import { createServer } from '../src/server.ts';
import { createLogger } from '../src/telemetry.ts';
import { until } from '../../../tests/support/until.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'identity-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));

const pair = 'checkout>catalog';
const pollMs = 20;
const silent = createLogger({ name: 'test', level: 'silent' });
const secretOf = (): string => randomBytes(32).toString('base64');
const keyIds = (keys: IdentityKeys): string[] => (keys.get(pair) ?? []).map(({ keyId }) => keyId);

let end: AbortController;
beforeEach(() => {
  end = new AbortController();
});
afterEach(() => end.abort());

const fileOf = (name: string) => path.join(folder, name);
function write(name: string, content: string): void {
  writeFileSync(fileOf(`${name}.next`), content);
  renameSync(fileOf(`${name}.next`), fileOf(name));
}
const open = (name: string, logger = silent) => openIdentityKeys({ file: fileOf(name) }, { logger, pollMs, signal: end.signal });

describe('a rotation', () => {
  const [before, after] = [`${pair}:old:${secretOf()}`, `${pair}:new:${secretOf()}`];
  /** The three steps, each for both processes, one after the other. */
  const steps = [`${before},${after}`, `${after}\n${before}\n`, after];

  test('loses no call while both processes go through its three steps', async () => {
    for (const name of ['caller', 'called']) write(name, before);
    const [callers, called] = [open('caller'), open('called')];
    const server = createServer({ name: 'catalog', logger: silent, identityKeys: called, readiness: {} });
    server.post('/internal/offers', async () => ({ done: true }));
    await server.listen({ port: 0, host: '127.0.0.1' });
    const { port } = server.server.address() as AddressInfo;
    const client = createInternalClient({ keys: callers, from: 'checkout', to: 'catalog', baseUrl: `http://127.0.0.1:${port}` });

    let rotating = true;
    let calls = 0;
    const calling = (async () => {
      for (; rotating; calls += 1) await client.post('/internal/offers', {}, { requestId: 'r', timeoutMs: 5_000 });
    })();
    for (const step of steps)
      for (const [name, keys] of [
        ['called', called],
        ['caller', callers],
      ] as const) {
        write(name, step);
        const wanted = step.match(/old|new/g)?.join();
        await until(`the keys of ${name}`, async () => (keyIds(keys).join() === wanted ? true : undefined));
        const seen = calls;
        await until('further calls', async () => (calls > seen + 3 ? true : undefined));
      }
    rotating = false;
    // Rejects when one call was not answered with 200.
    await calling;
    expect(keyIds(callers)).toEqual(['new']);
    expect(keyIds(called)).toEqual(['new']);
    await client.close();
    await server.close();
  });

  test('that leaves out the first step would lose calls', async () => {
    write('caller', after);
    write('called', before);
    const server = createServer({ name: 'catalog', logger: silent, identityKeys: open('called'), readiness: {} });
    const identity = signIdentity(open('caller'), { from: 'checkout', to: 'catalog', actor: { role: 'service' }, requestId: 'r' });
    const { statusCode } = await server.inject({ method: 'POST', url: '/internal/offers', headers: { 'x-vitrine-identity': identity } });
    expect(statusCode).toBe(401);
    await server.close();
  });
});

describe('a file that does not fit', () => {
  const secret = secretOf();
  const good = `${pair}:one:${secret},gateway>catalog:one:${secretOf()}`;

  test.each([
    ['is gone', null, 'ENOENT'],
    ['is empty', '', 'not of the form'],
    ['is cut off within a key', `${pair}:one:${secret.slice(0, 20)}`, 'fewer than 32 bytes'],
    ['has lost a pair', `${pair}:two:${secretOf()}`, 'gateway>catalog'],
    ['gives two keys one name', `${good},${pair}:one:${secretOf()}`, 'two keys called one'],
  ])('because it %s is refused with one line, the keys before it go on, and the next good one is taken', async (_, content, reason) => {
    const lines: string[] = [];
    const logger = pino({}, new Writable({ write: (line, _encoding, done) => (lines.push(String(line)), done()) }));
    write('keys', good);
    const keys = open('keys', logger);
    if (content === null) rmSync(fileOf('keys'));
    else write('keys', content);
    await until('the line', async () => (lines.some((line) => line.includes(reason)) ? true : undefined));
    expect(keyIds(keys)).toEqual(['one']);
    expect(keys.size).toBe(2);

    write('keys', `${pair}:two:${secretOf()},${good}`);
    await until('the good file', async () => (keyIds(keys).join() === 'two,one' ? true : undefined));
    expect(lines.filter((line) => line.includes('refused'))).toHaveLength(1);
    expect(lines.join()).not.toContain(secret.slice(0, 20));
  });

  test('at the start lets no process start', () => {
    expect(() => openIdentityKeys({ file: fileOf('none') }, { logger: silent })).toThrow(
      'IDENTITY_KEYS_FILE: the file cannot be read (ENOENT)',
    );
  });
});

test.each([
  [{}, 'not set'],
  [{ IDENTITY_KEYS: `${pair}:one:${secretOf()}`, IDENTITY_KEYS_FILE: '/keys' }, 'both set'],
])('exactly one of the variables is set', (given, message) => {
  expect(() => identityKeySource(given)).toThrow(message);
});
