/** Runs checkout: configuration, dependencies, server and loops, and their end in reverse order. */
import { fileURLToPath } from 'node:url';
import { orderTopic } from '@vitrine/contracts/order-events';
import { deadLetterTopic } from '@vitrine/contracts/topics';
import { startConsumer } from '@vitrine/runtime/consumer';
import { createPool, migrate } from '@vitrine/runtime/database';
import { createKafka } from '@vitrine/runtime/events';
import { identityKeySource, openIdentityKeys } from '@vitrine/runtime/identity-keys';
import { createPipeline } from '@vitrine/runtime/pipeline';
import { startRelay } from '@vitrine/runtime/outbox';
import { runProcess } from '@vitrine/runtime/server';
import { createLogger } from '@vitrine/runtime/telemetry';
import { startForgettingUses } from '@vitrine/runtime/use-limits';
import { startCapture, startVoids } from './capture-orders.ts';
import { createClients } from './clients.ts';
import { startCompleter, startForgettingRecent } from './complete-purchases.ts';
import { purchaseAllowances, readConfig, reconcilerSettings } from './config.ts';
import { consumedEvents } from './consumed-events.ts';
import { systemClock, type Deps } from './deps.ts';
import { startOrderNewsFeed } from './order-news-feed.ts';
import { createOrderStreams } from './order-streams.ts';
import { createReconcilerClients } from './reconciler-clients.ts';
import { startReconciler } from './reconciler.ts';
import { startExpiry } from './expire-orders.ts';
import { startDeliveryReports } from './report-deliveries.ts';
import { buildServer } from './server.ts';
import { startRefunds } from './settle-refunds.ts';
import { createChangeBatcher } from './store/orders.ts';
import { createOrderNews } from './store/order-news.ts';
import { createOrderStore } from './store/order-store.ts';
import { createPurchaseLimits } from './purchase-limits.ts';
import { createPurchaseStore } from './store/purchases.ts';
import { createTableTariff } from './store/rates.ts';
import { createTopicTail } from './topic-tail.ts';

await runProcess('checkout', async () => {
  const config = readConfig();
  const logger = createLogger({ name: 'checkout', level: config.LOG_LEVEL });
  const keys = openIdentityKeys(identityKeySource(config), { logger });
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
  // A purchase's statements are transactions by themselves, and cheaper on few connections that they share.
  const pipeline = createPipeline({ url: config.DATABASE_URL, name: 'checkout', connections: 3, logger });
  const purchases = createPurchaseStore(pipeline);
  const limits = createPurchaseLimits(pool, purchaseAllowances(config));
  const changes = createChangeBatcher(pipeline);
  const deps: Deps = {
    pool,
    purchases,
    limits,
    changes,
    orders: createOrderStore(pool, changes, pipeline),
    tariff: createTableTariff(pipeline),
    clients,
    logger,
    clock: systemClock,
    wakeRelay: () => relay.wake(),
    wakeCapture: () => capture.wake(),
    wakeVoid: () => voids.wake(),
    wakeRefunds: () => refunds.wake(),
    wakeDeliveries: () => deliveries.wake(),
    shipWithinDays: config.SHIP_WITHIN_DAYS,
    returnWindowDays: config.RETURN_WINDOW_DAYS,
    reservationTtlSeconds: config.RESERVATION_TTL_SECONDS,
    buyerActionTimeoutSeconds: config.BUYER_ACTION_TIMEOUT_SECONDS,
    duplicateWindowSeconds: config.DUPLICATE_WINDOW_SECONDS,
  };
  const capture = startCapture(deps);
  const voids = startVoids(deps);
  const refunds = startRefunds(deps);
  const deliveries = startDeliveryReports(deps);
  const expiry = startExpiry(deps);
  const completer = startCompleter(deps);
  const forgetting = [startForgettingUses(deps), startForgettingRecent(deps)];
  const consumed = consumedEvents();
  const peers = createReconcilerClients({ keys, catalogUrl: config.CATALOG_URL, paymentVaultUrl: config.PAYMENT_VAULT_URL });
  const reconciler =
    config.RECONCILE_INTERVAL_MS === 0
      ? null
      : startReconciler({
          ...deps,
          peers,
          tail: createTopicTail({ kafka, topic: orderTopic, logger }),
          settings: reconcilerSettings(config),
        });
  const news = createOrderNews(pool);
  const orderStreams = createOrderStreams({
    news,
    logger,
    // Until Kafka tells of news, they have to be looked for.
    pollMs: () => (feed.isLive() ? 5_000 : 500),
    onOpen: () => feed.wanted(),
  });
  const feed = startOrderNewsFeed({
    kafka,
    topic: orderTopic,
    logger,
    countStreams: () => orderStreams.count(),
    onNews: (buyerIds) => orderStreams.wake(buyerIds),
  });
  // Who asks is answered at once; Kafka gives a member's place away only when a killed one is surely gone.
  let isConsuming = (): boolean => false;
  const server = buildServer(deps, keys, () => isConsuming(), reconciler, orderStreams);
  await server.listen({ port: config.PORT, host: config.HOST });
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
  isConsuming = () => consumer.isConnected();

  return {
    logger,
    stop: async () => {
      await server.close();
      await reconciler?.stop();
      await feed.stop();
      await consumer.stop();
      await Promise.all([
        completer.stop(),
        capture.stop(),
        voids.stop(),
        refunds.stop(),
        deliveries.stop(),
        expiry.stop(),
        ...forgetting.map((loop) => loop.stop()),
      ]);
      await Promise.all([purchases.stop(), limits.stop(), changes.stop(), news.stop()]);
      await relay.stop();
      await Promise.all([clients.close(), peers.close(), pipeline.end(), pool.end()]);
    },
  };
});
