/** The gateways that are measured side by side: how each is started, and what its clients send. */
import path from 'node:path';
import { addressOf } from '@vitrine/local/node-process';
import { baseEnvironment, startProcess, untilReady, type RunningProcess } from '@vitrine/local/processes';
import { processDefinitions } from '@vitrine/local/services';
import { unreachable } from '@vitrine/runtime/errors';
import { cache } from '../support/stack.ts';
import { createAppMaker, registerApps } from './gateway-apps.ts';
import type { LoadLimits, PreparedRequest, Traffic } from './gateway-load.ts';
import { benchOperations, type OperationName } from './gateway-operations.ts';
import { rivalEntry } from './gateway-rivals.ts';
import type { Surroundings } from './gateway-surroundings.ts';

/** In the order of the table. `vitrine` has its checks off. */
export const gatewayNames = ['vitrine', 'vitrine-checked', 'executor', 'apollo-server', 'hive-gateway', 'hive-gateway-rust'] as const;
export type GatewayName = (typeof gatewayNames)[number];

/** Those that are installed only for the benchmark. */
export const rivalNames: ReadonlySet<GatewayName> = new Set(['apollo-server', 'hive-gateway', 'hive-gateway-rust']);

export type Contestant = {
  readonly name: GatewayName;
  /** Of the GraphQL endpoint. */
  readonly url: string;
  readonly pid: number;
  /** From the start of the process until it was ready. */
  readonly readyMs: number;
  /** A request for each set of variables, to be sent soon. */
  readonly each: (operation: OperationName) => Promise<Traffic>;
  /** What clients send at random within the limits; made before the clock runs. */
  readonly traffic: (operation: OperationName, limits: LoadLimits) => Promise<Traffic>;
  readonly stop: () => Promise<void>;
};

const checkout = path.resolve(import.meta.dirname, '../..');

export type StartOptions = {
  readonly around: Surroundings;
  /** How many send at the same time. */
  readonly clients: number;
  readonly signal: AbortSignal;
  /** Adds to the process's own. */
  readonly env?: Readonly<Record<string, string>>;
};

type Start = {
  readonly name: string;
  readonly entry: string;
  readonly args?: readonly string[];
  readonly env: (port: number) => Readonly<Record<string, string>>;
  /** Whether it answers as it should. */
  readonly isReady: (origin: string) => Promise<boolean>;
};

type Started = { readonly origin: string; readonly process: RunningProcess; readonly readyMs: number };

/** Asked so often whether it is ready; the time that it took is known no better. */
const readyIntervalMs = 10;

async function startGatewayProcess(start: Start, { around, signal, env = {} }: StartOptions): Promise<Started> {
  const { ports, folders, ledger } = around.claimed;
  const port = await ports.take(start.name);
  const startedAt = performance.now();
  const running = await startProcess({
    name: start.name,
    command: process.execPath,
    args: [start.entry, ...(start.args ?? [])],
    cwd: path.dirname(start.entry),
    env: { ...baseEnvironment(), ...start.env(port), ...env },
    logFile: path.join(folders.logs, `${start.name}.log`),
    ledger,
  });
  const origin = addressOf(port);
  await untilReady(running, () => start.isReady(origin), { timeoutMs: 60_000, intervalMs: readyIntervalMs, signal });
  return { origin, process: running, readyMs: performance.now() - startedAt };
}

/** @throws Error when it does not become ready */
export async function startContestant(name: GatewayName, options: StartOptions): Promise<Contestant> {
  const { around } = options;
  switch (name) {
    case 'vitrine': {
      const started = await startGatewayProcess(
        vitrine(name, around, { CLIENT_PROOF: 'optional', OPERATIONS: 'free', LIMITS: 'off', APPS: '{}' }),
        options,
      );
      // Four hours: a run is shorter.
      const token = await around.identityProvider.token('buyer', { claims: { exp: Math.floor(Date.now() / 1_000) + 14_400 } });
      return plainContestant(name, '/graphql/buyer', started, { authorization: `Bearer ${token}` });
    }
    case 'vitrine-checked':
      return startChecked(options);
    case 'executor': {
      const entry = path.join(import.meta.dirname, 'gateway-executor.ts');
      return plainContestant(name, '/graphql', await startGatewayProcess(foreign(name, entry, around), options));
    }
    case 'apollo-server':
      return plainContestant(name, '/graphql', await startGatewayProcess(foreign(name, rivalEntry('apollo-server'), around), options));
    case 'hive-gateway':
    case 'hive-gateway-rust': {
      const args = ['supergraph', around.supergraph, ...(name === 'hive-gateway-rust' ? ['--hive-router-runtime'] : [])];
      const start = { ...foreign(name, rivalEntry('hive-gateway'), around), args };
      return plainContestant(name, '/graphql', await startGatewayProcess(start, options));
    }
    default:
      return unreachable(name);
  }
}

