import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import kafkajs from 'kafkajs';
import pg from 'pg';
import { isSameProcess } from '@vitrine/local/process-identity';
import type { ProcessIdentity } from '@vitrine/local/process-identity';
import { findRunningStack, runStack } from '@vitrine/local/stack';
import type { RunningStack, StackState } from '@vitrine/local/stack';
import { StackFolderInUseError } from '@vitrine/local/stack-folder';
import { readJsonFile } from '@vitrine/local/state';
import { uniqueName, wholeStackTimeoutMs } from '../../../tests/support/stack.ts';

const root = path.resolve(import.meta.dirname, '../../../.test', uniqueName('e2e'));
let starter: ChildProcess | undefined;
let stack: RunningStack | undefined;
afterAll(async () => {
  starter?.kill('SIGKILL');
  await stack?.stop();
}, wholeStackTimeoutMs);

/** The processes that the stack has written down. */
const written = () => (readJsonFile(path.join(root, 'processes.json')) ?? []) as readonly ProcessIdentity[];

async function startedByAnotherProcess(): Promise<StackState> {
  const script = path.join(import.meta.dirname, 'run-stack.ts');
  starter = spawn(process.execPath, ['--disable-warning=TimeoutNegativeWarning', script, root], { stdio: 'inherit' });
  for (;;) {
    const state = findRunningStack(root);
    if (state !== undefined) return state;
    if (starter.exitCode !== null) throw new Error('the starter has ended');
    await delay(50);
  }
}

async function inDatabase<T>(state: StackState, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: state.databaseUrls.checkout });
  await client.connect();
  try {
    return (await client.query(sql)).rows as T[];
  } finally {
    await client.end();
  }
}

async function inRedis<T>(state: StackState, action: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(state.redisUrl);
  try {
    return await action(client);
  } finally {
    client.disconnect();
  }
}

function kafka(state: StackState): kafkajs.Kafka {
  return new kafkajs.Kafka({ brokers: [...state.kafkaBrokers], logLevel: kafkajs.logLevel.NOTHING });
}

/** A topic that no service reads, so that the message disturbs nobody. */
const topic = 'checkout.order.v1.catalog.dlt';

async function writeEverywhere(state: StackState): Promise<void> {
  await inDatabase(state, 'CREATE TABLE kept AS SELECT 42 AS value');
  await inRedis(state, (client) => client.set('kept', '42'));
  const producer = kafka(state).producer();
  await producer.connect();
  await producer.send({ topic, messages: [{ value: '42' }] });
  await producer.disconnect();
}

async function readEverywhere(state: StackState) {
  const admin = kafka(state).admin();
  await admin.connect();
  const offsets = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  return {
    rows: await inDatabase(state, 'SELECT value FROM kept'),
    redis: await inRedis(state, (client) => client.get('kept')),
    messages: offsets.map(({ high }) => Number(high)),
  };
}

test(
  'after its starter was killed a stack can be started again, has its data, and stops without a trace',
  async () => {
    const first = await startedByAnotherProcess();
    const firstProcesses = written();
    expect(firstProcesses.filter(isSameProcess)).toHaveLength(11);
    await writeEverywhere(first);

    await expect(runStack({ root })).rejects.toThrow(StackFolderInUseError);

    const ended = once(starter as ChildProcess, 'exit');
    starter?.kill('SIGKILL');
    await ended;
    expect(findRunningStack(root)).toBeUndefined();

    stack = await runStack({ root, nodeEnvironment: 'test' });
    const secondProcesses = written();
    expect(firstProcesses.filter(isSameProcess)).toEqual([]);
    expect(await readEverywhere(stack.state)).toEqual({
      rows: [{ value: 42 }],
      redis: '42',
      messages: [1],
    });

    await stack.stop();
    expect(secondProcesses).toHaveLength(11);
    expect(secondProcesses.filter(isSameProcess)).toEqual([]);
    expect(findRunningStack(root)).toBeUndefined();
  },
  wholeStackTimeoutMs,
);
