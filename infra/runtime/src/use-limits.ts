/**
 * Limits on what a subject (a buyer, a device, a card) may do within an hour. However many ask at once, never more than the
 * limit passes: the counts' rows are locked while they are compared. They are kept in slots of six minutes, each of which
 * counts until all of it is an hour old, so a limit may hold somebody back for up to six minutes longer than an hour.
 *
 * The tables and functions are in the migrations of each service that has limits (`use_counts`, `counted_uses`).
 */
import { hash } from 'node:crypto';
import { z } from 'zod';
import type { Pool, Queryable } from './database.ts';
import { createBatcher } from './group-commit.ts';
import { startLoop, type Loop } from './loop.ts';
import type { Logger } from './telemetry.ts';
import { createCounting, type Allowance } from './use-counting.ts';

export type { Allowance };

/** Who or what is counted: an id, a fingerprint. Only a digest of it is stored. */
export interface LimitSubject<Scope extends string> {
  readonly scope: Scope;
  readonly subject: string;
}

export interface Use<Scope extends string> {
  /** Counted once, however often it is asked. */
  readonly reference: string;
  readonly subjects: readonly LimitSubject<Scope>[];
  /** In minor units; 0 where no money moves. */
  readonly amountMinor: number;
}

export interface LimitReached<Scope extends string> {
  readonly scope: Scope;
  /** When something of what fills the limit no longer counts, in milliseconds from now. */
  readonly retryAfterMs: number;
}

export interface UseLimits<Scope extends string> {
  /** Counts a use for all its subjects, or for none: null when it was counted, now or before. */
  take(use: Use<Scope>): Promise<LimitReached<Scope> | null>;
  /** Whether one of the subjects was refused too often; counts nothing. */
  check(subjects: readonly LimitSubject<Scope>[]): Promise<LimitReached<Scope> | null>;
  /** Counts a refusal of the bank, whatever the limits are; once for each reference. */
  noteRefusal(refusal: Omit<Use<Scope>, 'amountMinor'>): Promise<void>;
  /** Ends the writes that wait. */
  stop(): Promise<void>;
}

type Wanted<Scope extends string> = Use<Scope> & { readonly kind: 'use' | 'refusal' | 'check' };

/** Enough to tell subjects apart; what is deleted about a buyer need not be looked for here. */
const digestOf = ({ scope, subject }: LimitSubject<string>): string => hash('sha256', `${scope} ${subject}`, 'base64url').slice(0, 22);

const maxBatch = 64;
const maxWaiting = 5_000;

const isUnlimited = ({ uses, amountMinor, refusals, smallUses }: Allowance): boolean =>
  uses === 0 && amountMinor === 0 && refusals === 0 && smallUses === 0;

/**
 * Limits by scope. A scope without any limit is not counted.
 * @param options.smallMinor up to this amount a use is a small one, in minor units
 */
export function createUseLimits<Scope extends string>(options: {
  readonly pool: Pool;
  readonly allowances: Readonly<Record<Scope, Allowance>>;
  readonly smallMinor: number;
}): UseLimits<Scope> {
  const { pool, allowances, smallMinor } = options;
  const count = createCounting(pool, 'count-uses', allowances);

  const write = async (items: readonly Wanted<Scope>[]): Promise<(LimitReached<Scope> | null)[]> => {
    const refused = await count(
      items.map(({ reference, subjects, amountMinor, kind }) => ({
        reference,
        scopes: subjects.map(({ scope }) => scope),
        subjects: subjects.map(digestOf),
        kind,
        amountMinor,
        isSmall: amountMinor > 0 && amountMinor <= smallMinor,
      })),
    );
    const reached = new Map(
      refused.map(({ place, scope, retryAfterSeconds }) => [place, { scope: scope as Scope, retryAfterMs: retryAfterSeconds * 1_000 }]),
    );
    return items.map((_, place) => reached.get(place) ?? null);
  };
  const batcher = createBatcher({ name: 'count-uses', write, maxBatch, maxWaiting });

  const add = async (wanted: Wanted<Scope>): Promise<LimitReached<Scope> | null> => {
    const subjects = wanted.subjects.filter(({ scope }) => !isUnlimited(allowances[scope]));
    return subjects.length === 0 ? null : batcher.add({ ...wanted, subjects });
  };
  return {
    take: (use) => add({ ...use, kind: 'use' }),
    check: (subjects) => add({ reference: '', subjects, amountMinor: 0, kind: 'check' }),
    noteRefusal: async (refusal) => {
      await add({ ...refusal, amountMinor: 0, kind: 'refusal' });
    },
    stop: () => batcher.stop(),
  };
}

/**
 * What became of a use: `returned` takes it back, `refused` turns it into a refusal of the bank, of which no amount counts.
 * Safe to repeat; nothing for one that is not counted.
 */
export async function settleUse(queryable: Queryable, reference: string, became: 'returned' | 'refused'): Promise<void> {
  await queryable.query({ name: 'settle-use', text: 'select settle_use($1, $2)', values: [reference, became] });
}

/** Forgets what no longer counts; answers how many rows went. */
export async function forgetUses(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `with uses as (delete from counted_uses where slot < use_slot() - 10 returning 1),
          counts as (delete from use_counts where slot < use_slot() - 10 returning 1)
     select (select count(*) from uses) + (select count(*) from counts) as count`,
  );
  return rows[0]?.count ?? 0;
}

const forgetIntervalMs = 10 * 60_000;

export const startForgettingUses = (deps: { readonly pool: Pool; readonly logger: Logger }): Loop =>
  startLoop({
    name: 'forget-uses',
    logger: deps.logger,
    intervalMs: forgetIntervalMs,
    run: async () => {
      await forgetUses(deps.pool);
      return false;
    },
  });

/** A limit from the environment: a whole number, 0 for none. */
export const limitVariable = (defaultValue: number, description: string) =>
  z.coerce.number().int().min(0).max(2_000_000_000).default(defaultValue).describe(`${description} 0 for no limit.`);
