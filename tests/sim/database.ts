/** A database whose statements each happen at one moment. One may fail, or take effect without its answer coming through. */
import type { CheckoutProcess } from './checkout-process.ts';
import type { World } from './world.ts';

/** What the driver throws when the connection breaks: nobody knows whether the statement took effect. */
const connectionLost = (): Error => Object.assign(new Error('Connection terminated unexpectedly'), { code: '08006' });

export interface Database {
  /** Milliseconds since the run began, by the database's clock. */
  now(): number;
  /** Runs a statement; `effect` is all of it. Rejects as the driver does, or with what `effect` threw. */
  statement<Rows>(from: CheckoutProcess, name: string, effect: () => Rows): Promise<Rows>;
  /** Called after each statement. */
  onStatement(observe: () => void): void;
}

export function createDatabase(world: World): Database {
  const { time, choices } = world;
  const observers: (() => void)[] = [];
  const travelMs = (): number => 0.5 + 3 * choices.next();

  return {
    now: () => time.now(),
    onStatement: (observe) => void observers.push(observe),
    statement: (from, name, effect) =>
      new Promise((resolve, reject) => {
        const fail = (): void => {
          time.after(travelMs(), () => from.reach(() => reject(connectionLost())));
        };
        const stalledMs = world.happens('statementStalls') ? choices.integer(500, 14_000) : 0;
        time.after(travelMs() + stalledMs, () => {
          if (world.isAway('database') || world.happens('statementFails')) {
            world.note?.(`${from.name} ${name}: the database is away`);
            fail();
            return;
          }
          let settle: () => void;
          try {
            const rows = effect();
            settle = () => resolve(rows);
          } catch (error) {
            settle = () => reject(error instanceof Error ? error : new Error(String(error)));
          }
          for (const observe of observers) observe();
          if (world.happens('statementAnswerLost')) {
            world.note?.(`${from.name} ${name}: done, but the answer is lost`);
            fail();
          } else time.after(travelMs(), () => from.reach(settle));
        });
      }),
  };
}
