/** Another process of a running stack's checkout: purchases go to both, and each goes on with what the other has left. */
import path from 'node:path';
import { identityKeysFor } from '@vitrine/local/caller-keys';
import { isFree, loopback } from '@vitrine/local/ports';
import { openSecrets } from '@vitrine/local/secrets';
import type { StackState } from '@vitrine/local/stack';
import { randomInt } from 'node:crypto';
import { createProcess, type ProcessUnderTest } from './process-under-test.ts';

/** @param environment what is different from the stack's own checkout */
export async function createSecondCheckout(
  state: StackState,
  environment: Readonly<Record<string, string>> = {},
): Promise<ProcessUnderTest> {
  let port = randomInt(30_000, 32_000);
  while (!(await isFree(port))) port += 1;
  return createProcess({
    name: 'checkout 2',
    main: path.resolve(import.meta.dirname, '../../services/checkout/src/main.ts'),
    port,
    readyPath: '/readyz',
    environment: {
      SERVICE_NAME: 'checkout',
      NODE_ENV: 'development',
      LOG_LEVEL: 'info',
      HOST: loopback,
      IDENTITY_KEYS: identityKeysFor('checkout', openSecrets(state.root)),
      DATABASE_URL: state.databaseUrls.checkout,
      KAFKA_BROKERS: state.kafkaBrokers.join(','),
      CATALOG_URL: state.serviceUrls.catalog,
      SELLER_ELIGIBILITY_URL: state.serviceUrls['seller-eligibility'],
      PAYMENT_VAULT_URL: state.serviceUrls['payment-vault'],
      ...environment,
    },
    logFile: path.join(state.logFolder, 'checkout-2.log'),
  });
}
