/**
 * The whole of Vitrine on one machine: stores, the Stripe sandbox, the identity provider, the five
 * services and the gateway, each its own process. `npm start`, the demo and the end-to-end tests run it.
 */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { stripeEventTypes } from '@vitrine/contracts/stripe-events';
import { identityKeysFor } from './caller-keys.ts';
import { allOrNothing, ensurePrograms, startComponents } from './components.ts';
import type { Components } from './components.ts';
import { addressOf, startNodeProcess } from './node-process.ts';
import { isSameProcess, identityOf } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';
import type { Exit } from './processes.ts';
import { createProgress } from './progress.ts';
import type { Progress } from './progress.ts';
import { custodianHalves, key } from './secrets.ts';
import { processDefinitions } from './services.ts';
import type { StackFacts, StripeFacts } from './services.ts';
import { serviceNames } from './service-names.ts';
import type { ProcessName, ServiceName } from './service-names.ts';
import { attesterRootFile } from './software-attester-names.ts';
import { claimStackFolder, wipeStack } from './stack-folder.ts';
import type { ClaimedFolder } from './stack-folder.ts';
import { readJsonFile, writeJsonFile } from './state.ts';
import type { StackFolders } from './state.ts';
import { givenStripeAccount } from './stripe-account.ts';
import { createSupervisor } from './supervisor.ts';
import type { Supervisor } from './supervisor.ts';
import { deadLetterTopics, eventTopics } from './topics.ts';

const checkout = path.resolve(import.meta.dirname, '../../..');

/** The folder of the stack that `npm start` runs. */
export const defaultRoot = path.join(checkout, '.local');

/** How to reach a running stack; written to `stack.json` in its folder when everything is ready. */
export type StackState = {
  /** The process that runs the stack. */
  readonly starter: ProcessIdentity;
  readonly root: string;
  readonly gatewayUrl: string;
  readonly serviceUrls: Readonly<Record<ServiceName, string>>;
  readonly identityProviderUrl: string;
  /** Secret of the client `vitrine-development`, which gets tokens without a browser. */
  readonly developmentClientSecret: string;
  readonly stripe: StripeFacts;
  /** With the role of each process that keeps one. */
  readonly databaseUrls: Readonly<Record<ProcessName, string>>;
  /** Of payment-vault's database, with the role of the wrapped keys. */
  readonly keysDatabaseUrl: string;
  readonly kafkaBrokers: readonly string[];
  readonly redisUrl: string;
  /** `IDENTITY_KEYS` of the operators' command line. */
  readonly opsIdentityKeys: string;
  readonly logFolder: string;
};

export type StackOptions = {
  /** Data, logs and state of the stack; `.local` of the checkout unless told. */
  readonly root?: string;
  /** Begin without the data of earlier runs. */
  readonly fresh?: boolean;
  /** Called when all processes are ready, before the stack counts as running. */
  readonly seed?: (state: StackState, sandboxUrl: string | null) => Promise<void>;
  /** false trades durability of PostgreSQL and Redis for speed; true unless told. */
  readonly durable?: boolean;
  /** For measurements: Kafka compiles what is hot fully, and PostgreSQL can count statements; false unless told. */
  readonly measured?: boolean;
  /** Takes progress and reports, a line (or a few) at a time. */
  readonly write?: (text: string) => void;
  /** Where URLs that replace a part are looked up; nowhere unless told. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Variables of single processes in addition to (or instead of) those of `services.ts`. */
  readonly serviceEnvironment?: Partial<Record<ProcessName, Readonly<Record<string, string>>>>;
  readonly nodeEnvironment?: 'development' | 'test';
  readonly logLevel?: string;
  readonly gatewayPort?: number;
  /** Start a part again when it ends by itself. */
  readonly restart?: boolean;
  /** A part ended by itself and is not started again: the stack is no longer whole. */
  readonly onFailure?: (error: Error) => void;
  /** Breaks off the start. */
  readonly signal?: AbortSignal;
  /** Ends every process at once with SIGKILL, also during the start or while `stop` waits. */
  readonly force?: AbortSignal;
};

export type RunningStack = {
  readonly state: StackState;
  readonly pids: () => Readonly<Record<string, number>>;
  /** Ends a part with a signal and leaves it ended. */
  readonly kill: (name: PartName, signal: NodeJS.Signals) => Promise<Exit>;
  /** Stops a part if it runs, starts it again on the same port, and waits until it is ready. */
  readonly restart: (name: PartName) => Promise<void>;
  /** Stops everything: gateway, services, sandbox and identity provider, stores. */
  readonly stop: () => Promise<void>;
};

export type PartName = ProcessName | 'postgres' | 'kafka' | 'redis' | 'stripe-sandbox' | 'identity-provider';

/**
 * Starts everything and resolves when all of it is ready. When a part cannot be started, everything is
 * stopped again.
 * @throws StackFolderInUseError when a stack runs from this folder
 * @throws MissingPrerequisiteError, StripeAccountError or PortInUseError before any part is started
 */
