/** Runs payment-vault: configuration, unsealing, dependencies, server and loops, and their end in reverse order. */
import { createKafka } from '@vitrine/runtime/events';
import type { IdentityKeys } from '@vitrine/runtime/identity';
import { identityKeySource, openIdentityKeys } from '@vitrine/runtime/identity-keys';
import { startRelay } from '@vitrine/runtime/outbox';
import { runProcess } from '@vitrine/runtime/server';
import { createLogger, type Logger } from '@vitrine/runtime/telemetry';
import { startForgettingUses } from '@vitrine/runtime/use-limits';
import { cardAllowances, readConfig, type Config } from './config.ts';
import { createDeps } from './create-deps.ts';
import { startDetaching } from './detach-cards.ts';
import { startSweepingUnsaved } from './sweep-unsaved.ts';
import type { Halves } from './open-key-service.ts';
import { openStores } from './open-stores.ts';
import { startPayingShares } from './pay-shares.ts';
import { startRefreshingSellerAccounts } from './refresh-seller-account.ts';
import { startApplyingStripeEvents } from './apply-stripe-events.ts';
import { startPollingStripeEvents } from './poll-stripe-events.ts';
import { startErasing } from './erase-buyer.ts';
import { startExpiring } from './expire-records.ts';
import { buildServer } from './server.ts';
import { startSettling } from './settle-payments.ts';
import { startSettlingRefunds } from './settle-refunds.ts';
import { startUnsealed } from './unseal.ts';

const name = 'payment-vault';

await runProcess(name, async () => {
  const config = readConfig();
  const logger = createLogger({ name, level: config.LOG_LEVEL });
  const identityKeys = openIdentityKeys(identityKeySource(config), { logger });
  const { stop } = await startUnsealed({
    config,
    logger,
    identityKeys,
    start: (halves, port) => start({ config, logger, identityKeys, halves, port }),
    onFailure: (error) => {
      logger.fatal({ err: error }, 'could not start');
      process.exit(1);
    },
  });
  return { logger, stop };
});

async function start(options: {
  readonly config: Config;
  readonly logger: Logger;
  readonly identityKeys: IdentityKeys;
  readonly halves: Halves;
  readonly port: number;
}): Promise<{ readonly stop: () => Promise<void> }> {
  const { config, logger, identityKeys, halves, port } = options;
  const stores = await openStores(config, halves, logger);
  const relay = startRelay({
    pool: stores.pool,
    kafka: createKafka({ name, brokers: config.KAFKA_BROKERS, logger }),
    source: name,
    logger,
  });
  const { deps, close } = createDeps({
    config,
    cardAllowances: cardAllowances(config),
    pool: stores.pool,
    pipeline: stores.pipeline,
    keysPool: stores.keysPool,
    keyService: stores.keyService,
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
    startSweepingUnsaved(deps),
    startErasing(deps),
    startExpiring(deps),
    startForgettingUses(deps),
  ];
  const server = buildServer(deps, identityKeys);
  await server.listen({ port, host: config.HOST });

  return {
    stop: async () => {
      await server.close();
      await Promise.all(loops.map((loop) => loop.stop()));
      await relay.stop();
      await close();
      await stores.close();
    },
  };
}
