/**
 * PostgreSQL, Kafka and Redis of one stack, started in parallel. A URL in the environment replaces the
 * part that the stack would start itself.
 */
import path from 'node:path';
import { createKeysSchema, createServiceDatabases, databaseVariable, GivenDatabaseError, keysDatabaseVariable } from './databases.ts';
import { createTopics, startKafka } from './kafka.ts';
import type { Topic } from './kafka.ts';
import { recordBrokerClasses } from './kafka-classes.ts';
import { hasKafkaDistribution, kafkaDistribution } from './kafka-distribution.ts';
import type { Ports } from './ports.ts';
import { startPostgres } from './postgres.ts';
import { ensure, thisSystem } from './prerequisites.ts';
import type { Prerequisite } from './prerequisites.ts';
import type { ProcessLedger } from './processes.ts';
import type { Progress } from './progress.ts';
import { startRedis } from './redis.ts';
import type { Secrets } from './secrets.ts';
import { databaseOwners } from './service-names.ts';
import type { ProcessName } from './service-names.ts';
import type { StackFolders } from './state.ts';
import type { Supervisor } from './supervisor.ts';

export type ComponentOptions = {
  readonly folders: StackFolders;
  readonly ledger: ProcessLedger;
  readonly ports: Ports;
  readonly secrets: Secrets;
  readonly supervisor: Supervisor;
  readonly progress: Progress;
  readonly topics: readonly Topic[];
  readonly durable: boolean;
  /** Kafka and PostgreSQL as measurements want them. */
  readonly measured?: boolean;
  /** Where replacing URLs are looked up. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Breaks off the start; the start itself uses it when a part fails. */
  readonly cancel: AbortController;
};

export type Components = {
  readonly databaseUrls: Readonly<Record<ProcessName, string>>;
  /** Of payment-vault's database, with the role of the wrapped keys. */
  readonly keysDatabaseUrl: string;
  /** The local server's superuser; undefined when every database is given from outside. */
  readonly postgresAdminUrl: string | undefined;
  readonly kafkaBrokers: readonly string[];
  readonly redisUrl: string;
  /** Starts what makes later starts faster; call it when everything is ready. @returns how to break it off */
  readonly prepareNextStart: () => () => Promise<void>;
};

/** Paths of the programs that the local parts need. */
export type Programs = Partial<Readonly<Record<Prerequisite, string>>>;

/** What has to be on this machine for the parts that `env` does not replace. */
export function wantedPrograms(env: ComponentOptions['env'], cache: string): readonly Prerequisite[] {
  const forKafka: readonly Prerequisite[] = hasKafkaDistribution(cache) ? ['java'] : ['java', 'maven'];
  return [...(env['KAFKA_BROKERS'] ? [] : forKafka), ...(env['REDIS_URL'] ? [] : (['redis'] as const))];
}

/** Finds, or installs, all of them at once. @throws MissingPrerequisiteError that names every one that is missing */
export async function ensurePrograms(options: ComponentOptions): Promise<Programs> {
  return ensure(wantedPrograms(options.env, options.folders.cache), installation(options));
}

/** @param programs what `ensurePrograms` found; asked here when not given */
export async function startComponents(options: ComponentOptions, programs?: Programs): Promise<Components> {
  const found = programs ?? (await ensurePrograms(options));
  const [postgres, kafkaComponent, redisUrl] = await allOrNothing(options.cancel, [
    databases(options),
    kafka(options, found),
    redis(options, found),
  ]);
  return { ...postgres, ...kafkaComponent, redisUrl };
}

/**
 * When one fails the others are broken off, and waited for: nothing is still starting when the caller
 * cleans up.
 */
export async function allOrNothing<T extends readonly Promise<unknown>[]>(
  cancel: AbortController,
  promises: readonly [...T],
): Promise<{ -readonly [I in keyof T]: Awaited<T[I]> }> {
  const all = Promise.all(promises);
  all.catch((error: unknown) => cancel.abort(error));
  await Promise.allSettled(promises);
  return all;
}