/** As in production, but that so many requests of so few buyers hold nobody back. */
async function startChecked(options: StartOptions): Promise<Contestant> {
  const maker = await createAppMaker();
  const changes = {
    NODE_ENV: 'production',
    CLIENT_PROOF: 'required',
    OPERATIONS: 'safelist',
    LIMITS: 'enforced',
    RATE_LIMITS_PERCENT: '1000000000',
    TRUSTED_PROXIES: '127.0.0.1/32',
    APPS: maker.settings,
  };
  const { origin, process: running, readyMs } = await startGatewayProcess(vitrine('vitrine-checked', options.around, changes), options);
  const signTraffic = await registerApps(origin, options.clients, maker, options.around).catch(async (error: unknown) => {
    await running.stop();
    throw error;
  });
  const rates = new Map<OperationName, number>();
  return {
    name: 'vitrine-checked',
    url: `${origin}/graphql/buyer`,
    pid: running.pid,
    readyMs,
    each: (operation) => signTraffic(operation, benchOperations[operation].variables.length),
    async traffic(operation, { seconds, requests = Number.POSITIVE_INFINITY }) {
      const signed = await signTraffic(operation, Math.min(Math.ceil((rates.get(operation) ?? firstRate) * seconds), requests));
      let taken = 0;
      return {
        next(client) {
          const request = signed.next(client);
          if (request !== undefined) taken += 1;
          if (requests === Number.POSITIVE_INFINITY) rates.set(operation, Math.max((taken * 1.5) / seconds, leastRate));
          return request;
        },
      };
    },
    stop: running.stop,
  };
}

/** So many requests a second are signed for a load, as long as nothing is known, and at least. */
const firstRate = 4_000;
const leastRate = 500;

/** Vitrine's gateway itself, with the environment that the stack gives it. @param changes what is different */
function vitrine(name: GatewayName, around: Surroundings, changes: Readonly<Record<string, string>>): Start {
  const definition = processDefinitions.find((process) => process.name === 'gateway');
  if (definition === undefined) throw new Error('there is no gateway among the processes of the stack');
  return {
    name,
    entry: path.join(checkout, definition.entry),
    env: (port) => ({
      NODE_COMPILE_CACHE: path.join(cache, 'node'),
      ...definition.environment(around.facts),
      HOST: '127.0.0.1',
      PORT: String(port),
      PUBLIC_ORIGIN: addressOf(port),
      ...changes,
    }),
    isReady: async (origin) => isOk(fetch(`${origin}/readyz`)),
  };
}

const foreign = (name: string, entry: string, { supergraph }: Surroundings): Start => ({
  name,
  entry,
  env: (port) => ({ NODE_ENV: 'production', HOST: '127.0.0.1', PORT: String(port), SUPERGRAPH: supergraph }),
  isReady: async (origin) =>
    isOk(
      fetch(`${origin}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"query":"{ __typename }"}' }),
    ),
});

async function isOk(asked: Promise<Response>): Promise<boolean> {
  try {
    const response = await asked;
    await response.arrayBuffer();
    return response.ok;
  } catch {
    // It does not listen yet.
    return false;
  }
}

/** Whose clients send the text of the operation with each request, and always the same headers. */
function plainContestant(
  name: GatewayName,
  graphqlPath: string,
  { origin, process: running, readyMs }: Started,
  headers: Readonly<Record<string, string>> = {},
): Contestant {
  const sent = { 'content-type': 'application/json', accept: 'application/json', ...headers };
  const each = (operation: OperationName): readonly PreparedRequest[] => {
    const { source, graphqlName, variables } = benchOperations[operation];
    return variables.map((given, index) => ({
      index,
      headers: sent,
      body: JSON.stringify({ query: source, operationName: graphqlName, variables: given }),
    }));
  };
  return {
    name,
    url: `${origin}${graphqlPath}`,
    pid: running.pid,
    readyMs,
    each: async (operation) => {
      const requests = each(operation).values();
      return { next: () => requests.next().value };
    },
    traffic: async (operation) => {
      const shuffled = shuffle(each(operation));
      let sent = 0;
      return {
        next() {
          sent += 1;
          return shuffled[sent % shuffled.length];
        },
      };
    },
    stop: running.stop,
  };
}

/** In a random order, in which none comes again before all others have come: no two of the same are under way at a time. */
export const shuffle = <Value>(values: readonly Value[]): readonly Value[] =>
  values
    .map((value) => ({ value, place: Math.random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ value }) => value);
