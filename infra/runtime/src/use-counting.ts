/**
 * The statement that counts uses. What surely fits, as almost everything does, is counted by one set-based statement; where
 * that is not sure, it fails as a whole and `count_uses` (in the services' migrations) decides use by use, at five times the cost.
 */
import { hash } from 'node:crypto';
import type { Pool } from './database.ts';

/** What one subject may do within an hour; 0 is no limit. */
export interface Allowance {
  readonly uses: number;
  /** Together, in minor units. */
  readonly amountMinor: number;
  /** Uses that a bank refuses: from so many on nothing more is allowed. */
  readonly refusals: number;
  /** Uses of small amounts, with which stolen cards are tried out. */
  readonly smallUses: number;
}

/** As it is stored. */
export interface Countable {
  readonly reference: string;
  readonly scopes: readonly string[];
  readonly subjects: readonly string[];
  readonly kind: 'use' | 'refusal' | 'check';
  readonly amountMinor: number;
  readonly isSmall: boolean;
}

export interface Refused {
  /** Of the refused one among those that were to be counted. */
  readonly place: number;
  readonly scope: string;
  readonly retryAfterSeconds: number;
}

/** Counts, or answers what was refused. */
export type CountUses = (items: readonly Countable[]) => Promise<readonly Refused[]>;

/** SQLSTATEs of the statement that could not be sure: its own, and that somebody counts the same at this moment. */
const unsure: ReadonlySet<unknown> = new Set(['22012', '23505']);
const isUnsure = (error: unknown): boolean => typeof error === 'object' && error !== null && 'code' in error && unsure.has(error.code);

/** The slots after so many have passed, with `added` in the newest. */
const moved = (column: string, added: string): string => `
  case when c.slot = excluded.slot then array[c.${column}[1] + ${added}] || c.${column}[2:11]
       else array[${added}] || (array_fill(0::${column === 'amounts' ? 'bigint' : 'integer'}, array[least(excluded.slot - c.slot, 11) - 1]) || c.${column})[1:10] end`;

function sureStatement(allowances: Readonly<Record<string, Allowance>>): string {
  const limitOf = (table: string, pick: (allowance: Allowance) => number): string =>
    `case ${table}.scope ${Object.entries(allowances)
      .map(([scope, allowance]) => `when '${scope}' then ${pick(allowance) === 0 ? '9000000000000000' : pick(allowance)}::bigint`)
      .join(' ')} end`;
  const uses = (table: string) => limitOf(table, (allowance) => allowance.uses);
  const small = (table: string) => limitOf(table, (allowance) => allowance.smallUses);
  const amount = (table: string) => limitOf(table, (allowance) => allowance.amountMinor);
  const refusals = (table: string) => limitOf(table, (allowance) => allowance.refusals);
  return `
    with input as (
      select * from unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::boolean[]) as i (reference, scope, subject, amount, small)
       where not exists (select from counted_uses u where u.reference = i.reference)
    ), this as materialized (
      select use_slot() as slot
    ), wanted as (
      select scope, subject, count(*)::integer as uses, count(*) filter (where small)::integer as small, sum(amount)::bigint as amount
        from input group by 1, 2
    ), counted as (
      insert into use_counts as c (scope, subject, slot, uses, small_uses, amounts)
      select w.scope, w.subject, this.slot, array[w.uses] || array_fill(0, array[10]), array[w.small] || array_fill(0, array[10]),
             array[w.amount] || array_fill(0::bigint, array[10])
        from wanted w cross join this
       where w.uses <= ${uses('w')} and w.small <= ${small('w')} and w.amount <= ${amount('w')}
       order by 1, 2
      on conflict (scope, subject) do update
         set slot = excluded.slot, uses = ${moved('uses', 'excluded.uses[1]')}, small_uses = ${moved('small_uses', 'excluded.small_uses[1]')},
             refusals = case when c.slot = excluded.slot then c.refusals else ${moved('refusals', '0')} end,
             amounts = ${moved('amounts', 'excluded.amounts[1]')}
       where c.slot <= excluded.slot
         -- Slots that are over are counted as well: then it is not sure.
         and (select sum(n.uses) + excluded.uses[1] <= ${uses('c')} and sum(n.refusals) < ${refusals('c')}
                     and (excluded.small_uses[1] = 0 or sum(n.small) + excluded.small_uses[1] <= ${small('c')})
                     and sum(n.amount) + excluded.amounts[1] <= ${amount('c')}
                from unnest(c.uses, c.small_uses, c.refusals, c.amounts) as n (uses, small, refusals, amount))
      returning 1
    ), noted as (
      insert into counted_uses (reference, scopes, subjects, slot, amount_minor, is_small, refused)
      select i.reference, array_agg(i.scope), array_agg(i.subject), this.slot, i.amount, i.small, false
        from input i cross join this group by i.reference, this.slot, i.amount, i.small
    )
    select 1 / (case when (select count(*) from counted) = (select count(*) from wanted) then 1 else 0 end)`;
}

/** @param name of the prepared statement */
export function createCounting(pool: Pool, name: string, allowances: Readonly<Record<string, Allowance>>): CountUses {
  const text = sureStatement(allowances);
  // The limits are in its text, and a connection has one statement of a name.
  const sureName = `${name}-${hash('sha256', text).slice(0, 12)}`;
  const byScope = JSON.stringify(
    Object.fromEntries(
      Object.entries(allowances).map(([scope, { uses, amountMinor, refusals, smallUses }]) => [
        scope,
        { uses, amount: amountMinor, refusals, small: smallUses },
      ]),
    ),
  );

  const countSure = async (items: readonly Countable[]): Promise<void> => {
    const rows = items.flatMap(({ scopes, subjects, ...item }) =>
      scopes.map((scope, index) => ({ ...item, scope, subject: subjects[index] })),
    );
    await pool.query({
      name: sureName,
      text,
      values: [
        rows.map(({ reference }) => reference),
        rows.map(({ scope }) => scope),
        rows.map(({ subject }) => subject),
        rows.map(({ amountMinor }) => amountMinor),
        rows.map(({ isSmall }) => isSmall),
      ],
    });
  };

  const countEach = async (items: readonly Countable[]): Promise<readonly Refused[]> => {
    const { rows } = await pool.query<{ place: number; refused_scope: string; retry_after_seconds: number }>({
      name,
      text: 'select place, refused_scope, retry_after_seconds from count_uses($1, $2)',
      values: [
        JSON.stringify(items.map(({ amountMinor, isSmall, ...item }) => ({ ...item, amount_minor: amountMinor, is_small: isSmall }))),
        byScope,
      ],
    });
    return rows.map((row) => ({ place: row.place, scope: row.refused_scope, retryAfterSeconds: row.retry_after_seconds }));
  };

  return async (items) => {
    const areUses = items.every(({ kind }) => kind === 'use') && new Set(items.map(({ reference }) => reference)).size === items.length;
    if (!areUses) return countEach(items);
    try {
      await countSure(items);
      return [];
    } catch (error) {
      if (!isUnsure(error)) throw error;
      return countEach(items);
    }
  };
}
