/** Where a gateway spends its processor time under load, by operation. The observed process is one of its own: observing costs a little. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { until } from '../support/until.ts';
import { profileFile, readProfile, type CpuProfile, type ProfileReading } from './cpu-profile.ts';
import { startContestant, type GatewayName } from './gateway-contestants.ts';
import { createLoadGenerator } from './gateway-load.ts';
import type { OperationName } from './gateway-operations.ts';
import type { GatewayOptions } from './gateway-options.ts';
import type { Surroundings } from './gateway-surroundings.ts';

const shownPlaces = 25;
const warmUp = { seconds: 10, requests: 4_000 };

/** @param folder where the `.cpuprofile` files go */
export async function profileGateway(
  name: GatewayName,
  { operations, clients, seconds }: GatewayOptions,
  { around, signal, folder }: { readonly around: Surroundings; readonly signal: AbortSignal; readonly folder: string },
): Promise<Readonly<Partial<Record<OperationName, ProfileReading>>>> {
  const observations = mkdtempSync(path.join(os.tmpdir(), 'vitrine-bench-'));
  const file = path.join(observations, 'observed.json');
  const preload = pathToFileURL(path.join(import.meta.dirname, 'observed-process.ts')).href;
  const env = { NODE_OPTIONS: `--import=${preload}`, OBSERVATION_FILE: file, OBSERVATION_PROFILE: '1' };
  const gateway = await startContestant(name, { around, clients, signal, env });
  const generator = createLoadGenerator(gateway.url, clients);
  const observe = async (): Promise<{ readonly profile: CpuProfile | null }> => {
    process.kill(gateway.pid, 'SIGUSR2');
    const text = await until(`the observation of ${name}`, async () => readWhenThere(file), 60_000);
    rmSync(file);
    return JSON.parse(text) as { readonly profile: CpuProfile | null };
  };
  try {
    const readings: Partial<Record<OperationName, ProfileReading>> = {};
    for (const operation of operations) {
      const { expected } = await generator.look(await gateway.each(operation));
      await generator.run(await gateway.traffic(operation, warmUp), expected, warmUp, signal);
      const traffic = await gateway.traffic(operation, { seconds });
      await observe();
      await generator.run(traffic, expected, { seconds }, signal);
      const { profile } = await observe();
      if (profile === null) throw new Error(`${name} took no profile`);
      writeFileSync(profileFile(folder, `gateway-${name}-${operation}`), JSON.stringify(profile));
      readings[operation] = readProfile(profile, shownPlaces);
    }
    return readings;
  } finally {
    await generator.close();
    await gateway.stop();
    rmSync(observations, { recursive: true, force: true });
  }
}

export const profileLines = (name: GatewayName, readings: Readonly<Partial<Record<OperationName, ProfileReading>>>): string[] =>
  Object.entries(readings).flatMap(([operation, reading]) =>
    Object.entries(reading).flatMap(([kind, shares]) => [
      `profile of ${name}, ${operation}, ${kind}`,
      ...shares.map(({ place, share }) => `  ${(100 * share).toFixed(1).padStart(5)} %  ${place}`),
    ]),
  );

function readWhenThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Not yet written.
    return undefined;
  }
}
