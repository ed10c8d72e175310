/** A process of a running stack's checkout, beside the stack's own or in its place. */
import { randomInt } from 'node:crypto';
import path from 'node:path';
import { identityKeysFor } from '@vitrine/local/caller-keys';
import { isFree, loopback } from '@vitrine/local/ports';
import { openSecrets } from '@vitrine/local/secrets';
import type { StackState } from '@vitrine/local/stack';
import { createProcess, type ProcessUnderTest } from './process-under-test.ts';

export async function createCheckoutProcess(
  state: StackState,
  options: {
    readonly name: string;
    /** A free one unless given. */
    readonly port?: number;
    /** When it counts as started: `/readyz` when Kafka has let it into its group, too, `/livez` when it answers. */
    readonly readyPath: '/readyz' | '/livez';
    /** What is different from the stack's own checkout. */
    readonly environment: Readonly<Record<string, string>>;
  },
): Promise<ProcessUnderTest> {
  return createProcess({
    name: options.name,
    main: path.resolve(import.meta.dirname, '../../services/checkout/src/main.ts'),
    port: options.port ?? (await findFreePort()),
    readyPath: options.readyPath,
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
      ...options.environment,
    },
    logFile: path.join(state.logFolder, `${options.name}.log`),
  });
}

async function findFreePort(): Promise<number> {
  let port = randomInt(30_000, 32_000);
  while (!(await isFree(port))) port += 1;
  return port;
}
