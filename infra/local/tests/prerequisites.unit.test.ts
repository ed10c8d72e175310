import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ensure, find, installCommand, MissingPrerequisiteError, parseJavaVersion } from '@vitrine/local/prerequisites';
import type { System } from '@vitrine/local/prerequisites';
import { openProcessLedger } from '@vitrine/local/processes';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'vitrine-prerequisites-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function system(more: Partial<System> = {}): System {
  const distribution = ['ubuntu', 'debian'];
  return { platform: 'linux', distribution, root: false, searchPath: [folder], javaHomes: () => [], ...more };
}

function program(name: string, script: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

const options = (on: System) => ({
  system: on,
  cache: folder,
  logFile: path.join(folder, 'install.log'),
  ledger: openProcessLedger(path.join(folder, 'processes.json')),
  note: () => {},
});

test('the major version of Java is read in the old and the new form', () => {
  expect(parseJavaVersion('openjdk version "17.0.15" 2025-04-15')).toBe(17);
  expect(parseJavaVersion('openjdk version "21" 2023-09-19')).toBe(21);
  expect(parseJavaVersion('java version "1.8.0_402"')).toBe(8);
  expect(parseJavaVersion('Unable to locate a Java Runtime.')).toBe(0);
});

test('a Java that is too old, or no Java at all, counts as missing', () => {
  program('java', `echo 'openjdk version "11.0.2"' >&2`);
  expect(find('java', system())).toBeUndefined();
  program('java', 'echo no runtime >&2; exit 1');
  expect(find('java', system())).toBeUndefined();
  const java = program('java', `echo 'openjdk version "17.0.1"' >&2`);
  expect(find('java', system())).toBe(java);
});

test('a Valkey server will do for Redis', () => {
  const server = program('valkey-server', 'exit 0');
  expect(find('redis', system())).toBe(server);
});

test('the command that installs a program fits the system', () => {
  expect(installCommand('redis', system())).toBe('sudo apt-get install -y redis-server');
  expect(installCommand('java', system({ root: true }))).toBe('apt-get install -y openjdk-17-jre-headless');
  expect(installCommand('maven', system({ platform: 'darwin' }))).toBe('brew install maven');
});

test('a missing program is named with the command that installs it', async () => {
  const missing = ensure(['maven'], options(system()));
  await expect(missing).rejects.toThrow(MissingPrerequisiteError);
  await expect(missing).rejects.toThrow('Run: sudo apt-get install -y maven');
});

test('a missing Redis that cannot be fetched is named with the command that installs it', async () => {
  program('python3', 'exit 1');
  const missing = ensure(['redis'], options(system()));
  await expect(missing).rejects.toThrow('Run: sudo apt-get install -y redis-server');
});

test('programs that are there are found without installing anything', async () => {
  const maven = program('mvn', 'exit 0');
  const redis = program('redis-server', 'exit 0');
  program('apt-get', 'exit 1');
  expect(await ensure(['maven', 'redis'], options(system({ root: true })))).toEqual({ maven, redis });
});
