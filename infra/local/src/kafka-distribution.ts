/**
 * The Kafka broker's jars, fetched once from Maven Central and kept until the versions below change.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { baseEnvironment, runCommand } from './processes.ts';
import type { ProcessLedger } from './processes.ts';
import { withLock } from './state.ts';

const pom = `<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>vitrine.local</groupId>
  <artifactId>kafka-broker</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>4.4.0</version>
    </dependency>
    <dependency>
      <groupId>org.slf4j</groupId>
      <artifactId>slf4j-simple</artifactId>
      <version>1.7.36</version>
    </dependency>
  </dependencies>
</project>
`;

const copyGoal = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';

// Takes a third off: more downloads at a time, and no optimizing of code that runs for seconds.
const fastDownload = '-Dmaven.artifact.threads=12 -XX:TieredStopAtLevel=1 -XX:+UseSerialGC';

export type KafkaDistribution = {
  readonly folder: string;
  /** Every jar, in a fixed order: a class data archive is valid for one class path only. */
  readonly classPath: string;
};

/** The folder in the cache for the current versions; its name changes with them. */
function distributionFolder(cache: string): string {
  const stamp = createHash('sha256').update(pom).digest('hex').slice(0, 12);
  return path.join(cache, `kafka-${stamp}`);
}

/** Whether the broker is there already: then Maven is not needed. */
export function hasKafkaDistribution(cache: string): boolean {
  return existsSync(distributionFolder(cache));
}

export async function kafkaDistribution(options: {
  readonly cache: string;
  /** The path of Maven; asked for only when there is something to download. */
  readonly maven: () => string;
  readonly java: string;
  readonly logFile: string;
  readonly ledger: ProcessLedger;
  readonly note: (line: string) => void;
  readonly signal?: AbortSignal;
}): Promise<KafkaDistribution> {
  const folder = distributionFolder(options.cache);
  if (!existsSync(folder)) {
    await withLock(
      `${folder}.lock`,
      async () => {
        if (existsSync(folder)) return;
        options.note('kafka: downloading the broker from Maven Central (43 MB, once)');
        await download(folder, options);
      },
      options.signal,
    );
  }
  const jars = readdirSync(path.join(folder, 'lib'))
    .filter((name) => name.endsWith('.jar'))
    .toSorted();
  return { folder, classPath: jars.map((name) => path.join(folder, 'lib', name)).join(':') };
}

async function download(folder: string, options: Parameters<typeof kafkaDistribution>[0]): Promise<void> {
  const temporary = `${folder}.new`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  writeFileSync(path.join(temporary, 'pom.xml'), pom);
  await runCommand(
    {
      name: 'maven',
      command: options.maven(),
      args: ['--batch-mode', '--quiet', '--no-transfer-progress', copyGoal, '-DincludeScope=runtime', '-DoutputDirectory=lib'],
      cwd: temporary,
      env: {
        ...baseEnvironment(),
        ...passedOn('MAVEN_ARGS', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'),
        // Java asks the user database for the home, where Maven keeps its downloads, and not HOME.
        MAVEN_OPTS: `${process.env['MAVEN_OPTS'] ?? ''} -Duser.home=${os.homedir()} ${fastDownload}`,
        JAVA_HOME: path.resolve(realpathSync(options.java), '..', '..'),
      },
      logFile: options.logFile,
      ledger: options.ledger,
    },
    options.signal,
  );
  renameSync(temporary, folder);
}

function passedOn(...names: readonly string[]): Record<string, string> {
  const entries = names.map((name) => [name, process.env[name]] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
