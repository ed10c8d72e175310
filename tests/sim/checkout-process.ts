/** A process of checkout that can end or stand still at any time: whatever it waits for then never comes, or comes late. */
import type { World } from './world.ts';

export interface CheckoutProcess {
  readonly name: string;
  /** What its clock shows more than the database's, in milliseconds. */
  readonly skewMs: number;
  isAlive(): boolean;
  crash(): void;
  /** Something reaches the process: it is dealt with at once, when the process moves again, or not at all. */
  reach(deal: () => void): void;
}

export function startProcess(world: World, name: string, skewMs: number, onCrash: () => void): CheckoutProcess {
  let alive = true;
  let standsUntil = 0;
  const { time, choices } = world;

  const reach = (deal: () => void): void => {
    if (!alive) return;
    if (world.happens('crash')) {
      crash();
      return;
    }
    if (standsUntil <= time.now() && world.happens('pause')) {
      standsUntil = time.now() + choices.integer(200, choices.chance(0.5) ? 30_000 : 4_000);
      world.note?.(`${name} stands still for ${standsUntil - time.now()} ms`);
    }
    if (standsUntil > time.now()) time.after(standsUntil - time.now(), () => reach(deal));
    else deal();
  };

  const crash = (): void => {
    if (!alive) return;
    alive = false;
    world.note?.(`${name} is killed`);
    onCrash();
  };

  return { name, skewMs, isAlive: () => alive, crash, reach };
}
