import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';

const root = path.resolve(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const readme = read('README.md');

/** Names of variables as a schema of the environment declares them, or as code reads them from it. */
const declared = (source: string): string[] => [
  ...[...source.matchAll(/^ {2}([A-Z][A-Z0-9_]+): /gm)].map(([, name]) => name ?? ''),
  ...[...source.matchAll(/\benv(?:ironment)?\[?\.?'?([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)/g)].map(([, name]) => name ?? ''),
];

test('every variable that a process reads is in the README', () => {
  const files = globSync(
    [
      'services/*/src/config.ts',
      'gateway/src/config.ts',
      'infra/runtime/src/config.ts',
      'infra/stripe-sandbox/src/*.ts',
      'infra/local/src/*.ts',
      'infra/ops/src/*.ts',
      'jest.config.ts',
    ],
    { cwd: root },
  );
  const names = new Set(files.flatMap((file) => declared(read(file))));
  expect(names.size).toBeGreaterThan(20);
  expect([...names].filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
});

test('every command of the README exists', () => {
  const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> };
  const commands = [...readme.matchAll(/npm run ([a-z][a-z:]*)/g)].map(([, name]) => name ?? '');
  expect(commands.length).toBeGreaterThan(3);
  expect(commands.filter((name) => !(name in scripts))).toEqual([]);
});

test('every path of the README exists', () => {
  const paths = [...readme.matchAll(/`((?:services|gateway|infra|tests)\/[A-Za-z0-9/_.-]+)`/g)].map(([, file]) => file ?? '');
  expect(paths.length).toBeGreaterThan(5);
  expect(paths.filter((file) => globSync(file.replace(/\/$/, ''), { cwd: root }).length === 0)).toEqual([]);
});
