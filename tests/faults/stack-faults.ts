/** What happens to a whole stack while many buy: stores stop and come back, processes are killed, webhooks fall silent. */
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { PartName, RunningStack } from '@vitrine/local/stack';
import { until } from '../support/until.ts';
import { choicesOf } from './choices.ts';
import type { ProcessUnderTest } from './process-under-test.ts';

export type StackFault =
  | 'postgres_immediate_restart'
  | 'kafka_stopped'
  | 'kafka_paused'
  | 'redis_flushed'
  | 'redis_stopped'
  | 'catalog_killed'
  | 'vault_killed'
  | 'eligibility_killed'
  | 'checkout_killed'
  | 'second_checkout_killed'
  | 'both_checkouts_killed'
  | 'webhooks_silent';

/** How long the long ones take, in milliseconds. */
export interface FaultDurations {
  readonly kafkaStoppedMs: number;
  /** Longer than a consumer's session, unless the run is a short one. */
  readonly kafkaPausedMs: number;
  readonly webhooksSilentMs: number;
}

export const fullDurations: FaultDurations = { kafkaStoppedMs: 60_000, kafkaPausedMs: 40_000, webhooksSilentMs: 15_000 };
export const shortDurations: FaultDurations = { kafkaStoppedMs: 6_000, kafkaPausedMs: 4_000, webhooksSilentMs: 4_000 };

const shortFaults: readonly StackFault[] = [
  'checkout_killed',
  'postgres_immediate_restart',
  'vault_killed',
  'second_checkout_killed',
  'catalog_killed',
  'redis_flushed',
  'eligibility_killed',
  'both_checkouts_killed',
  'webhooks_silent',
  'redis_stopped',
];
const longFaults: readonly StackFault[] = ['kafka_stopped', 'kafka_paused'];

/** The faults of a whole run in their order, without an end: every kind comes in each cycle, at another place. */
export function* planStackFaults(seed: number): Generator<{ readonly fault: StackFault; readonly afterMs: number }> {
  for (let cycle = 0; ; cycle += 1) {
    const choices = choicesOf(seed, 'stack', cycle);
    const left = [...shortFaults, ...longFaults];
    while (left.length > 0) {
      const [fault] = left.splice(choices.integer(0, left.length - 1), 1);
      if (fault !== undefined) yield { fault, afterMs: choices.integer(500, 5_000) };
    }
  }
}

export interface StackUnderFaults {
  readonly stack: RunningStack;
  readonly second: ProcessUnderTest;
  readonly durations: FaultDurations;
  /** Drops every webhook until the answer is called. */
  readonly silenceWebhooks: () => Promise<() => Promise<void>>;
}

const readyTimeoutMs = 120_000;

/** Kills a part and starts it again. One that is being started again already is left alone. */
async function bounce({ stack }: StackUnderFaults, name: PartName, signal: NodeJS.Signals = 'SIGKILL', awayMs = 0): Promise<void> {
  await stack.kill(name, signal);
  if (awayMs > 0) await wait(awayMs);
  await stack.restart(name);
}

/** A process that has ended by itself, as one does that cannot read Kafka, is being started again. */
async function isReady(origin: string): Promise<boolean> {
  try {
    const response = await fetch(`${origin}/readyz`, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    // Nobody listens.
    return false;
  }
}

export const untilReady = (what: string, origin: string): Promise<true> =>
  until(`${what} is ready`, async () => ((await isReady(origin)) ? (true as const) : undefined), readyTimeoutMs);

/** Makes one fault, and resolves when what it stopped runs again. */
export async function makeStackFault(world: StackUnderFaults, fault: StackFault): Promise<void> {
  const { stack, second, durations } = world;
  const { serviceUrls } = stack.state;
  const killService = async (service: keyof typeof serviceUrls): Promise<void> => {
    await untilReady(service, serviceUrls[service]);
    await bounce(world, service);
  };
  const killSecond = async (): Promise<void> => {
    await untilReady(second.name, second.origin);
    await second.kill();
    await second.start();
  };
  switch (fault) {
    case 'postgres_immediate_restart':
      // What `pg_ctl -m immediate` sends: no checkpoint, recovery from the log at the next start.
      return bounce(world, 'postgres', 'SIGQUIT');
    case 'kafka_stopped':
      return bounce(world, 'kafka', 'SIGTERM', durations.kafkaStoppedMs);
    case 'kafka_paused': {
      const pid = stack.pids()['kafka'];
      if (pid === undefined) throw new Error('the stack has no Kafka of its own');
      process.kill(pid, 'SIGSTOP');
      await wait(durations.kafkaPausedMs);
      process.kill(pid, 'SIGCONT');
      return;
    }
    case 'redis_flushed': {
      const client = new Redis(stack.state.redisUrl);
      try {
        await client.flushall();
      } finally {
        client.disconnect();
      }
      return;
    }
    case 'redis_stopped':
      return bounce(world, 'redis', 'SIGKILL', 3_000);
    case 'catalog_killed':
      return killService('catalog');
    case 'vault_killed':
      return killService('payment-vault');
    case 'eligibility_killed':
      return killService('seller-eligibility');
    case 'checkout_killed':
      return killService('checkout');
    case 'second_checkout_killed':
      return killSecond();
    case 'both_checkouts_killed':
      await Promise.all([killService('checkout'), killSecond()]);
      return;
    case 'webhooks_silent': {
      const speak = await world.silenceWebhooks();
      await wait(durations.webhooksSilentMs);
      return speak();
    }
    default:
      throw new Error(`there is no fault ${String(fault satisfies never)}`);
  }
}
