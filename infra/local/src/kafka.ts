/**
 * A single Kafka broker (KRaft mode, no ZooKeeper) of the stack's own. Topics are made by name only:
 * a misspelt topic is an error, not a new topic.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import kafkajs from 'kafkajs';
import type { Admin } from 'kafkajs';
import type { KafkaDistribution } from './kafka-distribution.ts';
import { loopback } from './ports.ts';
import { baseEnvironment, runCommand, startProcess, untilReady } from './processes.ts';
import type { Exit, ProcessLedger, RunningProcess } from './processes.ts';

export type KafkaOptions = {
  /** The data folder; made when missing. */
  readonly dir: string;
  readonly port: number;
  readonly controllerPort: number;
  readonly java: string;
  readonly distribution: KafkaDistribution;
  readonly logFile: string;
  readonly ledger: ProcessLedger;
  /** Write the class archive at an orderly end when there is none yet, which makes that end some seconds longer. */
  readonly recordClasses: boolean;
  /** Leave the processor to everything else. */
  readonly lowPriority?: boolean;
  readonly signal?: AbortSignal;
};

export type Kafka = {
  readonly brokers: readonly string[];
  readonly port: number;
  readonly pid: number;
  readonly process: RunningProcess;
  readonly stop: () => Promise<void>;
};

export type Topic = {
  readonly name: string;
  readonly partitions: number;
  /** Topic settings as Kafka names them, such as `retention.ms`. */
  readonly config?: Readonly<Record<string, string>>;
};

export async function startKafka(options: KafkaOptions): Promise<Kafka> {
  mkdirSync(options.dir, { recursive: true });
  const configFile = path.join(options.dir, 'kafka.properties');
  const logDir = path.join(options.dir, 'log');
  writeFileSync(configFile, properties(options, logDir));
  const [program, ...prefix] = options.lowPriority === true ? ['nice', '-n', '19', options.java] : [options.java];
  const command = {
    command: program,
    env: baseEnvironment(),
    logFile: options.logFile,
    ledger: options.ledger,
  };
  const jvm = [
    ...prefix,
    '-Xms64m',
    '-Xmx256m',
    '-XX:+UseSerialGC',
    // At fifty batches a second, compiling fully takes 0.08 s of processor time each second for minutes, and saves 0.01 s.
    '-XX:TieredStopAtLevel=1',
    '-Djava.awt.headless=true',
    '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
    '-Dorg.slf4j.simpleLogger.showDateTime=true',
  ];
  const classes = ['-cp', options.distribution.classPath];

  if (!existsSync(path.join(logDir, 'meta.properties'))) {
    rmSync(logDir, { recursive: true, force: true });
    const format = ['kafka.tools.StorageTool', 'format', '-t', clusterId(), '-c', configFile];
    const args = [...jvm, ...classes, ...format];
    await runCommand({ ...command, name: 'kafka-format', args }, options.signal);
  }
  const archive = classArchive(options);
  const running = await startProcess({
    ...command,
    name: 'kafka',
    args: [...jvm, ...archive.jvmArguments, ...classes, 'kafka.Kafka', configFile],
    stopTimeoutMs: 30_000,
  });
  void running.exited.then(archive.keep);
  const brokers = [`${loopback}:${options.port}`];
  await untilReady(running, () => answers(brokers), { timeoutMs: 90_000, signal: options.signal });
  return { brokers, port: options.port, pid: running.pid, process: running, stop: running.stop };
}

/** Makes the topics that are missing; existing ones keep their settings and messages. */
export async function createTopics(brokers: readonly string[], topics: readonly Topic[]): Promise<void> {
  await withAdmin(brokers, async (admin) => {
    const existing = new Set(await admin.listTopics());
    const missing = topics.filter((topic) => !existing.has(topic.name));
    if (missing.length === 0) return;
    await admin.createTopics({
      waitForLeaders: true,
      topics: missing.map(({ name, partitions, config = {} }) => ({
        topic: name,
        numPartitions: partitions,
        configEntries: Object.entries(config).map(([key, value]) => ({ name: key, value })),
      })),
    });
  });
}

async function withAdmin<T>(brokers: readonly string[], action: (admin: Admin) => Promise<T>): Promise<T> {
  const client = new kafkajs.Kafka({
    clientId: 'vitrine-local',
    brokers: [...brokers],
    connectionTimeout: 2_000,
    retry: { initialRetryTime: 50, retries: 3 },
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const admin = client.admin();
  try {
    await admin.connect();
    return await action(admin);
  } finally {
    await admin.disconnect();
  }
}

async function answers(brokers: readonly string[]): Promise<boolean> {
  if (!(await isListening(brokers))) return false;
  try {
    const cluster = await withAdmin(brokers, (admin) => admin.describeCluster());
    return cluster.brokers.length > 0;
  } catch {
    // It listens before it has registered itself with its controller.
    return false;
  }
}

/** Cheaper than a client while nothing listens yet. */
async function isListening(brokers: readonly string[]): Promise<boolean> {
  const [host, port] = (brokers[0] ?? '').split(':');
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Whether brokers already start from an archive of their loaded classes, in about half the time. */
export function hasClassArchive(distribution: KafkaDistribution): boolean {
  return existsSync(classArchiveFile(distribution));
}

function classArchiveFile(distribution: KafkaDistribution): string {
  return path.join(distribution.folder, 'broker.jsa');
}

function classArchive({ distribution, recordClasses }: KafkaOptions): {
  readonly jvmArguments: readonly string[];
  readonly keep: (exit: Exit) => void;
} {
  const archive = classArchiveFile(distribution);
  if (existsSync(archive)) {
    return { jvmArguments: [`-XX:SharedArchiveFile=${archive}`, '-Xlog:cds=off'], keep: () => {} };
  }
  if (!recordClasses) return { jvmArguments: [], keep: () => {} };
  const made = `${archive}.${randomBytes(4).toString('hex')}`;
  return {
    jvmArguments: [`-XX:ArchiveClassesAtExit=${made}`, '-Xlog:cds=off'],
    keep: ({ signal }) => {
      // A Java machine that was killed has written a part at most.
      if (signal !== null) rmSync(made, { force: true });
      else if (existsSync(made)) renameSync(made, archive);
    },
  };
}

function clusterId(): string {
  return randomBytes(16).toString('base64url').replace(/^-/, 'A');
}

function properties(options: KafkaOptions, logDir: string): string {
  const entries: Record<string, string | number> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@${loopback}:${options.controllerPort}`,
    listeners: `PLAINTEXT://${loopback}:${options.port},CONTROLLER://${loopback}:${options.controllerPort}`,
    'advertised.listeners': `PLAINTEXT://${loopback}:${options.port}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': logDir,
    'auto.create.topics.enable': 'false',
    'default.replication.factor': 1,
    'min.insync.replicas': 1,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 4,
    'group.initial.rebalance.delay.ms': 0,
    // A broker that was killed is waited for this long before its successor may register.
    'broker.session.timeout.ms': 3_000,
    'broker.heartbeat.interval.ms': 500,
    // The default does not fit the small heap.
    'log.cleaner.dedupe.buffer.size': 16_777_216,
    'log.cleaner.threads': 1,
    'num.network.threads': 2,
    'num.io.threads': 4,
  };
  return Object.entries(entries)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
