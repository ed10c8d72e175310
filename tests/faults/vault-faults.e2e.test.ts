import { spawn } from 'node:child_process';
import path from 'node:path';
import { expect, test } from '@jest/globals';

const main = path.join(import.meta.dirname, 'main.ts');

test('sixty random runs under faults and SIGKILLs leave the vault, the ledger and what callers were told in agreement', async () => {
  const child = spawn(process.execPath, ['--disable-warning=TimeoutNegativeWarning', main, 'vault', '--runs', '60', '--seed', '11'], {
    env: process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err]: [string[], string[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) process.stderr.write(err.join(''));
  const summary = JSON.parse(out.join('').trim().split('\n').at(-1) ?? '{}') as { readonly kills: number; readonly faults: number };
  expect(summary).toMatchObject({ suite: 'vault', runs: 60, seed: 11, passed: true, violations: [] });
  expect(summary.kills).toBeGreaterThan(0);
  expect(summary.faults).toBeGreaterThan(0);
  expect(code).toBe(0);
}, 300_000);
