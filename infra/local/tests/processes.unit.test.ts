import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { identityOf } from '@vitrine/local/process-identity';
import { endLeftovers, openProcessLedger, runCommand, startProcess, untilReady } from '@vitrine/local/processes';
import type { ProcessLedger, ProcessSpec, RunningProcess } from '@vitrine/local/processes';
import { writeJsonFile } from '@vitrine/local/state';

let folder: string;
let ledgerFile: string;
let ledger: ProcessLedger;
let running: RunningProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'vitrine-processes-'));
  ledgerFile = path.join(folder, 'processes.json');
  ledger = openProcessLedger(ledgerFile);
});
afterEach(async () => {
  await Promise.all(running.map((each) => each.kill('SIGKILL')));
  running = [];
  rmSync(folder, { recursive: true });
});

function shell(script: string, more: Partial<ProcessSpec> = {}): ProcessSpec {
  const env = { PATH: process.env['PATH'] ?? '' };
  const logFile = path.join(folder, 'shell.log');
  return { name: 'shell', command: 'sh', args: ['-c', script], env, logFile, ledger, ...more };
}

const log = (running: RunningProcess) => readFileSync(running.logFile, 'utf8');

async function start(script: string, more?: Partial<ProcessSpec>): Promise<RunningProcess> {
  const child = await startProcess(shell(script, more));
  running.push(child);
  return child;
}

/** Starts a shell and waits until it has said `up`. */
async function started(script: string, more?: Partial<ProcessSpec>): Promise<RunningProcess> {
  const child = await start(script, more);
  await untilReady(child, async () => log(child).includes('up'), { timeoutMs: 10_000 });
  return child;
}

test('a process may end in its own way when it is stopped', async () => {
  const child = await started(`trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.01; done`);
  await child.stop();
  expect(await child.exited).toEqual({ code: 0, signal: null });
  expect(log(child)).toContain('bye');
});

test('a process that does not stop in time is killed', async () => {
  const child = await started(`trap '' TERM; echo up; while :; do sleep 0.01; done`, {
    stopTimeoutMs: 100,
  });
  await child.stop();
  expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' });
  expect(identityOf(child.pid)).toBeUndefined();
});

test('a process gets the environment that it is given and nothing of ours', async () => {
  process.env['TEST_SECRET'] = 'do not pass on';
  const child = await started('env; echo up', { env: { PATH: process.env['PATH'] ?? '', GIVEN: 'yes' } });
  delete process.env['TEST_SECRET'];
  expect(log(child)).toContain('GIVEN=yes');
  expect(log(child)).not.toContain('TEST_SECRET');
});

test('waiting for a process that ends shows the end of its log', async () => {
  const child = await start('echo the disk is full; exit 7');
  const ready = untilReady(child, async () => false, { timeoutMs: 10_000 });
  await expect(ready).rejects.toThrow(/exit code 7[^]*the disk is full/);
});

test('a process that is not ready in time is stopped', async () => {
  const child = await start('sleep 60');
  await expect(untilReady(child, async () => false, { timeoutMs: 50 })).rejects.toThrow('50 ms');
  expect(identityOf(child.pid)).toBeUndefined();
});

test('a failing command is an error with its output', async () => {
  await expect(runCommand(shell('echo no such jar; exit 1'))).rejects.toThrow('no such jar');
});

test('a command can be broken off', async () => {
  const breaking = new AbortController();
  const command = runCommand(shell('sleep 60'), breaking.signal);
  breaking.abort(new Error('enough'));
  await expect(command).rejects.toThrow('enough');
});

test('what a killed starter left is found and ended', async () => {
  const child = await started('echo up; sleep 60');
  expect(await endLeftovers(ledgerFile)).toEqual(['shell']);
  expect(identityOf(child.pid)).toBeUndefined();
  expect(await endLeftovers(ledgerFile)).toEqual([]);
});

test('a process that got the pid of a leftover is not touched', async () => {
  const child = await started('echo up; sleep 60');
  const entry = { name: 'shell', pid: child.pid, startedAt: 'at another time' };
  writeJsonFile(ledgerFile, [entry]);
  expect(await endLeftovers(ledgerFile)).toEqual([]);
  expect(identityOf(child.pid)).toBeDefined();
});

test('a process that has ended is no longer written down', async () => {
  const child = await started('echo up');
  await child.exited;
  await delay(0);
  expect(JSON.parse(readFileSync(ledgerFile, 'utf8'))).toEqual([]);
});