export async function runStack(options: StackOptions = {}): Promise<RunningStack> {
  const write = options.write ?? (() => {});
  const claimed = await claimStackFolder(options.root ?? defaultRoot, path.join(defaultRoot, 'cache'));
  const cancel = new AbortController();
  options.signal?.addEventListener('abort', () => cancel.abort(options.signal?.reason));
  options.force?.addEventListener('abort', claimed.ledger.killAll);
  const progress = createProgress(write, cancel.signal);
  if (claimed.leftovers.length > 0) {
    progress.note(`ended what an earlier start left: ${claimed.leftovers.join(', ')}`);
  }
  if (options.fresh === true) wipeStack(claimed.folders);
  const supervisor = createSupervisor({
    signal: cancel.signal,
    report: write,
    restart: options.restart ?? false,
    onFailure: options.onFailure ?? ((error) => write(error.message)),
  });
  const release = () => {
    rmSync(stateFile(claimed.folders.root), { force: true });
    claimed.release();
  };
  let breakOffPreparation = async (): Promise<void> => {};
  const stop = async () => {
    await Promise.all([breakOffPreparation(), supervisor.stop()]);
    release();
  };
  try {
    options.signal?.throwIfAborted();
    const { state, prepareNextStart } = await startEverything({ claimed, supervisor, progress, cancel, options });
    if (options.durable ?? true) breakOffPreparation = prepareNextStart();
    return {
      state,
      pids: supervisor.pids,
      kill: supervisor.kill,
      restart: supervisor.restart,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The stack that runs from this folder now, or undefined when none is ready there. */
export function findRunningStack(root: string = defaultRoot): StackState | undefined {
  const state = readJsonFile(stateFile(path.resolve(root))) as StackState | undefined;
  return state !== undefined && isSameProcess(state.starter) ? state : undefined;
}

type Start = {
  readonly claimed: ClaimedFolder;
  readonly supervisor: Supervisor;
  readonly progress: Progress;
  readonly cancel: AbortController;
  readonly options: StackOptions;
};

async function startEverything(start: Start): Promise<Pick<Components, 'prepareNextStart'> & { readonly state: StackState }> {
  const { claimed, supervisor, progress, cancel, options } = start;
  const { folders, ports, secrets } = claimed;
  const env = options.env ?? {};
  // What the user has to set right comes to light before anything starts.
  const givenStripe = givenStripeAccount(env);
  const gatewayPort = await ports.take('gateway', options.gatewayPort);
  const gatewayUrl = addressOf(gatewayPort);
  const componentOptions = {
    ...claimed,
    supervisor,
    progress,
    topics: [...eventTopics, ...deadLetterTopics],
    durable: options.durable ?? true,
    measured: options.measured,
    env,
    cancel,
  };
  const servicePorts = new Map<ProcessName, number>([['gateway', gatewayPort]]);
  for (const service of serviceNames) servicePorts.set(service, await ports.take(service));
  const portOf = (name: ProcessName): number => {
    const port = servicePorts.get(name);
    if (port === undefined) throw new Error(`no port was taken for ${name}`);
    return port;
  };
  const programs = await ensurePrograms(componentOptions);
  const [components, stripe, identityProvider] = await allOrNothing(cancel, [
    startComponents(componentOptions, programs),
    startStripe(start, givenStripe, `${addressOf(portOf('payment-vault'))}/webhooks/stripe`),
    startIdentityProvider(start, gatewayUrl),
  ]);
  await startServices(start, portOf, {
    nodeEnvironment: options.nodeEnvironment ?? 'development',
    logLevel: options.logLevel ?? 'info',
    databaseUrl: (service) => components.databaseUrls[service],
    kafkaBrokers: components.kafkaBrokers,
    redisUrl: components.redisUrl,
    address: (service) => addressOf(portOf(service)),
    identityKeysFor: (name) => identityKeysFor(name, secrets),
    stripe,
    gatewayKeys: `local:${secrets.get('gateway', key)}`,
    publicOrigin: gatewayUrl,
    attesterRootFile: attesterRootFile(identityFolder(folders)),
    identityIssuer: identityProvider.url,
    jwksUrl: `${identityProvider.url}/jwks`,
    partnerDashboardUrl: `${gatewayUrl}/seller`,
    vaultKeys: {
      databaseUrl: components.keysDatabaseUrl,
      // Beside the secrets: a database that is given from outside outlives the data of the stack, and needs its keys.
      file: path.join(folders.root, 'vault-keys.json'),
      custodianHalves: custodianHalves(secrets),
    },
  });
  const state = describeStack({ claimed, components, stripe, identityProvider, gatewayUrl, portOf });
  const { seed } = options;
  if (seed !== undefined) {
    cancel.signal.throwIfAborted();
    await progress.part('seed', () => seed(state, givenStripe === undefined ? stripe.browserApiBase : null));
  }
  writeJsonFile(stateFile(folders.root), state);
  return { state, prepareNextStart: components.prepareNextStart };
}

function describeStack(parts: {
  readonly claimed: ClaimedFolder;
  readonly components: Components;
  readonly stripe: StripeFacts;
  readonly identityProvider: IdentityProvider;
  readonly gatewayUrl: string;
  readonly portOf: (name: ProcessName) => number;
}): StackState {
  const { claimed, components, stripe, identityProvider, gatewayUrl, portOf } = parts;
  const starter = identityOf(process.pid);
  if (starter === undefined) throw new Error('this process cannot find itself in the process table');
  return {
    starter,
    root: claimed.folders.root,
    gatewayUrl,
    serviceUrls: Object.fromEntries(serviceNames.map((service) => [service, addressOf(portOf(service))])) as Record<ServiceName, string>,
    identityProviderUrl: identityProvider.url,
    developmentClientSecret: identityProvider.developmentClientSecret,
    stripe,
    databaseUrls: components.databaseUrls,
    keysDatabaseUrl: components.keysDatabaseUrl,
    kafkaBrokers: components.kafkaBrokers,
    redisUrl: components.redisUrl,
    opsIdentityKeys: identityKeysFor('ops', claimed.secrets),
    logFolder: claimed.folders.logs,
  };
}

async function startServices(
  { claimed, supervisor, progress, cancel, options }: Start,
  portOf: (name: ProcessName) => number,
  facts: StackFacts,
): Promise<void> {
  const { folders, ledger } = claimed;
  cancel.signal.throwIfAborted();
  await allOrNothing(
    cancel,
    processDefinitions.map(({ name, entry, environment }) =>
      progress.part(
        name,
        () =>
          supervisor.run(name, name === 'gateway' ? 'gateway' : 'service', () =>
            startNodeProcess({
              name,
              entry: path.join(checkout, entry),
              port: portOf(name),
              readyPath: '/readyz',
              env: { ...environment(facts), ...options.serviceEnvironment?.[name] },
              cache: folders.cache,
              logFile: path.join(folders.logs, `${name}.log`),
              ledger,
              signal: cancel.signal,
            }),
          ),
        ({ url }) => new URL(url).host,
      ),
    ),
  );
}

async function startStripe(
  { claimed, supervisor, progress, cancel }: Start,
  given: StripeFacts | undefined,
  webhookUrl: string,
): Promise<StripeFacts> {
  const { folders, ledger, ports, secrets } = claimed;
  if (given !== undefined) {
    progress.note(`stripe-sandbox: replaced by ${given.apiBase}`);
    return given;
  }
  return progress.part(
    'stripe-sandbox',
    async () => {
      const port = await ports.take('stripe-sandbox');
      const webhookSecret = `whsec_${secrets.get('stripe-webhook')}`;
      const { url } = await supervisor.run('stripe-sandbox', 'outside', () =>
        startNodeProcess({
          name: 'stripe-sandbox',
          entry: path.join(checkout, 'infra/stripe-sandbox/src/main.ts'),
          port,
          readyPath: '/_sandbox/health',
          env: {
            DATA_DIR: path.join(folders.data, 'stripe-sandbox'),
            WEBHOOK_URL: webhookUrl,
            WEBHOOK_SECRET: webhookSecret,
            WEBHOOK_EVENTS: stripeEventTypes.join(','),
          },
          cache: folders.cache,
          logFile: path.join(folders.logs, 'stripe-sandbox.log'),
          ledger,
          signal: cancel.signal,
        }),
      );
      // The same ending makes the two keys belong to one account of the sandbox.
      const account = secrets.get('stripe-account');
      return {
        secretKey: `sk_test_${account}`,
        publishableKey: `pk_test_${account}`,
        apiBase: url,
        browserApiBase: url,
        webhookSecret,
      };
    },
    ({ apiBase }) => new URL(apiBase).host,
  );
}

type IdentityProvider = { readonly url: string; readonly developmentClientSecret: string };

async function startIdentityProvider(
  { claimed, supervisor, progress, cancel, options }: Start,
  gatewayUrl: string,
): Promise<IdentityProvider> {
  const { folders, ledger, ports, secrets } = claimed;
  return progress.part(
    'identity-provider',
    async () => {
      const port = await ports.take('identity-provider');
      const developmentClientSecret = secrets.get('development-client');
      const { url } = await supervisor.run('identity-provider', 'outside', () =>
        startNodeProcess({
          name: 'identity-provider',
          entry: path.join(import.meta.dirname, 'identity-provider.ts'),
          port,
          readyPath: '/.well-known/openid-configuration',
          env: {
            DATA_DIR: identityFolder(folders),
            ISSUER: addressOf(port),
            GATEWAY_ORIGIN: gatewayUrl,
            DEVELOPMENT_CLIENT_SECRET: developmentClientSecret,
            NODE_ENV: options.nodeEnvironment ?? 'development',
          },
          cache: folders.cache,
          logFile: path.join(folders.logs, 'identity-provider.log'),
          ledger,
          signal: cancel.signal,
        }),
      );
      return { url, developmentClientSecret };
    },
    ({ url }) => new URL(url).host,
  );
}

function stateFile(root: string): string {
  return path.join(root, 'stack.json');
}

const identityFolder = (folders: StackFolders): string => path.join(folders.data, 'identity-provider');
