/**
 * What stands around the gateways that are measured: a folder of their own below `.test/`, PostgreSQL and Redis, the stand-in for the
 * subgraphs, an identity provider, and the supergraph with the stand-in's addresses.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startIdentityProvider, type FakeIdentityProvider } from '../../gateway/tests/support/identity-provider.ts';
import { identityKeysFor } from '@vitrine/local/caller-keys';
import { createServiceDatabases } from '@vitrine/local/databases';
import { addressOf, startNodeProcess } from '@vitrine/local/node-process';
import { startPostgres } from '@vitrine/local/postgres';
import { ensure, thisSystem } from '@vitrine/local/prerequisites';
import type { RunningProcess } from '@vitrine/local/processes';
import { startRedis } from '@vitrine/local/redis';
import { key } from '@vitrine/local/secrets';
import { serviceNames } from '@vitrine/local/service-names';
import type { ServiceName } from '@vitrine/local/service-names';
import type { StackFacts } from '@vitrine/local/services';
import { openSoftwareAttester } from '@vitrine/local/software-attester';
import { attesterRootFile } from '@vitrine/local/software-attester-names';
import { claimStackFolder, removeStackFolder, type ClaimedFolder } from '@vitrine/local/stack-folder';
import { cache, testRoot, uniqueName } from '../support/stack.ts';
import type { StandInCounts } from './gateway-stand-in.ts';

export type Surroundings = {
  readonly claimed: ClaimedFolder;
  /** What Vitrine's gateway is told of them. */
  readonly facts: StackFacts;
  readonly identityProvider: FakeIdentityProvider;
  /** The file, for gateways that are not ours. */
  readonly supergraph: string;
  /** Process ids of the stores, which only Vitrine's gateway uses. */
  readonly stores: readonly number[];
  readonly counts: () => Promise<StandInCounts>;
  /** @param keep leaves the logs below `.test/` until the next test run */
  readonly stop: (keep: boolean) => Promise<void>;
};

const checkout = path.resolve(import.meta.dirname, '../..');

export async function startSurroundings(write: (line: string) => void, signal: AbortSignal): Promise<Surroundings> {
  mkdirSync(testRoot, { recursive: true });
  const root = path.join(testRoot, uniqueName('bench-gateway'));
  const claimed = await claimStackFolder(root, cache);
  const { folders, ledger, ports, secrets } = claimed;
  const log = (name: string): string => path.join(folders.logs, `${name}.log`);
  const started: RunningProcess[] = [];
  let identityProvider: FakeIdentityProvider | undefined;
  const stop = async (keep: boolean): Promise<void> => {
    for (const running of started.toReversed()) await running.stop();
    await identityProvider?.close();
    claimed.release();
    if (keep) write(`logs are in ${folders.logs}`);
    else await removeStackFolder(root, cache);
  };
  try {
    const postgres = await startPostgres({
      dir: path.join(folders.data, 'postgres'),
      port: await ports.take('postgres'),
      password: secrets.get('postgres'),
      logFile: log('postgres'),
      ledger,
      durable: true,
      signal,
    });
    started.push(postgres.process);
    const { redis: binary } = await ensure(['redis'], {
      system: thisSystem(),
      cache,
      logFile: log('install'),
      ledger,
      note: write,
      signal,
    });
    if (binary === undefined) throw new Error('there is no Redis');
    const redis = await startRedis({
      dir: path.join(folders.data, 'redis'),
      port: await ports.take('redis'),
      password: secrets.get('redis'),
      binary,
      logFile: log('redis'),
      ledger,
      durable: true,
      signal,
    });
    started.push(redis.process);
    const databaseUrls = await createServiceDatabases(postgres.url, (owner) => secrets.get(`database:${owner}`));

    const standInPorts: Partial<Record<ServiceName, number>> = {};
    for (const name of serviceNames) standInPorts[name] = await ports.take(name);
    const address = (name: ServiceName): string => addressOf(standInPorts[name] ?? 0);
    const standIn = await startNodeProcess({
      name: 'stand-in',
      entry: path.join(import.meta.dirname, 'gateway-stand-in.ts'),
      port: standInPorts.timeline ?? 0,
      readyPath: '/readyz',
      env: { STAND_IN_PORTS: JSON.stringify(standInPorts), NODE_ENV: 'production' },
      cache,
      logFile: log('stand-in'),
      ledger,
      signal,
    });
    started.push(standIn.process);
    identityProvider = await startIdentityProvider();
    const attesterFolder = path.join(folders.data, 'attester');
    await openSoftwareAttester(attesterFolder, 'test');

    const supergraph = path.join(folders.data, 'supergraph.graphql');
    const composed = readFileSync(path.join(checkout, 'gateway/supergraphs/generated/buyer.supergraph.graphql'), 'utf8');
    writeFileSync(
      supergraph,
      composed.replaceAll(/http:\/\/([a-z-]+)\.internal\b/g, (_, name: ServiceName) => address(name)),
    );
    return {
      claimed,
      identityProvider,
      supergraph,
      stores: [postgres.pid, redis.pid],
      facts: {
        nodeEnvironment: 'development',
        logLevel: 'info',
        databaseUrl: (owner) => databaseUrls[owner],
        kafkaBrokers: [],
        redisUrl: redis.url,
        address,
        identityKeysFor: (name) => identityKeysFor(name, secrets),
        gatewayKeys: `local:${secrets.get('gateway', key)}`,
        // Each gateway is told its own by what starts it.
        publicOrigin: 'https://gateway.example',
        attesterRootFile: attesterRootFile(attesterFolder),
        stripe: {
          secretKey: 'sk_test_bench',
          publishableKey: 'pk_test_bench',
          apiBase: address('payment-vault'),
          browserApiBase: address('payment-vault'),
        },
        identityIssuer: identityProvider.issuer,
        jwksUrl: identityProvider.jwksUrl,
        partnerDashboardUrl: 'https://shops.example/seller',
        vaultKeys: { databaseUrl: '', file: '', custodianHalves: ['', ''] },
      },
      counts: async () => (await fetch(`${address('timeline')}/_counts`)).json() as Promise<StandInCounts>,
      stop,
    };
  } catch (error) {
    await stop(true);
    throw error;
  }
}
