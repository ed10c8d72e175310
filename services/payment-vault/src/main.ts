/** Runs payment-vault: configuration, dependencies, server and loops, and their end in reverse order. */
import { fileURLToPath } from 'node:url';
import { createPool, migrate } from '@vitrine/runtime/database';
import { createKafka } from '@vitrine/runtime/events';
import { parseIdentityKeys } from '@vitrine/runtime/identity';
import { startRelay } from '@vitrine/runtime/outbox';
import { runProcess } from '@vitrine/runtime/server';
import { createLogger } from '@vitrine/runtime/telemetry';
import { readConfig } from './config.ts';
import { createDeps } from './create-deps.ts';
import { startDetaching } from './detach-cards.ts';
import { startPayingShares } from './pay-shares.ts';
import { startRefreshingSellerAccounts } from './refresh-seller-account.ts';
import { startApplyingStripeEvents } from './apply-stripe-events.ts';
import { startPollingStripeEvents } from './poll-stripe-events.ts';
import { buildServer } from './server.ts';
import { startSettling } from './settle-payments.ts';
import { startSettlingRefunds } from './settle-refunds.ts';

const name = 'payment-vault';

await runProcess(name, async () => {
  const config = readConfig();
  const logger = createLogger({ name, level: config.LOG_LEVEL });
  const identityKeys = parseIdentityKeys(config.IDENTITY_KEYS);
  await migrate({ url: config.DATABASE_URL, directory: fileURLToPath(new URL('../migrations', import.meta.url)), logger });

  const pool = createPool({ url: config.DATABASE_URL, size: config.DATABASE_POOL_SIZE, name, logger });
  const relay = startRelay({ pool, kafka: createKafka({ name, brokers: config.KAFKA_BROKERS, logger }), source: name, logger });
  const { deps, close } = createDeps({
    config,
    pool,
    logger,
    wakeRelay: () => relay.wake(),
    wakeInbox: () => inbox.wake(),
    wakeSettling: () => settling.wake(),
  });
  const settling = startSettling(deps);
  const inbox = startApplyingStripeEvents(deps);
  const loops = [
    settling,
    inbox,
    startPollingStripeEvents(deps),
    startSettlingRefunds(deps),
    startPayingShares(deps),
    startRefreshingSellerAccounts(deps),
    startDetaching(deps),
  ];
  const server = buildServer(deps, identityKeys);
  await server.listen({ port: config.PORT, host: config.HOST });

  return {
    logger,
    stop: async () => {
      await server.close();
      await Promise.all(loops.map((loop) => loop.stop()));
      await relay.stop();
      await close();
      await pool.end();
    },
  };
});
