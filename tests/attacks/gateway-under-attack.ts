/** The real gateway in a process of its own, with everything switched on as in production, before stand-in subgraphs. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { loopback, openPorts } from '@vitrine/local/ports';
import { createTestDatabase, createTestRedis } from '../support/stack.ts';
import { until } from '../support/until.ts';
import { startIdentityProvider, type FakeIdentityProvider } from '../../gateway/tests/support/identity-provider.ts';
import { startSubgraphs, type StandInSubgraphs } from '../../gateway/tests/support/subgraphs.ts';

export interface GatewayUnderAttack {
  readonly origin: string;
  readonly port: number;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly provider: FakeIdentityProvider;
  readonly subgraphs: StandInSubgraphs;
  /** Everything logged so far. */
  logs(): string;
  /** Bytes of JavaScript that are in use after everything else was freed, and the process's own. */
  memory(): Promise<{ readonly heapUsed: number; readonly rss: number }>;
  /** Null while it runs. */
  exitCode(): number | null;
  close(): Promise<void>;
}

const repository = path.resolve(import.meta.dirname, '../..');
const startTimeoutMs = 60_000;
const secret = (): string => randomBytes(32).toString('base64');

/** @param environment over what the gateway gets otherwise; its own settings are those of production */
export async function startGatewayUnderAttack(environment: Readonly<Record<string, string>> = {}): Promise<GatewayUnderAttack> {
  const [provider, subgraphs, database, redisUrl, folder] = await Promise.all([
    startIdentityProvider(),
    startSubgraphs(),
    createTestDatabase('gateway'),
    createTestRedis(),
    mkdtemp(path.join(os.tmpdir(), 'vitrine-attacks-')),
  ]);
  const port = await openPorts(folder).take('gateway');
  const logFile = path.join(folder, 'gateway.log');
  const log = createWriteStream(logFile);
  await new Promise((resolve) => log.once('open', resolve));
  const { urls } = subgraphs;
  const child = spawn(
    process.execPath,
    [
      '--expose-gc',
      '--disable-warning=TimeoutNegativeWarning',
      '--import',
      path.join(import.meta.dirname, 'memory-probe.ts'),
      path.join(repository, 'gateway/src/main.ts'),
    ],
    {
      env: {
        PATH: process.env['PATH'],
        NODE_ENV: 'production',
        HOST: loopback,
        PUBLIC_ORIGIN: `http://${loopback}:${port}`,
        PORT: String(port),
        LOG_LEVEL: 'info',
        DATABASE_URL: database.url,
        DATABASE_POOL_SIZE: '4',
        REDIS_URL: redisUrl,
        GATEWAY_KEYS: `k1:${secret()}`,
        IDENTITY_KEYS: Object.keys(urls)
          .map((name) => `gateway>${name}:k1:${secret()}`)
          .join(','),
        // The clients of these tests come from many addresses.
        TRUSTED_PROXIES: loopback,
        TIMELINE_URL: urls.timeline,
        CATALOG_URL: urls.catalog,
        CHECKOUT_URL: urls.checkout,
        PAYMENT_VAULT_URL: urls['payment-vault'],
        SELLER_ELIGIBILITY_URL: urls['seller-eligibility'],
        IDENTITY_ISSUER: provider.issuer,
        JWKS_URL: provider.jwksUrl,
        STRIPE_PUBLISHABLE_KEY: 'pk_test_attacks',
        ...environment,
      },
      stdio: ['ignore', log, log, 'ipc'],
    },
  );
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  // Nothing of a test outlives it.
  const end = (): boolean => child.kill('SIGKILL');
  process.once('exit', end);

  const logs = (): string => readFileSync(logFile, 'utf8');
  const origin = `http://${loopback}:${port}`;
  const close = async (): Promise<void> => {
    process.removeListener('exit', end);
    child.kill('SIGTERM');
    const timer = setTimeout(end, 10_000);
    await exited;
    clearTimeout(timer);
    await Promise.all([provider.close(), subgraphs.close(), database.drop(), rm(folder, { recursive: true })]);
  };
  try {
    await until(
      'the gateway is ready',
      async () => {
        if (child.exitCode !== null) throw new Error(`the gateway ended:\n${logs()}`);
        const response = await fetch(`${origin}/readyz`).catch(() => undefined);
        return response?.ok === true ? true : undefined;
      },
      startTimeoutMs,
    );
  } catch (error) {
    await close();
    throw error;
  }

  return {
    origin,
    port,
    databaseUrl: database.url,
    redisUrl,
    provider,
    subgraphs,
    logs,
    memory: () =>
      new Promise((resolve) => {
        child.once('message', (usage) => resolve(usage as NodeJS.MemoryUsage));
        child.send('memory');
      }),
    exitCode: () => child.exitCode,
    close,
  };
}
