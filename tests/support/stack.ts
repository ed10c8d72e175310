/**
 * PostgreSQL, Kafka and Redis for tests: containers where an engine answers, else local processes. No
 * other file of the tests knows which of the two it is.
 *
 * In an integration test (`*.int.test.ts`), run with `npm test -- <part of the file name>`:
 *
 *     const database = await createTestDatabase('checkout'); // migrated, empty, this file's own
 *     const topic = await createTestTopic('order', 3);       // a new name at each call
 *     const redisUrl = await createTestRedis();              // an empty database of its own
 *     const brokers = kafkaBrokers();                        // the system's real topics exist there, too
 *     afterAll(() => database.drop());                       // after your own pools have ended
 *
 * The import from a service is `../../../tests/support/stack.ts`.
 *
 * In an end-to-end test (`*.e2e.test.ts`), which has a whole Vitrine of its own:
 *
 *     let stack: RunningStack;
 *     beforeAll(async () => { stack = await startWholeStack(); }, wholeStackTimeoutMs);
 *     afterAll(() => stack.stop(), wholeStackTimeoutMs);
 *     await stack.kill('checkout', 'SIGKILL'); await stack.restart('checkout');
 *
 * Its logs stay below `.test/` when a test failed, until the next run.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import { startComponents } from '@vitrine/local/components';
import {
  createKeysSchema,
  createServiceDatabases,
  databaseName,
  databaseVariable,
  keysDatabaseVariable,
  openKeysSchema,
} from '@vitrine/local/databases';
import { createTopics } from '@vitrine/local/kafka';
import { loopback, openPorts } from '@vitrine/local/ports';
import { createProgress } from '@vitrine/local/progress';
import { password } from '@vitrine/local/secrets';
import { databaseOwners } from '@vitrine/local/service-names';
import type { ProcessName } from '@vitrine/local/service-names';
import { runStack } from '@vitrine/local/stack';
import type { RunningStack, StackOptions } from '@vitrine/local/stack';
import { claimStackFolder, endAbandonedStacks, removeStackFolder } from '@vitrine/local/stack-folder';
import { createSupervisor } from '@vitrine/local/supervisor';
import { deadLetterTopics, eventTopics } from '@vitrine/local/topics';
import { migrate } from '@vitrine/runtime/database';

const checkout = path.resolve(import.meta.dirname, '../..');
/** Folders of test runs. */
export const testRoot = path.join(checkout, '.test');
/** Downloads, kept from run to run. */
export const cache = path.join(checkout, '.local', 'cache');

/** How the test files of a run learn what `startSharedComponents` started. */
const connectionVariable = 'TEST_COMPONENTS';

type Connections = {
  /** Superuser. */
  readonly postgresUrl: string;
  /** Of each service's own role, without the test's database. */
  readonly serviceUrls: Readonly<Record<ProcessName, string>>;
  /** Of the role of payment-vault's wrapped keys, without the test's database. */
  readonly keysUrl: string;
  readonly kafkaBrokers: readonly string[];
  readonly redisUrl: string;
};

export type TestDatabase = {
  /** With the role of the process that it is for, which owns it. */
  readonly url: string;
  /** With the role of payment-vault's wrapped keys, which has rights in a database of payment-vault only. */
  readonly keysUrl: string;
  readonly name: string;
  /** Ends connections that are still open. */
  readonly drop: () => Promise<void>;
};

