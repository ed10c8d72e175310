/**
 * Lets time pass for a vault without waiting: what is due later becomes due now, in the suite's own database. Leases are never
 * touched: they run out by themselves, as the vault's promises rest on them.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';

/** What is not over, by kind; empty when nothing is open. */
export type Open = Readonly<Record<string, number>>;

const pauseMs = 500;
/** Claims of these tables are their due times, so they are only brought forward when a claim has surely ended. */
const claimMs = 13_000;

const hours = (column: string, count: number): string => `${column} = ${column} - interval '${count} hours'`;

/** Nobody can have a call under way when this is asked for: a day passes for those who wait for a person or for a late call. */
export async function passDay(database: pg.Pool): Promise<void> {
  await database.query(`update payments set ${hours('created_at', 25)} where status = 'requires_action'`);
  await database.query(`update payments set sent_at = sent_at - interval '3 minutes' where status = 'started'`);
}

/** @returns what is still open when the time is up */
export async function passTimeUntilNothingIsOpen(
  database: pg.Pool,
  loadEndedAt: Date,
  timeoutMs: number,
  write: (line: string) => void,
): Promise<Open> {
  const endsAt = Date.now() + timeoutMs;
  const free = '(leased_until is null or leased_until < now())';
  let broughtForwardAt = 0;
  for (;;) {
    await database.query(`update payments set settle_at = now() where settle_at > now() and ${free}`);
    await database.query(`update refunds set settle_at = now() where settle_at > now() and ${free}`);
    await database.query(`update seller_shares set share_at = now() where share_at > now() and ${free}`);
    await database.query(
      `update refunds set key_spent_at = key_spent_at - interval '15 seconds' where key_spent_at > now() - interval '15 seconds' and ${free}`,
    );
    if (Date.now() - broughtForwardAt > claimMs) {
      broughtForwardAt = Date.now();
      write(`open: ${JSON.stringify(await readOpen(database, loadEndedAt))}`);
      await database.query('update detachments set next_attempt_at = now() where next_attempt_at > now()');
      await database.query('update stripe_events set next_attempt_at = now() where applied_at is null and next_attempt_at > now()');
      await database.query('update seller_accounts set refresh_at = now() where refresh_at > now()');
    }
    const open = await readOpen(database, loadEndedAt);
    if (Object.keys(open).length === 0 || Date.now() > endsAt) return open;
    await wait(pauseMs);
  }
}

async function readOpen(database: pg.Pool, loadEndedAt: Date): Promise<Open> {
  const { rows } = await database.query<Record<string, number>>(
    `select (select count(*) from payments where settle_at is not null) as payments,
            (select count(*) from refunds where status in ('started', 'pending')) as refunds,
            (select count(*) from seller_shares where share_at is not null and not waits_for_account) as shares,
            (select count(*) from share_steps where status = 'started') as share_steps,
            (select count(*) from stripe_events where applied_at is null) as events,
            (select count(*) from detachments) as detachments,
            (select count(*) from outbox where published_at is null) as unpublished,
            (select count(*) from (select 1) one where not exists (select 1 from stripe_event_cursor where read_until > $1)) as list_of_events`,
    [loadEndedAt],
  );
  return Object.fromEntries(Object.entries(rows[0] ?? {}).filter(([, count]) => count > 0));
}