async function databases(options: ComponentOptions): Promise<Pick<Components, 'databaseUrls' | 'keysDatabaseUrl' | 'postgresAdminUrl'>> {
  const { env, folders, ledger, ports, secrets, supervisor, progress, cancel } = options;
  const given = Object.fromEntries(
    databaseOwners.flatMap((service) => {
      const url = env[databaseVariable(service)];
      return url === undefined || url === '' ? [] : [[service, url]];
    }),
  ) as Partial<Record<ProcessName, string>>;
  const givenKeys = env[keysDatabaseVariable] || undefined;
  if ((given['payment-vault'] === undefined) !== (givenKeys === undefined)) throw new GivenDatabaseError();
  if (givenKeys !== undefined && databaseOwners.every((service) => given[service] !== undefined)) {
    progress.note('postgres: given by DATABASE_URL_…');
    return { databaseUrls: given as Record<ProcessName, string>, keysDatabaseUrl: givenKeys, postgresAdminUrl: undefined };
  }
  return progress.part(
    'postgres',
    async () => {
      const port = await ports.take('postgres');
      const start = () =>
        startPostgres({
          dir: path.join(folders.data, 'postgres'),
          port,
          password: secrets.get('postgres'),
          logFile: path.join(folders.logs, 'postgres.log'),
          ledger,
          durable: options.durable,
          countStatements: options.measured,
          note: progress.note,
          signal: cancel.signal,
        });
      const server = await supervisor.run('postgres', 'store', start);
      const local = await createServiceDatabases(server.url, (service) => secrets.get(`database:${service}`));
      const keysDatabaseUrl = await createKeysSchema(server.url, secrets.get('database:payment-vault-keys'));
      return { databaseUrls: { ...local, ...given }, keysDatabaseUrl: givenKeys ?? keysDatabaseUrl, postgresAdminUrl: server.url };
    },
    ({ postgresAdminUrl }) => new URL(postgresAdminUrl).host,
  );
}

async function kafka(options: ComponentOptions, programs: Programs): Promise<Pick<Components, 'kafkaBrokers' | 'prepareNextStart'>> {
  const { env, folders, ledger, ports, supervisor, progress, cancel } = options;
  const given = env['KAFKA_BROKERS'];
  if (given !== undefined && given !== '') {
    const brokers = given.split(',');
    await createTopics(brokers, options.topics);
    progress.note('kafka: given by KAFKA_BROKERS');
    return { kafkaBrokers: brokers, prepareNextStart: () => async () => {} };
  }
  return progress.part(
    'kafka',
    async () => {
      const java = pathOf('java', programs);
      const distribution = await kafkaDistribution({
        ...installation(options),
        java,
        maven: () => pathOf('maven', programs),
      });
      const port = await ports.take('kafka');
      const controllerPort = await ports.take('kafka-controller');
      const start = () =>
        startKafka({
          dir: path.join(folders.data, 'kafka'),
          port,
          controllerPort,
          java,
          distribution,
          logFile: path.join(folders.logs, 'kafka.log'),
          ledger,
          // Nobody waits for the end of a test run's broker as for that of Ctrl-C.
          recordClasses: !options.durable,
          signal: cancel.signal,
        });
      const { brokers } = await supervisor.run('kafka', 'store', start);
      await createTopics(brokers, options.topics);
      const prepareNextStart = () => recordBrokerClasses({ folders, ledger, ports, java, distribution, note: progress.note });
      return { kafkaBrokers: brokers, prepareNextStart };
    },
    ({ kafkaBrokers }) => kafkaBrokers.join(','),
  );
}

async function redis(options: ComponentOptions, programs: Programs): Promise<string> {
  const { env, folders, ledger, ports, secrets, supervisor, progress, cancel } = options;
  const given = env['REDIS_URL'];
  if (given !== undefined && given !== '') {
    progress.note('redis: given by REDIS_URL');
    return given;
  }
  return progress.part(
    'redis',
    async () => {
      const binary = pathOf('redis', programs);
      const port = await ports.take('redis');
      const start = () =>
        startRedis({
          dir: path.join(folders.data, 'redis'),
          port,
          password: secrets.get('redis'),
          binary,
          logFile: path.join(folders.logs, 'redis.log'),
          ledger,
          durable: options.durable,
          signal: cancel.signal,
        });
      return (await supervisor.run('redis', 'store', start)).url;
    },
    (url) => new URL(url).host,
  );
}

function pathOf(prerequisite: Prerequisite, programs: Programs): string {
  const file = programs[prerequisite];
  if (file === undefined) throw new Error(`nobody looked for ${prerequisite}`);
  return file;
}

function installation(options: ComponentOptions) {
  const { folders, ledger, progress, cancel } = options;
  return {
    system: thisSystem(),
    cache: folders.cache,
    logFile: path.join(folders.logs, 'install.log'),
    ledger,
    note: progress.note,
    signal: cancel.signal,
  };
}
