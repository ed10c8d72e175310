import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { mutate, type Mutation } from './mutation.ts';
import { vaultMutations } from './vault.ts';
import { verdictOf, type JestReport } from './verdict.ts';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

test.each(vaultMutations.map((mutation) => [mutation.name, mutation] as const))('%s still has something to break', (_name, mutation) => {
  for (const [file, text] of mutate(mutation, read)) expect(text).not.toBe(read(file));
  expect(read(mutation.caughtBy.file)).toContain('test');
});

test('every mutation has a name of its own', () => {
  const names = vaultMutations.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test('a text that is gone, or is there twice, is a stale mutation, by its name', () => {
  const mutation: Mutation = {
    name: 'check-removed',
    edits: [{ file: 'a.ts', find: 'check();', replace: '' }],
    caughtBy: { file: 'a.test.ts', test: 'checks' },
  };
  expect(mutate(mutation, () => 'begin(); check();')).toEqual(new Map([['a.ts', 'begin(); ']]));
  expect(() => mutate(mutation, () => 'begin();')).toThrow('check-removed is stale');
  expect(() => mutate(mutation, () => 'check(); check();')).toThrow('occurs 2 times');
});

const reportOf = (changes: Partial<JestReport['testResults'][number]['assertionResults'][number]>, unloadable = 0): JestReport => ({
  numRuntimeErrorTestSuites: unloadable,
  testResults: [
    {
      name: 'a.test.ts',
      message: 'SyntaxError: what\n  at',
      assertionResults: [
        { fullName: 'a guard refuses', status: 'failed', failureMessages: ['Error: expect(received).toBe(expected)'], ...changes },
      ],
    },
  ],
});

test('a mutation is caught by a test that looked and saw it, by nothing else', () => {
  expect(verdictOf(reportOf({}), 'guard refuses')).toEqual({ kind: 'caught' });
  expect(verdictOf(reportOf({ failureMessages: ['thrown: "Exceeded timeout of 30000 ms for a test.'] }), 'guard')).toEqual({
    kind: 'caught',
  });
  expect(verdictOf(reportOf({ status: 'passed', failureMessages: [] }), 'guard')).toEqual({ kind: 'survived' });
  expect(verdictOf(reportOf({}, 1), 'guard')).toMatchObject({ kind: 'broken', why: expect.stringContaining('SyntaxError: what') });
  expect(verdictOf(reportOf({ failureMessages: ['thrown: "Exceeded timeout of 30000 ms for a hook.'] }), 'guard').kind).toBe('broken');
  expect(verdictOf(reportOf({ failureMessages: ['TypeError: x is not a function'] }), 'guard')).toMatchObject({
    kind: 'broken',
    why: 'TypeError: x is not a function',
  });
  expect(verdictOf(reportOf({}), 'another test')).toMatchObject({ kind: 'broken', why: expect.stringContaining('no such test') });
});
