/** A machine that runs checkout: its process with the real saga in it, its loops, and a new process when that one is killed. */
import { isDatabaseUnavailable } from '@vitrine/runtime/database';
import type { Logger } from '@vitrine/runtime/telemetry';
import { captureOrders, voidOrders } from '../../services/checkout/src/capture-orders.ts';
import type { PurchaseClients } from '../../services/checkout/src/clients.ts';
import { completePurchases } from '../../services/checkout/src/complete-purchases.ts';
import type { Deps, SagaDeps } from '../../services/checkout/src/deps.ts';
import type { OrderStore } from '../../services/checkout/src/order-store.ts';
import { unlimited } from '../../services/checkout/src/purchase-limits.ts';
import type { PurchaseStore } from '../../services/checkout/src/purchase-store.ts';
import type { Tariff } from '../../services/checkout/src/pricing.ts';
import { startProcess, type CheckoutProcess } from './checkout-process.ts';
import type { Planned } from './virtual-time.ts';
import type { World } from './world.ts';

/** What the saga, the captures and the undo are given. */
export type SimulatedDeps = SagaDeps & Pick<Deps, 'orders' | 'wakeVoid'>;

export interface CheckoutHost {
  /** Null while there is none. */
  current(): { readonly process: CheckoutProcess; readonly deps: SimulatedDeps } | null;
  /** Something was written: loops look whether it is for them. */
  lookForWork(): void;
}

export interface HostOptions {
  readonly name: string;
  readonly skewMs: number;
  readonly tariff: Tariff;
  readonly settings: Pick<SagaDeps, 'reservationTtlSeconds' | 'buyerActionTimeoutSeconds' | 'duplicateWindowSeconds'>;
  readonly connect: (process: CheckoutProcess) => {
    readonly purchases: PurchaseStore;
    readonly orders: OrderStore;
    readonly clients: PurchaseClients;
  };
  /** When a loop has something to do at the earliest, in milliseconds since the run began; null when it has nothing. */
  readonly dueAt: Readonly<Record<LoopName, () => number | null>>;
}

export type LoopName = 'complete' | 'capture' | 'void';

const intervals: Readonly<Record<LoopName, number>> = { complete: 1_000, capture: 500, void: 500 };

export function startHost(world: World, options: HostOptions): CheckoutHost {
  const { time, choices } = world;
  let current: { readonly process: CheckoutProcess; readonly deps: SimulatedDeps; readonly look: () => void } | null = null;
  let started = 0;

  const start = (): void => {
    started += 1;
    const process = startProcess(world, `${options.name}.${started}`, options.skewMs, () => {
      current = null;
      time.after(choices.chance(0.7) ? choices.integer(100, 3_000) : choices.integer(3_000, 40_000), start);
    });
    const loops: { readonly name: LoopName; planned: Planned | null; plannedAt: number; isRunning: boolean }[] = (
      ['complete', 'capture', 'void'] as const
    ).map((name) => ({ name, planned: null, plannedAt: 0, isRunning: false }));
    const deps: SimulatedDeps = {
      ...options.connect(process),
      ...options.settings,
      tariff: options.tariff,
      limits: unlimited,
      logger: loggerOf(world, process),
      clock: {
        now: () => new Date(time.now() + options.skewMs),
        every: (intervalMs, run) => {
          let isOn = true;
          const turn = (): void => {
            time.after(intervalMs, () => {
              if (!isOn || !process.isAlive()) return;
              process.reach(() => isOn && run());
              turn();
            });
          };
          turn();
          return () => {
            isOn = false;
          };
        },
      },
      wakeRelay: () => {},
      wakeCapture: () => planTurn('capture', 0),
      wakeVoid: () => planTurn('void', 0),
    };
    const turns: Readonly<Record<LoopName, () => Promise<number>>> = {
      complete: () => completePurchases(deps),
      capture: () => captureOrders(deps),
      void: () => voidOrders(deps),
    };

    /** Plans a loop's next turn when there is something to do for it; of two plans the sooner one stays. */
    const planTurn = (name: LoopName, atLeastMs: number): void => {
      const loop = loops.find((each) => each.name === name);
      const dueAt = options.dueAt[name]();
      if (loop === undefined || loop.isRunning || dueAt === null || !process.isAlive()) return;
      const at = Math.max(time.now() + atLeastMs, dueAt);
      if (loop.planned !== null && loop.plannedAt <= at + intervals[name]) return;
      loop.planned?.cancel();
      loop.plannedAt = at + (atLeastMs === 0 && dueAt <= time.now() ? 1 : intervals[name] * choices.next());
      loop.planned = time.after(loop.plannedAt - time.now(), () => {
        loop.planned = null;
        process.reach(() => {
          if (loop.isRunning) return;
          loop.isRunning = true;
          void turns[name]()
            .catch((error: unknown) => {
              // The next turn comes, as it does in `startLoop`.
              if (!isDatabaseUnavailable(error)) world.violate('nothing breaks', `${process.name} ${name}: ${String(error)}`);
            })
            .then(() => {
              loop.isRunning = false;
              planTurn(name, intervals[name] / 2);
            });
        });
      });
    };

    const look = (): void => {
      for (const { name } of loops) planTurn(name, intervals[name] / 2);
    };
    current = { process, deps, look };
    look();
  };

  start();
  return { current: () => current, lookForWork: () => current?.look() };
}

/** Nothing is logged; an error that is not expected is a finding. */
function loggerOf(world: World, process: CheckoutProcess): Logger {
  const silent = (): void => {};
  const complain = (fields: { readonly err?: unknown }, message?: string): void => {
    const { err } = fields;
    world.violate('nothing breaks', `${process.name} ${message ?? ''}: ${err instanceof Error ? err.message : String(err)}`);
  };
  return { debug: silent, info: silent, warn: silent, error: complain, fatal: complain } as unknown as Logger;
}
