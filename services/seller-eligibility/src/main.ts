/** The process of seller-eligibility. */
import { fileURLToPath } from 'node:url';
import { deadLetterTopic } from '@vitrine/contracts/topics';
import { startConsumer } from '@vitrine/runtime/consumer';
import { createPool, migrate } from '@vitrine/runtime/database';
import { createKafka } from '@vitrine/runtime/events';
import { identityKeySource, openIdentityKeys } from '@vitrine/runtime/identity-keys';
import { startRelay } from '@vitrine/runtime/outbox';
import { createPipeline } from '@vitrine/runtime/pipeline';
import { runProcess } from '@vitrine/runtime/server';
import { createLogger } from '@vitrine/runtime/telemetry';
import { readConfig } from './config.ts';
import { eventHandlers } from './events.ts';
import { buildServer, serviceName } from './server.ts';
import { createFactsReader } from './store/eligibility.ts';

await runProcess(serviceName, async () => {
  const config = readConfig();
  const logger = createLogger({ name: serviceName, level: config.LOG_LEVEL });
  const identityKeys = openIdentityKeys(identityKeySource(config), { logger });
  await migrate({ url: config.DATABASE_URL, directory: fileURLToPath(new URL('../migrations', import.meta.url)), logger });

  const pool = createPool({ url: config.DATABASE_URL, size: config.DATABASE_POOL_SIZE, name: serviceName, logger });
  const pipeline = createPipeline({ url: config.DATABASE_URL, name: serviceName, connections: 1, logger });
  const facts = createFactsReader(pipeline);
  const kafka = createKafka({ name: serviceName, brokers: config.KAFKA_BROKERS, logger });
  const relay = startRelay({ pool, kafka, source: serviceName, logger });
  // Who asks is answered at once; Kafka gives a member's place away only when a killed one is surely gone.
  let isConsuming = (): boolean => false;
  const server = buildServer({
    pool,
    facts,
    identityKeys,
    logger,
    wakeRelay: () => relay.wake(),
    readiness: { database: async () => (await pool.query('select 1')).rowCount === 1, consumer: () => isConsuming() },
  });
  await server.listen({ host: config.HOST, port: config.PORT });
  const consumer = await startConsumer({
    kafka,
    pool,
    groupId: serviceName,
    handlers: eventHandlers,
    deadLetterTopic,
    logger,
    onCrash: (error) => {
      // Without its consumer the sellers' orders would silently stand still: let the supervisor start a new process.
      logger.fatal({ err: error }, 'the consumer has ended');
      process.exit(1);
    },
  });
  isConsuming = () => consumer.isConnected();
  logger.info({ port: config.PORT }, 'ready');

  return {
    logger,
    stop: async () => {
      await server.close();
      await facts.stop();
      await pipeline.end();
      await consumer.stop();
      await relay.stop();
      await pool.end();
    },
  };
});
