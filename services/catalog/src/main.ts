/** The catalog process. */
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
import { createCheckoutClient } from './clients.ts';
import { readConfig } from './config.ts';
import type { Dependencies } from './dependencies.ts';
import { eventHandlers } from './events.ts';
import { startExpiryLoop } from './expiry-loop.ts';
import { buildServer } from './server.ts';
import { settleExpired } from './settle-expired.ts';
import { createPurchaseStatements } from './store/purchase-statements.ts';

const name = 'catalog';

await runProcess(name, async () => {
  const config = readConfig();
  const logger = createLogger({ name, level: config.LOG_LEVEL });
  const identityKeys = openIdentityKeys(identityKeySource(config), { logger });
  await migrate({ url: config.DATABASE_URL, directory: fileURLToPath(new URL('../migrations', import.meta.url)), logger });

  const pool = createPool({ url: config.DATABASE_URL, size: config.DATABASE_POOL_SIZE, name, logger });
  const kafka = createKafka({ name, brokers: config.KAFKA_BROKERS, logger });
  const checkout = createCheckoutClient({ keys: identityKeys, baseUrl: config.CHECKOUT_URL });
  const relay = startRelay({ pool, kafka, source: name, logger });
  const pipeline = createPipeline({ url: config.DATABASE_URL, name, logger });
  const purchases = createPurchaseStatements(pipeline);
  const deps: Dependencies = { pool, logger, wakeRelay: () => relay.wake(), purchases };
  const expiry = startExpiryLoop({ settle: () => settleExpired({ ...deps, askStockClaim: checkout.askStockClaim }), logger });
  // Who asks is answered at once; Kafka gives a member's place away only when a killed one is surely gone.
  let isConsuming = (): boolean => false;
  const server = buildServer(deps, {
    identityKeys,
    readiness: { database: async () => (await pool.query('select 1')).rowCount === 1, consumer: () => isConsuming() },
  });
  await server.listen({ port: config.PORT, host: config.HOST });
  const consumer = await startConsumer({
    kafka,
    pool,
    groupId: name,
    handlers: eventHandlers(logger),
    deadLetterTopic,
    logger,
    onApplied: deps.wakeRelay,
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
      await purchases.stop();
      await pipeline.end();
      await expiry.stop();
      await consumer.stop();
      await relay.stop();
      await checkout.close();
      await pool.end();
    },
  };
});
