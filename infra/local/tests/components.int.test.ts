import { afterAll, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import kafkajs from 'kafkajs';
import pg from 'pg';
import { createTestDatabase, createTestRedis, createTestTopic, kafkaBrokers } from '../../../tests/support/stack.ts';

const opened: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of opened.toReversed()) await close();
});

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  opened.push(() => client.end());
  return client;
}

test('a test database belongs to its service, and two of them share nothing', async () => {
  const first = await createTestDatabase('checkout');
  const second = await createTestDatabase('checkout');
  opened.push(first.drop, second.drop);
  const one = await connect(first.url);
  const other = await connect(second.url);

  await one.query('CREATE TABLE only_here (id int)');
  const { rows } = await other.query(`SELECT to_regclass('only_here') AS found`);
  const { rows: users } = await one.query('SELECT current_user AS name');

  expect(rows).toEqual([{ found: null }]);
  expect(users).toEqual([{ name: 'checkout' }]);
});

test('a test database has the tables of the service and of the runtime', async () => {
  const database = await createTestDatabase('payment-vault');
  opened.push(database.drop);
  const client = await connect(database.url);
  const { rows } = await client.query(`SELECT to_regclass('outbox') IS NOT NULL AS found`);
  expect(rows).toEqual([{ found: true }]);
});

test('a test topic takes messages, and a topic that nobody made does not', async () => {
  const topic = await createTestTopic('greetings', 2);
  const kafka = new kafkajs.Kafka({ brokers: kafkaBrokers(), logLevel: kafkajs.logLevel.NOTHING, retry: { retries: 1 } });
  const producer = kafka.producer({ allowAutoTopicCreation: true });
  await producer.connect();
  opened.push(() => producer.disconnect());

  const sent = await producer.send({ topic, messages: [{ key: 'a', value: 'hello' }] });

  expect(sent).toHaveLength(1);
  await expect(producer.send({ topic: 'misspelt', messages: [{ value: 'lost' }] })).rejects.toThrow(
    /host this topic-partition|UNKNOWN_TOPIC/,
  );
});

test('two test files do not see the Redis keys of each other', async () => {
  const [first, second] = [new Redis(await createTestRedis()), new Redis(await createTestRedis())];
  opened.push(
    async () => first.disconnect(),
    async () => second.disconnect(),
  );
  await first.set('key', 'value');
  expect(await second.get('key')).toBeNull();
  expect(await first.get('key')).toBe('value');
});
