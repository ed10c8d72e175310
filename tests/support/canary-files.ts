/** The files of the stores as they lie on disk: PostgreSQL's data and write-ahead log, Kafka's segments decompressed, Redis's dump. */
import { existsSync, realpathSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { StackState } from '@vitrine/local/stack';
import type { CanarySearch, Finding } from './canary-search.ts';
import { recordsOfSegment } from './kafka-segment.ts';

/** Whether the stack runs stores of its own: only then their files are within reach. */
export const hasOwnStores = (state: StackState): boolean => existsSync(path.join(state.root, 'data', 'postgres'));

/** @param adminUrl a superuser's, for the checkpoint that writes everything out */
export async function scanStoreFiles(state: StackState, adminUrl: string, search: CanarySearch): Promise<Finding[]> {
  const [, redisFolder] = await Promise.all([writeOutPostgres(adminUrl), writeOutRedis(state)]);
  const found = await Promise.all([
    scanFolder(path.join(state.root, 'data', 'postgres'), (file, bytes) =>
      search.inBytes(file.includes('pg_wal/') ? 'postgres write-ahead log' : `postgres file ${file.replace(/^data\//, '')}`, bytes),
    ),
    scanFolder(path.join(state.root, 'data', 'kafka'), (file, bytes) => {
      if (!file.endsWith('.log')) return search.inBytes(`kafka file ${file}`, bytes);
      const place = `kafka segment ${path.basename(path.dirname(file))}`;
      return [...recordsOfSegment(bytes)].flatMap((records) => search.inBytes(place, records));
    }),
    scanFolder(redisFolder, (file, bytes) => search.inBytes(`redis file ${file}`, bytes)),
  ]);
  return found.flat();
}

async function writeOutPostgres(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query('CHECKPOINT');
  } finally {
    await client.end();
  }
}

/** Writes a dump with its strings as they are. @returns the folder that it and the append-only file are in */
async function writeOutRedis(state: StackState): Promise<string> {
  const redis = new Redis(state.redisUrl);
  try {
    await redis.config('SET', 'rdbcompression', 'no');
    await redis.save();
  } finally {
    redis.disconnect();
  }
  return path.join(state.root, 'data', 'redis');
}

/** Reads every file below a folder, one at a time: together they may be larger than the memory. */
async function scanFolder(folder: string, scan: (file: string, bytes: Buffer) => Finding[]): Promise<Finding[]> {
  const root = realpathSync(folder);
  const findings: Finding[] = [];
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    try {
      findings.push(...scan(path.relative(root, file), await readFile(file)));
    } catch (error) {
      // A server removes files while it runs; what was in them is in others.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return findings;
}
