import { spawn } from 'node:child_process';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { callNames, crashRounds, nameOf, representativeRounds } from './crash-points.ts';

test('checkout is killed before and after every call that a purchase makes', () => {
  const places = crashRounds.flatMap(({ points }) => points.map(({ place }) => place));
  for (const call of callNames)
    for (const moment of ['before', 'after'] as const) expect(places).toContainEqual({ kind: 'call', call, moment });
  const names = crashRounds.flatMap(({ points }) => points.map(nameOf));
  expect(new Set(names).size).toBe(names.length);
});

test('killed at a call or at a commit, checkout ends every purchase after its restart: placed and paid once, or not at all', async () => {
  const main = path.join(import.meta.dirname, 'main.ts');
  const child = spawn(
    process.execPath,
    ['--disable-warning=TimeoutNegativeWarning', main, '--rounds', 'representative', '--seconds', '15', '--seed', '5'],
    { env: process.env, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const [out, err]: [string[], string[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) process.stderr.write(err.join(''));
  const summary = JSON.parse(out.join('').trim().split('\n').at(-1) ?? '{}') as Readonly<Record<'points' | 'kills' | 'runs', number>>;
  expect(summary).toMatchObject({ suite: 'crash', passed: true, violations: [] });
  expect(summary.points).toBe(representativeRounds.flatMap(({ points }) => points).length);
  expect(summary.kills).toBeGreaterThan(representativeRounds.length);
  expect(summary.runs).toBeGreaterThan(0);
  expect(code).toBe(0);
}, 600_000);
