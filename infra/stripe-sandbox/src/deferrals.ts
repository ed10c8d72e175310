/**
 * What ends by itself a few seconds later: payments that are processing, refunds that are pending or will fail. It is kept in the
 * journal, so a restart forgets none; a test control can end one at once.
 */
import { endProcessing } from './payment-attempt.ts';
import type { Machinery } from './pipeline.ts';
import type { DeferralRecord } from './records.ts';
import { finishRefund } from './refund-state.ts';
import type { Transaction } from './store.ts';

const TICK_MS = 250;

/** Why nothing ended: it is not there, or has ended. */
type Finish = { ok: true; object: object } | { ok: false };

type Timed = Pick<Machinery, 'store' | 'now'>;

function end({ store, now }: Timed, tx: Transaction, deferral: DeferralRecord, outcome: DeferralRecord['outcome']): object | undefined {
  const { kind, id } = deferral;
  tx.put('deferral', id, { ...deferral, done: true });
  if (kind === 'refund') return finishRefund(tx, id, outcome, Math.floor(now().getTime() / 1000));
  const context = { tx, now: now(), secret: store.secret, caller: { account: tx.account, kind: 'secret' as const } };
  return endProcessing(context, id, outcome);
}

/** Ends what waits under this id now, in its own way or as told. */
export async function finishNow(
  machinery: Timed,
  kind: DeferralRecord['kind'],
  id: string,
  outcome?: DeferralRecord['outcome'],
): Promise<Finish> {
  const account = machinery.store.accountWith('deferral', id);
  if (account === undefined) return { ok: false };
  const tx = machinery.store.begin(account);
  const deferral = tx.get('deferral', id);
  if (deferral === undefined || deferral.done || deferral.kind !== kind) return { ok: false };
  const object = end(machinery, tx, deferral, outcome ?? deferral.outcome);
  await machinery.store.commit(tx);
  return object === undefined ? { ok: false } : { ok: true, object };
}

/** Ends what is due. Resolves when it is on the disk. */
async function endDue(machinery: Timed): Promise<void> {
  const { store, now } = machinery;
  for (const account of store.accounts()) {
    const due = store
      .begin(account)
      .list('deferral')
      .filter(({ done, dueAt }) => !done && dueAt <= now().getTime());
    for (const { kind, id } of due.toReversed()) await finishNow(machinery, kind, id);
  }
}

/** Ends what is due, four times a second, from `start` to `stop`. */
export class Deferrals {
  readonly #machinery: Timed;
  readonly #onBug: (cause: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(machinery: Timed, onBug: (cause: unknown) => void) {
    this.#machinery = machinery;
    this.#onBug = onBug;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#running ??= endDue(this.#machinery)
        .catch(this.#onBug)
        .finally(() => {
          this.#running = undefined;
        });
    }, TICK_MS).unref();
  }

  /** Resolves when nothing is under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }
}
