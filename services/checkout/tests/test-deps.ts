/** What a test of checkout gives its use cases: a real database, scripted services, no relay. */
import type { Pool } from '@vitrine/runtime/database';
import { createLogger } from '@vitrine/runtime/telemetry';
import { systemClock, type Deps } from '../src/deps.ts';
import { createChangeBatcher } from '../src/store/orders.ts';
import { createOrderStore } from '../src/store/order-store.ts';
import { unlimited } from '../src/purchase-limits.ts';
import { createPurchaseStore } from '../src/store/purchases.ts';
import { createTableTariff } from '../src/store/rates.ts';
import type { ScriptedServices } from './scripted-services.ts';

export const logger = createLogger({ name: 'checkout', level: 'silent' });

export const createTestDeps = (pool: Pool, services: ScriptedServices): Deps => {
  const changes = createChangeBatcher(pool);
  return {
    pool,
    purchases: createPurchaseStore(pool),
    limits: unlimited,
    changes,
    orders: createOrderStore(pool, changes),
    tariff: createTableTariff(pool),
    clients: services.clients,
    logger,
    clock: systemClock,
    wakeRelay: () => {},
    wakeCapture: () => {},
    wakeVoid: () => {},
    wakeRefunds: () => {},
    wakeDeliveries: () => {},
    shipWithinDays: 30,
    returnWindowDays: 30,
    reservationTtlSeconds: 900,
    buyerActionTimeoutSeconds: 900,
    duplicateWindowSeconds: 10,
  };
};
