/** timeline: posts, follows and home timelines. */
import { fileURLToPath } from 'node:url';
import { deadLetterTopic } from '@vitrine/contracts/topics';
import { startConsumer } from '@vitrine/runtime/consumer';
import { createPool, migrate } from '@vitrine/runtime/database';
import { createKafka } from '@vitrine/runtime/events';
import { identityKeySource, openIdentityKeys } from '@vitrine/runtime/identity-keys';
import { startRelay } from '@vitrine/runtime/outbox';
import { runProcess } from '@vitrine/runtime/server';
import { createLogger } from '@vitrine/runtime/telemetry';
import { readConfig } from './config.ts';
import { eventHandlers } from './events.ts';
import { startFanOut } from './fan-out-posts.ts';
import { createHomeCache } from './home-cache.ts';
import { buildServer } from './server.ts';

const name = 'timeline';
/** A page that waits for Redis any longer is better read from PostgreSQL. */
const readTimeoutMs = 150;
/** Nobody waits for a fan-out, and its batches are large. */
const fanOutTimeoutMs = 2_000;

await runProcess(name, async () => {
  const config = readConfig();
  const logger = createLogger({ name, level: config.LOG_LEVEL });
  const identityKeys = openIdentityKeys(identityKeySource(config), { logger });
  await migrate({ url: config.DATABASE_URL, directory: fileURLToPath(new URL('../migrations', import.meta.url)), logger });
  const pool = createPool({ url: config.DATABASE_URL, size: config.DATABASE_POOL_SIZE, name, logger });
  const kafka = createKafka({ name, brokers: config.KAFKA_BROKERS, logger });
  const homeCache = createHomeCache({ url: config.REDIS_URL, timeoutMs: readTimeoutMs, logger });
  const fanOutCache = createHomeCache({ url: config.REDIS_URL, timeoutMs: fanOutTimeoutMs, logger });
  const relay = startRelay({ pool, kafka, source: name, logger });
  const fanOut = startFanOut({ pool, homeCache: fanOutCache, logger });
  // Who asks is answered at once; Kafka gives a member's place away only when a killed one is surely gone.
  let isConsuming = (): boolean => false;
  const server = buildServer(
    { pool, homeCache, logger, wakeRelay: () => relay.wake(), wakeFanOut: () => fanOut.wake() },
    // Without Redis timeline is slower, not away.
    {
      identityKeys,
      readiness: { database: async () => (await pool.query('select')).rowCount === 1, consumer: () => isConsuming() },
    },
  );
  await server.listen({ port: config.PORT, host: config.HOST });
  const consumer = await startConsumer({
    kafka,
    pool,
    groupId: name,
    handlers: eventHandlers,
    deadLetterTopic,
    logger,
    onCrash: (error) => {
      logger.fatal({ err: error }, 'the consumer has ended');
      process.exit(1);
    },
  });
  isConsuming = () => consumer.isConnected();

  return {
    logger,
    async stop() {
      await server.close();
      await consumer.stop();
      await fanOut.stop();
      await relay.stop();
      homeCache.close();
      fanOutCache.close();
      await pool.end();
    },
  };
});
