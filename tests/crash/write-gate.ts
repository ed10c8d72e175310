/**
 * Holds a write of one buyer's purchase in checkout's database at its commit, by a trigger that only tests have: the process that waits
 * for it can be killed there, and the commit then be undone or done.
 */
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { until } from '../support/until.ts';

/** What a write changes, as the trigger names it. */
export type WriteName =
  | 'purchase begun'
  | 'purchase to stock_reserved'
  | 'purchase to awaiting_buyer'
  | 'purchase to compensating'
  | 'purchase to finished'
  | 'purchase let go'
  | 'undone void_payment'
  | 'undone release_stock'
  | 'payment authorized to capturing'
  | 'payment capturing to captured'
  | 'payment authorized to voiding'
  | 'payment voiding to voided';

export interface HeldWrite {
  readonly reached: Promise<void>;
  /** Ends the hold after the process was killed: the commit takes effect, or everything is rolled back. */
  release(how: 'committed' | 'rolled_back'): Promise<void>;
}

export interface WriteGate {
  hold(write: WriteName, buyerId: string): Promise<HeldWrite>;
  close(): Promise<void>;
}

const triggers = `
  create table if not exists held_writes (buyer_id text not null, write text not null, lock_key bigint not null);
  create or replace function hold_write() returns trigger language plpgsql as $$
  declare
    names text[];
    held bigint;
  begin
    if tg_table_name = 'purchases' then
      names := case
        when tg_op = 'INSERT' then array['purchase begun']
        when new.recovery_point <> old.recovery_point then array['purchase to ' || new.recovery_point]
        when cardinality(new.compensations) < cardinality(old.compensations)
          then array['undone ' || old.compensations[cardinality(old.compensations)]]
        when new.lease_token is null and old.lease_token is not null then array['purchase let go']
        else array[]::text[] end;
    elsif tg_op = 'UPDATE' and new.payment_state <> old.payment_state then
      names := array['payment ' || old.payment_state || ' to ' || new.payment_state];
    end if;
    select lock_key into held from held_writes h where h.buyer_id = new.buyer_id and h.write = any (names);
    if found then perform pg_advisory_xact_lock(held); end if;
    return null;
  end
  $$;
  -- Deferred: it runs when everything of the transaction is written and its commit was asked for.
  create constraint trigger hold_write after insert or update on purchases deferrable initially deferred for each row execute function hold_write();
  create constraint trigger hold_write after update on orders deferrable initially deferred for each row execute function hold_write();
`;

const firstKey = 7_700_000;

/** @param url of checkout's database, with its own role */
export async function openWriteGate(url: string): Promise<WriteGate> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(triggers);
  let keys = firstKey;

  /** The backend that waits for the lock. */
  const findWaiting = async (key: number): Promise<number | undefined> => {
    const { rows } = await client.query<{ pid: number }>(
      `select pid from pg_locks where locktype = 'advisory' and not granted and (classid::bigint << 32) + objid::bigint = $1`,
      [key],
    );
    return rows[0]?.pid;
  };

  return {
    async hold(write, buyerId) {
      const key = (keys += 1);
      await client.query('select pg_advisory_lock($1)', [key]);
      await client.query('insert into held_writes values ($1, $2, $3)', [buyerId, write, key]);
      let over = false;
      const reached = (async (): Promise<void> => {
        while (!over && (await findWaiting(key)) === undefined) await wait(10);
      })();
      return {
        reached,
        async release(how) {
          over = true;
          await reached;
          await client.query('delete from held_writes where lock_key = $1', [key]);
          const pid = await findWaiting(key);
          if (how === 'rolled_back' && pid !== undefined) {
            await client.query('select pg_terminate_backend($1)', [pid]);
            await until('the transaction is rolled back', async () => ((await findWaiting(key)) === undefined ? true : undefined));
          }
          await client.query('select pg_advisory_unlock($1)', [key]);
        },
      };
    },
    close: () => client.end(),
  };
}
