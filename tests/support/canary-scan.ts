/**
 * Looks for strings that must not be anywhere: in every table of every service, every message of every topic (key,
 * value, headers), every value in Redis and every log file. Bytes are searched as text, hexadecimal and Base64.
 */
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Redis } from 'ioredis';
import kafkajs from 'kafkajs';
import pg from 'pg';
import type { StackState } from '@vitrine/local/stack';

/** Where a canary was found: `postgres catalog.products`, `kafka checkout.order.v1`, `redis timeline:…`, `log catalog.log`. */
export type Finding = { readonly place: string; readonly canary: string };

/** Every form in which a canary could lie somewhere, in lower case. */
const formsOf = (canary: string): string[] => {
  const bytes = Buffer.from(canary);
  const base64 = [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .slice(offset === 0 ? 0 : 4)
      .replace(/=+$/, '')
      .slice(0, -1),
  );
  return [canary, bytes.toString('hex'), ...base64.filter((form) => form.length >= 12)].map((form) => form.toLowerCase());
};

/** All findings; none is the promise. */
export async function scanForCanaries(state: StackState, canaries: readonly string[]): Promise<Finding[]> {
  const forms = canaries.map((canary) => ({ canary, forms: formsOf(canary) }));
  const inText = (place: string, text: string): Finding[] => {
    const lower = text.toLowerCase();
    return forms.filter((candidate) => candidate.forms.some((form) => lower.includes(form))).map(({ canary }) => ({ place, canary }));
  };
  const found = await Promise.all([
    scanDatabases(state, inText),
    scanTopics(state, inText),
    scanRedis(state, inText),
    scanLogs(state, inText),
  ]);
  return found.flat();
}

type InText = (place: string, text: string) => Finding[];

async function scanDatabases(state: StackState, inText: InText): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [service, url] of Object.entries(state.databaseUrls)) {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      const tables = await client.query<{ name: string }>(
        `select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
      );
      for (const { name } of tables.rows) {
        const rows = await client.query<{ text: string }>(`select t::text as text from ${name} t`);
        findings.push(...rows.rows.flatMap(({ text }) => inText(`postgres ${service} ${name}`, text)));
      }
    } finally {
      await client.end();
    }
  }
  return findings;
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
