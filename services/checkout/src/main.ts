/** Runs checkout: configuration, dependencies, server and loops, and their end in reverse order. */
import { fileURLToPath } from 'node:url';
import { deadLetterTopic } from '@vitrine/contracts/topics';
import { startConsumer } from '@vitrine/runtime/consumer';
import { createPool, migrate } from '@vitrine/runtime/database';
import { createKafka } from '@vitrine/runtime/events';
import { parseIdentityKeys } from '@vitrine/runtime/identity';
import { startRelay } from '@vitrine/runtime/outbox';
import { runProcess } from '@vitrine/runtime/server';
import { createLogger } from '@vitrine/runtime/telemetry';
import { startCapture, startVoids } from './capture-orders.ts';
import { createClients } from './clients.ts';
import { startCompleter } from './complete-purchases.ts';
import { readConfig } from './config.ts';
import { consumedEvents } from './consumed-events.ts';
import { systemClock, type Deps } from './deps.ts';
import { buildServer } from './server.ts';
import { createChangeBatcher } from './store/orders.ts';
import { createOrderStore } from './store/order-store.ts';
import { createPurchaseStore } from './store/purchases.ts';
import { createTableTariff } from './store/rates.ts';

await runProcess('checkout', async () => {
  const config = readConfig();
  const logger = createLogger({ name: 'checkout', level: config.LOG_LEVEL });
  const keys = parseIdentityKeys(config.IDENTITY_KEYS);
  await migrate({ url: config.DATABASE_URL, directory: fileURLToPath(new URL('../migrations', import.meta.url)), logger });

  const pool = createPool({ url: config.DATABASE_URL, size: config.DATABASE_POOL_SIZE, name: 'checkout', logger });
  const clients = createClients({
    keys,
    catalogUrl: config.CATALOG_URL,
    sellerEligibilityUrl: config.SELLER_ELIGIBILITY_URL,
    paymentVaultUrl: config.PAYMENT_VAULT_URL,
  });
  const kafka = createKafka({ name: 'checkout', brokers: config.KAFKA_BROKERS, logger });
  const relay = startRelay({
    pool,
    kafka,
    source: 'checkout',
    logger,
  });
  const purchases = createPurchaseStore(pool);
  const changes = createChangeBatcher(pool);
  const deps: Deps = {
    pool,
    purchases,
    changes,
    orders: createOrderStore(pool, changes),
    tariff: createTableTariff(pool),
    clients,
    logger,
    clock: systemClock,
    wakeRelay: () => relay.wake(),
    wakeCapture: () => capture.wake(),
    wakeVoid: () => voids.wake(),
    reservationTtlSeconds: config.RESERVATION_TTL_SECONDS,
    buyerActionTimeoutSeconds: config.BUYER_ACTION_TIMEOUT_SECONDS,
    duplicateWindowSeconds: config.DUPLICATE_WINDOW_SECONDS,
  };
  const capture = startCapture(deps);
  const voids = startVoids(deps);
  const completer = startCompleter(deps);
  const consumed = consumedEvents();
  const consumer = await startConsumer({
    kafka,
    pool,
    groupId: 'checkout',
    handlers: consumed.handlers,
    deadLetterTopic,
    logger,
    onApplied: () => {
      if (consumed.takeNews()) completer.wake();
    },
    onCrash: (error) => {
      logger.fatal({ err: error }, 'the consumer has ended');
      process.exit(1);
    },
  });
  const server = buildServer(deps, keys, () => consumer.isConnected());
  await server.listen({ port: config.PORT, host: config.HOST });

  return {
    logger,
    stop: async () => {
      await server.close();
      await consumer.stop();
      await Promise.all([completer.stop(), capture.stop(), voids.stop()]);
      await Promise.all([purchases.stop(), changes.stop()]);
      await relay.stop();
      await Promise.all([clients.close(), pool.end()]);
    },
  };
});
