import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { PortInUseError } from '@vitrine/local/ports';
import { MissingPrerequisiteError, thisSystem } from '@vitrine/local/prerequisites';
import { explainFailure } from '@vitrine/local/start-failure';
import { readFlags, UsageError } from '@vitrine/local/start-flags';
import { StripeAccountError } from '@vitrine/local/stripe-account';

const source = path.resolve(import.meta.dirname, '../src');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'vitrine-start-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('the flags of the command line are read', () => {
  expect(readFlags([])).toEqual({ fresh: false, gatewayPort: undefined });
  expect(readFlags(['--fresh', '--port', '4000'])).toEqual({ fresh: true, gatewayPort: 4000 });
});

test.each([['--port', '0'], ['--port', '65536'], ['--port', 'http'], ['--port'], ['--frsh'], ['fresh']])(
  'a command line that cannot be read is refused: %s %s',
  (...args) => {
    expect(() => readFlags(args)).toThrow(UsageError);
  },
);

test('a misspelt flag is answered by what is wrong and the usage, and nothing else', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(source, 'start.ts'), '--frsh'], { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stdout).toBe('');
  expect(stderr.trim().split('\n')).toEqual(["Unknown option '--frsh'", 'Usage: npm start -- [--fresh] [--port <port>]']);
});

test.each([
  new PortInUseError('port 4000 for gateway is in use'),
  new StripeAccountError('one key is missing'),
  new MissingPrerequisiteError(['java'], thisSystem()),
])('what the user can set right is told without a stack trace: $name', (error) => {
  expect(explainFailure(error)).toContain(error.message);
  expect(explainFailure(error)).not.toMatch(/^\s+at /m);
});

test('a port that is in use is answered by the flag that chooses another', () => {
  expect(explainFailure(new PortInUseError('port 4000 for gateway is in use'))).toContain('npm start -- --port <port>');
});

test('a bug is told with its stack trace', () => {
  expect(explainFailure(new TypeError('broken'))).toMatch(/^TypeError: broken\n\s+at /);
});

test.each([
  ['no docker', undefined],
  ['docker without Compose', '[ "$1" != compose ]'],
  ['no engine behind docker', '[ "$1 $2" = "compose version" ]'],
])('npm run compose names the way without an engine: %s', (_, script) => {
  if (script !== undefined) {
    const docker = path.join(folder, 'docker');
    writeFileSync(docker, `#!/bin/sh\n${script}\n`);
    chmodSync(docker, 0o755);
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(source, 'compose.ts')], {
    encoding: 'utf8',
    env: { PATH: folder },
  });
  expect(status).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toBe('no container engine with Compose answers here: use `npm start`, which needs none\n');
});