/** A migrated and otherwise empty database of a service, cloned from a template that is made once in a run. */
export async function createTestDatabase(service: ProcessName): Promise<TestDatabase> {
  const { postgresUrl, serviceUrls, keysUrl } = connections();
  const owner = databaseName(service);
  const name = uniqueName(owner).replaceAll('-', '_');
  await withAdmin(postgresUrl, async (admin) => {
    const template = await migratedTemplate(admin, service, serviceUrls[service]);
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template} OWNER ${owner}`);
    await admin.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
    // A clone has the schema of its template, but nobody's right to connect.
    if (service === 'payment-vault') await openKeysSchema(postgresUrl, name);
  });
  return {
    url: withPath(serviceUrls[service], name),
    keysUrl: withPath(keysUrl, name),
    name,
    drop: () =>
      withAdmin(postgresUrl, async (admin) => {
        await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      }),
  };
}

/** A database with nothing in it, for tests of what needs no service's tables. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  const { postgresUrl, keysUrl } = connections();
  const name = uniqueName('empty').replaceAll('-', '_');
  await withAdmin(postgresUrl, (admin) => admin.query(`CREATE DATABASE ${name}`));
  return {
    url: withPath(postgresUrl, name),
    keysUrl: withPath(keysUrl, name),
    name,
    drop: () =>
      withAdmin(postgresUrl, async (admin) => {
        await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      }),
  };
}

export function kafkaBrokers(): string[] {
  return [...connections().kafkaBrokers];
}

/** Makes a topic that no other test has. @returns its name, which begins with `base` */
export async function createTestTopic(base: string, partitions = 1): Promise<string> {
  const name = uniqueName(base);
  await createTopics(kafkaBrokers(), [{ name, partitions }]);
  return name;
}

/** The URL of an empty logical database of Redis that no other test file of the run gets. */
export async function createTestRedis(): Promise<string> {
  const { redisUrl } = connections();
  const client = new Redis(redisUrl);
  try {
    // Database 0 counts those that were given away.
    return withPath(redisUrl, String(await client.incr('databases-given')));
  } finally {
    client.disconnect();
  }
}

/** A name that no other test uses: a topic, a consumer group, a key prefix. */
export function uniqueName(base: string): string {
  return `${base}-${randomBytes(5).toString('hex')}`;
}

/** For the hooks that start and stop a whole stack, in milliseconds. */
export const wholeStackTimeoutMs = 180_000;

export type WholeStackOptions = Pick<StackOptions, 'durable' | 'logLevel' | 'nodeEnvironment' | 'serviceEnvironment'>;

/**
 * All processes of Vitrine with seeded data of their own, as `npm start` runs them; a part that ends by
 * itself is not started again.
 */
export async function startWholeStack(options: WholeStackOptions = {}): Promise<RunningStack> {
  const { seed } = await import('@vitrine/local/seed');
  const containers = (await hasContainerEngine()) ? await startContainers() : undefined;
  const lines: string[] = [];
  try {
    const stack = await runStack({
      root: path.join(testRoot, uniqueName('e2e')),
      durable: false,
      seed,
      env: containers === undefined ? {} : replacements(containers.connections),
      write: (text) => lines.push(text),
      onFailure: (error) => console.error(error.message),
      ...options,
    });
    return {
      ...stack,
      stop: async () => {
        await stack.stop();
        await containers?.stop();
      },
    };
  } catch (error) {
    await containers?.stop();
    throw new Error(`the stack could not be started:\n${lines.join('\n')}`, { cause: error });
  }
}

/** The variables that make a stack use these servers instead of its own. */
function replacements({ serviceUrls, keysUrl, kafkaBrokers: brokers, redisUrl }: Connections) {
  const databases = databaseOwners.map((service) => [databaseVariable(service), serviceUrls[service]]);
  return {
    ...Object.fromEntries(databases),
    [keysDatabaseVariable]: keysUrl,
    KAFKA_BROKERS: brokers.join(','),
    REDIS_URL: redisUrl,
  } satisfies Record<string, string>;
}

export type SharedComponents = { readonly stop: () => Promise<void> };

/**
 * Starts what the integration tests of one run share, and tells the processes that are started
 * afterwards. Data lies below `.test/` and is removed at the end.
 */
export async function startSharedComponents(write: (line: string) => void, signal?: AbortSignal): Promise<SharedComponents> {
  const started = (await hasContainerEngine()) ? await startContainers() : await startLocally(write, signal);
  process.env[connectionVariable] = JSON.stringify(started.connections);
  return { stop: started.stop };
}

/** Ends what runs below `.test/` and belongs to no test run that is alive. @param remove its files, too */
export async function endAbandonedRuns(remove: boolean): Promise<void> {
  mkdirSync(testRoot, { recursive: true });
  await endAbandonedStacks(testRoot, cache, remove);
}

type Started = { readonly connections: Connections; readonly stop: () => Promise<void> };

async function startLocally(write: (line: string) => void, signal: AbortSignal | undefined): Promise<Started> {
  const root = path.join(testRoot, uniqueName('run'));
  const claimed = await claimStackFolder(root, cache);
  const cancel = new AbortController();
  signal?.addEventListener('abort', () => cancel.abort(signal.reason));
  const supervisor = createSupervisor({
    signal: cancel.signal,
    report: write,
    restart: false,
    onFailure: (error) => write(error.message),
  });
  const stop = async () => {
    await supervisor.stop();
    claimed.release();
    await removeStackFolder(root, cache);
  };
  try {
    const components = await startComponents({
      ...claimed,
      supervisor,
      progress: createProgress(write, cancel.signal),
      topics: [...eventTopics, ...deadLetterTopics],
      durable: false,
      env: {},
      cancel,
    });
    const { postgresAdminUrl, databaseUrls, keysDatabaseUrl, kafkaBrokers: brokers, redisUrl } = components;
    if (postgresAdminUrl === undefined) throw new Error('no PostgreSQL of our own was started');
    const found = { postgresUrl: postgresAdminUrl, serviceUrls: databaseUrls, keysUrl: keysDatabaseUrl, redisUrl };
    return { connections: { ...found, kafkaBrokers: brokers }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function hasContainerEngine(): Promise<boolean> {
  const { getContainerRuntimeClient } = await import('testcontainers');
  try {
    await getContainerRuntimeClient();
    return true;
  } catch {
    // Rejects within milliseconds where no engine answers; there is nothing else to learn from it.
    return false;
  }
}

async function startContainers(): Promise<Started> {
  const { GenericContainer, Wait } = await import('testcontainers');
  const secret = password();
  const kafkaPort = await openPorts(testRoot).take('kafka-container');
  const [postgres, kafka, redis] = await Promise.all([
    new GenericContainer('postgres:18')
      .withEnvironment({ POSTGRES_PASSWORD: secret })
      .withCommand(['postgres', '-c', 'fsync=off', '-c', 'max_connections=200'])
      .withExposedPorts(5432)
      .withWaitStrategy(Wait.forLogMessage(/ready to accept connections/, 2))
      .start(),
    new GenericContainer('apache/kafka:4.4.0')
      // The broker tells clients its address: the port outside must be known before it starts.
      .withExposedPorts({ container: 9092, host: kafkaPort })
      .withEnvironment(kafkaContainerEnvironment(kafkaPort))
      .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
      .start(),
    new GenericContainer('redis:7')
      .withCommand(['redis-server', '--databases', '1024', '--save', ''])
      .withExposedPorts(6379)
      .withWaitStrategy(Wait.forLogMessage(/Ready to accept connections/))
      .start(),
  ]);
  const postgresUrl = `postgres://postgres:${secret}@${postgres.getHost()}:${postgres.getMappedPort(5432)}/postgres`;
  const brokers = [`${loopback}:${kafkaPort}`];
  await createTopics(brokers, [...eventTopics, ...deadLetterTopics]);
  return {
    connections: {
      postgresUrl,
      serviceUrls: await createServiceDatabases(postgresUrl, () => password()),
      keysUrl: await createKeysSchema(postgresUrl, password()),
      kafkaBrokers: brokers,
      redisUrl: `redis://${redis.getHost()}:${redis.getMappedPort(6379)}`,
    },
    stop: async () => {
      await Promise.all([postgres.stop(), kafka.stop(), redis.stop()]);
    },
  };
}

function kafkaContainerEnvironment(hostPort: number): Record<string, string> {
  return {
    KAFKA_NODE_ID: '1',
    KAFKA_PROCESS_ROLES: 'broker,controller',
    KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
    KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${loopback}:${hostPort}`,
    KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
    KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
  };
}

function connections(): Connections {
  const value = process.env[connectionVariable];
  if (value === undefined) {
    throw new Error('PostgreSQL, Kafka and Redis are not started: run the tests with `npm test`');
  }
  return JSON.parse(value) as Connections;
}

/** The name of the service's template, made by the first test file that asks. */
async function migratedTemplate(admin: pg.Client, service: ProcessName, serviceUrl: string): Promise<string> {
  const owner = databaseName(service);
  const template = `template_${owner}`;
  const unfinished = `${template}_unfinished`;
  await admin.query('SELECT pg_advisory_lock(hashtext($1))', [template]);
  try {
    const found = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [template]);
    if (found.rowCount === 1) return template;
    await admin.query(`DROP DATABASE IF EXISTS ${unfinished} WITH (FORCE)`);
    await admin.query(`CREATE DATABASE ${unfinished} OWNER ${owner}`);
    const directory = path.join(checkout, ...(service === 'gateway' ? ['gateway'] : ['services', service]), 'migrations');
    await migrate({ url: withPath(serviceUrl, unfinished), directory, runtimeTables: service !== 'gateway' });
    if (service === 'payment-vault') {
      const { postgresUrl, keysUrl } = connections();
      await openKeysSchema(postgresUrl, unfinished);
      await migrate({ url: withPath(keysUrl, unfinished), directory: `${directory}-keys`, schema: 'keys' });
    }
    await admin.query(`ALTER DATABASE ${unfinished} RENAME TO ${template}`);
    return template;
  } finally {
    await admin.query('SELECT pg_advisory_unlock(hashtext($1))', [template]);
  }
}

async function withAdmin<T>(url: string, action: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  try {
    return await action(admin);
  } finally {
    await admin.end();
  }
}

function withPath(url: string, pathname: string): string {
  const changed = new URL(url);
  changed.pathname = `/${pathname}`;
  return changed.href;
}
