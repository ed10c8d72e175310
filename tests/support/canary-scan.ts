/**
 * Looks for strings that must not be anywhere: in every table of every database, every message of every topic (key, value,
 * headers), every value in Redis, every log file; in the files of the three stores as they lie on disk; and, where a probe is
 * given, in the heap of every process. What pg_dump would write is what the tables hold, so they are read instead.
 */
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Redis } from 'ioredis';
import kafkajs from 'kafkajs';
import pg from 'pg';
import { openSecrets } from '@vitrine/local/secrets';
import type { StackState } from '@vitrine/local/stack';
import { hasOwnStores, scanStoreFiles } from './canary-files.ts';
import { createCanarySearch, type CanarySearch, type Finding } from './canary-search.ts';

/**
 * All findings.
 * @param scanHeaps looks through the heaps of the processes; they are left alone unless it is given
 */
export async function scanForCanaries(
  state: StackState,
  canaries: readonly string[],
  scanHeaps: (search: CanarySearch) => Promise<Finding[]> = async () => [],
): Promise<Finding[]> {
  const search = createCanarySearch(canaries);
  const adminUrl = hasOwnStores(state) ? adminUrlOf(state) : undefined;
  // Heaps first: a process may hold what it read last, and reading is what the rest does.
  const inHeaps = await scanHeaps(search);
  const found = await Promise.all([
    scanDatabases(state, adminUrl, search.inText),
    scanTopics(state, search.inText),
    scanRedis(state, search.inText),
    scanLogs(state, search.inText),
  ]);
  const inFiles = adminUrl === undefined ? [] : await scanStoreFiles(state, adminUrl, search);
  return [...inHeaps, ...found.flat(), ...inFiles];
}

type InText = CanarySearch['inText'];

/** Of PostgreSQL's superuser, who may read every schema. */
function adminUrlOf(state: StackState): string {
  const url = new URL(state.databaseUrls.catalog);
  url.username = 'postgres';
  url.password = openSecrets(state.root).get('postgres');
  url.pathname = '/postgres';
  return url.href;
}

/** Every table that there is; without a superuser those that the services' own roles own. */
async function scanDatabases(state: StackState, adminUrl: string | undefined, inText: InText): Promise<Finding[]> {
  const services = new Map(Object.entries(state.databaseUrls).map(([service, url]) => [new URL(url).pathname.slice(1), { service, url }]));
  const databases =
    adminUrl === undefined
      ? [...services.values()].map(({ service, url }) => ({ name: service, url }))
      : (await namesOfDatabases(adminUrl)).map((name) => {
          const url = new URL(adminUrl);
          url.pathname = `/${name}`;
          return { name: services.get(name)?.service ?? name, url: url.href };
        });
  const findings: Finding[] = [];
  for (const { name: database, url } of databases) {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      const tables = await client.query<{ name: string }>(
        `select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
      );
      for (const { name } of tables.rows) {
        const rows = await client.query<{ text: string }>(`select t::text as text from ${name} t`);
        findings.push(...rows.rows.flatMap(({ text }) => inText(`postgres ${database} ${name}`, text)));
      }
    } finally {
      await client.end();
    }
  }
  return findings;
}

async function namesOfDatabases(adminUrl: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>('select datname as name from pg_database where datallowconn');
    return rows.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

/** Reads every topic from its beginning to where it ended when the scan began. */
async function scanTopics(state: StackState, inText: InText): Promise<Finding[]> {
  const kafka = new kafkajs.Kafka({ clientId: 'scan', brokers: [...state.kafkaBrokers], logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const topics = (await admin.listTopics()).filter((topic) => !topic.startsWith('__'));
  const open = new Set<string>();
  const ends = new Map<string, bigint>();
  for (const topic of topics) {
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
      if (BigInt(high) === BigInt(low)) continue;
      open.add(`${topic} ${partition}`);
      ends.set(`${topic} ${partition}`, BigInt(high) - 1n);
    }
  }
  const findings: Finding[] = [];
  if (open.size > 0) {
    const groupId = `scan-${randomUUID()}`;
    const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 50 });
    await consumer.connect();
    await consumer.subscribe({ topics: [...new Set([...open].map((partition) => partition.split(' ')[0] ?? ''))], fromBeginning: true });
    const complete = Promise.withResolvers<void>();
    await consumer.run({
      eachMessage: async ({ topic, partition, message }) => {
        const headers = Object.entries(message.headers ?? {}).map(([name, value]) => `${name}: ${String(value)}`);
        findings.push(...inText(`kafka ${topic}`, [String(message.key), String(message.value), ...headers].join('\n')));
        const end = ends.get(`${topic} ${partition}`);
        if (end !== undefined && BigInt(message.offset) >= end) open.delete(`${topic} ${partition}`);
        if (open.size === 0) complete.resolve();
      },
    });
    await complete.promise;
    await consumer.disconnect();
    await admin.deleteGroups([groupId]);
  }
  await admin.disconnect();
  return findings;
}

async function scanRedis(state: StackState, inText: InText): Promise<Finding[]> {
  const redis = new Redis(state.redisUrl);
  const findings: Finding[] = [];
  try {
    for await (const keys of redis.scanStream({ count: 500 }) as AsyncIterable<string[]>) {
      for (const key of keys) {
        const dump = await redis.dumpBuffer(key);
        // Small collections are stored as they are; larger strings may be compressed, so values are read as well.
        const value = await readRedisValue(redis, key);
        findings.push(...inText(`redis ${key}`, `${key}\n${value}\n${dump?.toString('latin1') ?? ''}`));
      }
    }
  } finally {
    redis.disconnect();
  }
  return findings;
}

async function readRedisValue(redis: Redis, key: string): Promise<string> {
  switch (await redis.type(key)) {
    case 'string':
      return (await redis.get(key)) ?? '';
    case 'hash':
      return JSON.stringify(await redis.hgetall(key));
    case 'list':
      return JSON.stringify(await redis.lrange(key, 0, -1));
    case 'set':
      return JSON.stringify(await redis.smembers(key));
    case 'zset':
      return JSON.stringify(await redis.zrange(key, '0', '-1'));
    default:
      return '';
  }
}

async function scanLogs(state: StackState, inText: InText): Promise<Finding[]> {
  const files = await readdir(state.logFolder);
  const findings = await Promise.all(
    files.map(async (file) => inText(`log ${file}`, await readFile(path.join(state.logFolder, file), 'utf8'))),
  );
  return findings.flat();
}
