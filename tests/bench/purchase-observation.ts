/**
 * What happens in one purchase: statements, round trips, requests; and profiles. Counting costs, so it is done beside the
 * measurements, never in them.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type pg from 'pg';
import type { ProcessName } from '@vitrine/local/service-names';
import { processDefinitions } from '@vitrine/local/services';
import { until } from '../support/until.ts';
import { profileFile, readProfile, type CpuProfile, type ProfileReading } from './cpu-profile.ts';
import { beginCountingStatements, readStatements, stopCountingStatements } from './database-accounting.ts';
import type { MeasuredStack } from './purchase-stack.ts';
import { perPurchase, type MeasuredRun } from './purchase-summary.ts';
import { rounded } from './statistics.ts';

export type Observation = {
  readonly clients: number;
  readonly purchases: number;
  /** All processes together. */
  readonly perPurchase: {
    readonly statements: number;
    readonly transactions: number;
    readonly databaseRoundTrips: number;
    readonly requests: number;
  };
  /** BEGIN and COMMIT are statements, too. */
  readonly statementsPerPurchase: Readonly<Record<string, number>>;
  /** From each process to each other one. */
  readonly roundTripsPerPurchase: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** What each process was asked over HTTP. */
  readonly requestsPerPurchase: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** What took longest first: calls, milliseconds in the server (waiting included), bytes of write-ahead log, and pages looked at, a purchase. */
  readonly statements: readonly {
    readonly service: string;
    readonly calls: number;
    readonly milliseconds: number;
    readonly walBytes: number;
    readonly pages: number;
    readonly text: string;
  }[];
  readonly profiles: Readonly<Record<string, ProfileReading>>;
};

type Observed = {
  readonly requests: Readonly<Record<string, number>>;
  readonly roundTrips: Readonly<Record<string, number>>;
  readonly profile: CpuProfile | null;
};

const shownStatements = 60;
const shownFunctions = 25;
const shownText = 400;

/**
 * @param buy makes the purchases that are observed, until everything has settled @param folder where profiles go
 * @throws Error when a process does not answer
 */
export async function observePurchases(
  measured: MeasuredStack,
  admin: pg.Client,
  folder: string,
  buy: () => Promise<Pick<MeasuredRun, 'clients' | 'purchases' | 'transactions'>>,
): Promise<Observation> {
  await switchObservation(measured);
  await beginCountingStatements(admin);
  const { clients, purchases, transactions } = await buy();
  await stopCountingStatements(admin);
  const counted = await readStatements(admin);
  const observed = await switchObservation(measured);

  const statements: Record<string, number> = {};
  for (const { service, calls } of counted) statements[service] = (statements[service] ?? 0) + calls;
  const ports = portNames(measured);
  const byProcess = (of: (one: Observed) => Readonly<Record<string, number>>) =>
    Object.fromEntries([...observed].map(([name, one]) => [name, perPurchase(of(one), purchases)]));
  const profiles: Record<string, ProfileReading> = {};
  for (const [name, { profile }] of observed) {
    if (profile === null) continue;
    writeFileSync(profileFile(folder, name), JSON.stringify(profile));
    profiles[name] = readProfile(profile, shownFunctions);
  }
  const postgres = new URL(measured.stack.state.databaseUrls.checkout).port;
  const all = [...observed.values()];
  const perOne = (counts: readonly number[]): number => rounded(counts.reduce((sum, count) => sum + count, 0) / Math.max(purchases, 1), 2);
  return {
    clients,
    purchases,
    perPurchase: {
      statements: perOne(Object.values(statements)),
      transactions: perOne(Object.values(transactions)),
      databaseRoundTrips: perOne(all.map(({ roundTrips }) => roundTrips[postgres] ?? 0)),
      requests: perOne(all.flatMap(({ requests }) => Object.values(requests))),
    },
    statementsPerPurchase: perPurchase(statements, purchases),
    roundTripsPerPurchase: byProcess(({ roundTrips }) =>
      Object.fromEntries(Object.entries(roundTrips).map(([port, count]) => [ports.get(port) ?? `port ${port}`, count])),
    ),
    requestsPerPurchase: byProcess(({ requests }) => requests),
    statements: counted.slice(0, shownStatements).map(({ service, calls, milliseconds, walBytes, pages, text }) => ({
      service,
      calls: perOne([calls]),
      milliseconds: perOne([milliseconds]),
      walBytes: Math.round(perOne([walBytes])),
      pages: Math.round(perOne([pages])),
      text: text.slice(0, shownText),
    })),
    profiles,
  };
}

/** Begins or ends the observation of every process; answers what each wrote. */
async function switchObservation({ stack, observationFile }: MeasuredStack): Promise<Map<ProcessName, Observed>> {
  const pids = stack.pids();
  const found = new Map<ProcessName, Observed>();
  for (const { name } of processDefinitions) {
    const pid = pids[name];
    if (pid === undefined) throw new Error(`${name} does not run`);
    process.kill(pid, 'SIGUSR2');
  }
  for (const { name } of processDefinitions) {
    const file = observationFile(name);
    const text = await until(`the observation of ${name}`, async () => readWhenThere(file), 60_000);
    rmSync(file);
    found.set(name, JSON.parse(text) as Observed);
  }
  return found;
}

function readWhenThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Not yet written.
    return undefined;
  }
}

/** Who listens at each port of the stack. */
function portNames({ stack: { state } }: MeasuredStack): Map<string, string> {
  const brokers = state.kafkaBrokers.map((broker) => `kafka://${broker}`);
  const names: [string, string][] = [
    [state.databaseUrls.checkout, 'postgres'],
    [state.redisUrl, 'redis'],
    [state.stripe.apiBase, 'stripe-sandbox'],
    [state.identityProviderUrl, 'identity-provider'],
    [state.gatewayUrl, 'gateway'],
    ...brokers.map((url): [string, string] => [url, 'kafka']),
    ...Object.entries(state.serviceUrls).map(([name, url]): [string, string] => [url, name]),
  ];
  return new Map(names.map(([url, name]) => [new URL(url).port, name]));
}
