import { spawn } from 'node:child_process';
import path from 'node:path';
import { expect, test } from '@jest/globals';

const main = path.join(import.meta.dirname, 'main.ts');

interface Summary {
  readonly orders: number;
  readonly faults: Readonly<Record<string, number>>;
}

test('eighty buyers under faults of the stores, of the processes and of Stripe leave orders, money, stock and events in agreement', async () => {
  const args = ['checkout', '--runs', '80', '--seed', '3', '--concurrency', '12', '--short'];
  const child = spawn(process.execPath, ['--disable-warning=TimeoutNegativeWarning', main, ...args], {
    env: process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err]: [string[], string[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) process.stderr.write(err.join(''));
  const summary = JSON.parse(out.join('').trim().split('\n').at(-1) ?? '{}') as Summary;
  expect(summary).toMatchObject({ suite: 'checkout', runs: 80, seed: 3, passed: true, violations: [] });
  expect(summary.orders).toBeGreaterThan(0);
  expect(Object.values(summary.faults).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
  expect(code).toBe(0);
}, 600_000);
