/**
 * Memory of Vitrine's gateway while it refuses operations, no two of them the same: half name an id that is in no list, half are texts
 * with a field that is not there. Whatever it keeps of one of them shows after 100,000.
 */
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Pool } from 'undici';
import { until } from '../support/until.ts';
import { startContestant } from './gateway-contestants.ts';
import type { RefusalMemory } from './gateway-summary.ts';
import type { Surroundings } from './gateway-surroundings.ts';
import type { MemoryReading } from './memory-probe.ts';
import { rounded } from './statistics.ts';

/** Looked at after each; caches that are bounded are full by the first. */
const looksAfter = [20_000, 40_000, 60_000, 80_000, 100_000];
const clients = 32;
const mebibyte = 1_048_576;

/** @throws Error when an operation is not refused */
export async function measureRefusals(around: Surroundings, signal: AbortSignal): Promise<RefusalMemory> {
  const file = path.join(around.claimed.folders.data, 'memory.json');
  const preload = pathToFileURL(path.join(import.meta.dirname, 'memory-probe.ts')).href;
  const gateway = await startContestant('vitrine', {
    around,
    clients,
    signal,
    env: { NODE_OPTIONS: `--import=${preload}`, MEMORY_FILE: file },
  });
  const { origin, pathname } = new URL(gateway.url);
  const pool = new Pool(origin, { connections: clients, pipelining: 1 });
  try {
    const sample = (await gateway.each('read')).next(0);
    if (sample === undefined) throw new Error('there is no request to take the headers from');
    // Other media types answer 200 whatever becomes of an operation.
    const headers = { ...sample.headers, accept: 'application/graphql-response+json' };
    let sent = 0;
    const client = async (upTo: number): Promise<void> => {
      while (sent < upTo) {
        signal.throwIfAborted();
        const number = sent;
        sent += 1;
        const { statusCode, body } = await pool.request({ path: pathname, method: 'POST', headers, body: refused(number) });
        const text = await body.text();
        if (statusCode < 400 || statusCode >= 500 || !text.includes('"errors"'))
          throw new Error(`operation ${number} was not refused: HTTP ${statusCode}`);
      }
    };
    const refusals: RefusalMemory['refused'][number][] = [];
    for (const operations of looksAfter) {
      await Promise.all(Array.from({ length: clients }, async () => client(operations)));
      process.kill(gateway.pid, 'SIGUSR2');
      const { heapUsed, rss } = JSON.parse(await until('the memory of the gateway', async () => readWhenThere(file))) as MemoryReading;
      rmSync(file);
      refusals.push({ operations, heap: rounded(heapUsed / mebibyte, 1), memory: rounded(rss / mebibyte, 1) });
    }
    return { refused: refusals, growth: growthOf(refusals) };
  } finally {
    await pool.close();
    await gateway.stop();
  }
}

function growthOf(refused: RefusalMemory['refused']): RefusalMemory['growth'] {
  const [first, last] = [refused[0], refused.at(-1)];
  if (first === undefined || last === undefined) throw new Error('memory was not looked at');
  return { heap: rounded(last.heap - first.heap, 1), memory: rounded(last.memory - first.memory, 1) };
}

function refused(number: number): string {
  if (number % 2 === 0) {
    const sha256Hash = createHash('sha256').update(`operation ${number}`).digest('hex');
    return JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash } } });
  }
  return JSON.stringify({ query: `query Refused${number} { viewer { id field${number} } }` });
}

function readWhenThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Not yet written.
    return undefined;
  }
}
