import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { wantedPrograms } from '@vitrine/local/components';
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
  return { platform: 'linux', distribution, root: false, searchPath: [folder], javaHomes: () => [], goHomes: () => [], ...more };
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

test('a Go that is too old for the judge counts as missing; its own installer leaves it off the PATH', () => {
  program('go', 'echo go version go1.19.8 linux/amd64');
  expect(find('go', system())).toBeUndefined();
  const home = path.join(folder, 'home');
  mkdirSync(path.join(home, 'bin'), { recursive: true });
  const go = program('home/bin/go', 'echo go version go1.26.8 linux/amd64');
  expect(find('go', system({ goHomes: () => [home] }))).toBe(go);
});

test('a Python without pip is none', () => {
  program('python3', 'exit 1');
  expect(find('python', system())).toBeUndefined();
  const python = program('python3', 'echo pip 26');
  expect(find('python', system())).toBe(python);
});

test('a missing Go that cannot be fetched is named with the command that installs it', async () => {
  const missing = ensure(['go'], options(system()));
  await expect(missing).rejects.toThrow(/^Missing: Go 1\.22 or later .*\nRun: sudo apt-get install -y golang-go$/);
});

test('a Valkey server will do for Redis', () => {
  const server = program('valkey-server', 'exit 0');
  expect(find('redis', system())).toBe(server);
});

test.each<[string, Partial<System>, string | undefined]>([
  ['Ubuntu', {}, 'sudo apt-get install -y openjdk-17-jre-headless maven redis-server'],
  ['Debian as root', { distribution: ['debian'], root: true }, 'apt-get install -y openjdk-17-jre-headless maven redis-server'],
  ['macOS', { platform: 'darwin', distribution: [] }, 'brew install openjdk@17 maven redis'],
  ['Fedora', { distribution: ['fedora'] }, 'sudo dnf install -y java-21-openjdk-headless maven valkey'],
  ['Rocky Linux', { distribution: ['rocky', 'rhel', 'centos', 'fedora'] }, 'sudo dnf install -y java-21-openjdk-headless maven valkey'],
  ['Alpine as root', { distribution: ['alpine'], root: true }, 'apk add openjdk17-jre-headless maven valkey'],
  ['Arch', { distribution: ['arch'] }, 'sudo pacman -S --needed jdk17-openjdk maven valkey'],
  ['a system that is not known', { distribution: ['plan9'] }, undefined],
])('one command installs all that is missing on %s', (_, on, command) => {
  expect(installCommand(['java', 'maven', 'redis'], system(on))).toBe(command);
});

test('all that is missing is named at once, with one command for all of it', async () => {
  const missing = ensure(['java', 'maven', 'redis'], options(system()));
  await expect(missing).rejects.toThrow(MissingPrerequisiteError);
  await expect(missing).rejects.toThrow(
    'Missing: Java 17 or later (Kafka runs on it), Maven (it fetches the Kafka broker), a Redis or Valkey server.\n' +
      'Run: sudo apt-get install -y openjdk-17-jre-headless maven redis-server',
  );
});

test('what is there is not named as missing', async () => {
  program('redis-server', 'exit 0');
  program('java', `echo 'openjdk version "17.0.1"' >&2`);
  const missing = ensure(['java', 'maven', 'redis'], options(system()));
  await expect(missing).rejects.toMatchObject({ missing: ['maven'], message: expect.stringMatching(/install -y maven$/) });
});

test('on a system that is not known the missing programs are named without a command', async () => {
  const missing = ensure(['maven'], options(system({ distribution: [] })));
  await expect(missing).rejects.toThrow("Install what is missing with the system's package manager.");
});

test('a program is wanted only when its part is local, and Maven only while the broker is not there', () => {
  expect(wantedPrograms({}, folder)).toEqual(['java', 'maven', 'redis']);
  expect(wantedPrograms({ KAFKA_BROKERS: 'broker:9092' }, folder)).toEqual(['redis']);
  expect(wantedPrograms({ REDIS_URL: 'redis://elsewhere', KAFKA_BROKERS: '' }, folder)).toEqual(['java', 'maven']);
  expect(wantedPrograms({ REDIS_URL: 'redis://elsewhere', KAFKA_BROKERS: 'broker:9092' }, folder)).toEqual([]);
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
