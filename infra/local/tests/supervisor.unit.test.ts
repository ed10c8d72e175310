import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { identityOf } from '@vitrine/local/process-identity';
import { openProcessLedger, startProcess } from '@vitrine/local/processes';
import type { ProcessLedger, RunningProcess } from '@vitrine/local/processes';
import { createSupervisor } from '@vitrine/local/supervisor';
import type { Supervisor } from '@vitrine/local/supervisor';

let folder: string;
let ledger: ProcessLedger;
let reports: string[];
let ended: string[];
let running: RunningProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'vitrine-supervisor-'));
  ledger = openProcessLedger(path.join(folder, 'processes.json'));
  reports = [];
  ended = [];
});
afterEach(async () => {
  await Promise.all(running.map((each) => each.kill('SIGKILL')));
  running = [];
  rmSync(folder, { recursive: true });
});

function supervise(restart: boolean): { supervisor: Supervisor; failure: Promise<Error> } {
  const { promise: failure, resolve: onFailure } = Promise.withResolvers<Error>();
  const { signal } = new AbortController();
  const report = (text: string) => void reports.push(text);
  const options = { report, restart, restartDelayMs: 10, onFailure, signal };
  return { supervisor: createSupervisor(options), failure };
}

function part(name: string, script = 'sleep 60') {
  return async () => {
    const child = await startProcess({
      name,
      command: 'sh',
      args: ['-c', script],
      env: { PATH: process.env['PATH'] ?? '' },
      logFile: path.join(folder, `${name}.log`),
      ledger,
    });
    running.push(child);
    void child.exited.then(() => ended.push(name));
    return { process: child };
  };
}

test('parts stop in the reverse order of their stages, whatever order they started in', async () => {
  const { supervisor } = supervise(false);
  await supervisor.run('gateway', 'gateway', part('gateway'));
  await supervisor.run('postgres', 'store', part('postgres'));
  await supervisor.run('checkout', 'service', part('checkout'));
  await supervisor.run('sandbox', 'outside', part('sandbox'));
  await supervisor.stop();
  expect(ended).toEqual(['gateway', 'checkout', 'sandbox', 'postgres']);
  expect(reports).toEqual([]);
});

test('a part that ends by itself is reported with the end of its log', async () => {
  const { supervisor, failure } = supervise(false);
  await supervisor.run('checkout', 'service', part('checkout', 'echo out of memory; exit 3'));
  expect((await failure).message).toContain('checkout');
  expect(reports.join('\n')).toMatch(/checkout ended by itself \(exit code 3\)[^]*out of memory/);
});

test('a part that ends by itself is started again', async () => {
  const { supervisor } = supervise(true);
  const { process: first } = await supervisor.run('checkout', 'service', part('checkout'));
  process.kill(first.pid, 'SIGKILL');
  while (supervisor.pids()['checkout'] === first.pid) await new Promise((r) => setTimeout(r, 20));
  expect(identityOf(supervisor.pids()['checkout'] ?? 0)).toBeDefined();
  await supervisor.stop();
});

test('a part that was killed on purpose stays ended until it is started again', async () => {
  const { supervisor } = supervise(true);
  await supervisor.run('checkout', 'service', part('checkout'));
  expect(await supervisor.kill('checkout', 'SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
  expect(reports).toEqual([]);
  await supervisor.restart('checkout');
  expect(identityOf(supervisor.pids()['checkout'] ?? 0)).toBeDefined();
  await supervisor.stop();
});

test('a part that keeps ending is given up', async () => {
  const { supervisor, failure } = supervise(true);
  await supervisor.run('checkout', 'service', part('checkout', 'exit 1'));
  expect((await failure).message).toMatch(/checkout ended by itself 6 times/);
});
