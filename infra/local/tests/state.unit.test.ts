import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { identityOf, isSameProcess } from '@vitrine/local/process-identity';
import { openSecrets } from '@vitrine/local/secrets';
import { readJsonFile, tryLock, withLock, writeJsonFile } from '@vitrine/local/state';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'vitrine-state-'));
  file = path.join(folder, 'state.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The identity of a process that has ended. */
async function deadProcess() {
  const child = spawn('sleep', ['60']);
  const identity = identityOf(child.pid ?? 0);
  child.kill('SIGKILL');
  await once(child, 'exit');
  if (identity === undefined) throw new Error('the child had no identity');
  return identity;
}

test('a state file can be read by its owner only, also when it replaces an open one', () => {
  writeFileSync(file, '{}', { mode: 0o644 });
  writeJsonFile(file, { secret: 1 });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readJsonFile(file)).toEqual({ secret: 1 });
});

test('a missing file is no content, a broken one names itself', () => {
  expect(readJsonFile(file)).toBeUndefined();
  writeFileSync(file, '{"half":');
  expect(() => readJsonFile(file)).toThrow(file);
});

test('a secret is made once and found again', () => {
  const made = openSecrets(folder).get('vault');
  expect(openSecrets(folder).get('vault')).toBe(made);
  expect(openSecrets(folder).get('other')).not.toBe(made);
  expect(statSync(path.join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);
});

test('a lock has one holder until it is released', () => {
  const lock = tryLock(file);
  expect(tryLock(file)).toEqual({ heldBy: identityOf(process.pid) });
  if (!('release' in lock)) throw new Error('the first attempt did not get the lock');
  lock.release();
  expect(tryLock(file)).toHaveProperty('release');
});

test('a lock whose holder was killed can be taken', async () => {
  writeJsonFile(file, await deadProcess());
  expect(tryLock(file)).toHaveProperty('release');
});

test('a lock whose pid went to another process can be taken', () => {
  writeJsonFile(file, { pid: process.pid, startedAt: 'at another time' });
  expect(tryLock(file)).toHaveProperty('release');
});

test('actions under one lock do not overlap', async () => {
  let running = 0;
  let most = 0;
  const action = async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
  };
  await Promise.all([1, 2, 3].map(() => withLock(file, action)));
  expect(most).toBe(1);
});

test('a process that has ended is not taken for one that runs', async () => {
  const dead = await deadProcess();
  expect(isSameProcess(dead)).toBe(false);
  const own = identityOf(process.pid);
  expect(own !== undefined && isSameProcess(own)).toBe(true);
});
