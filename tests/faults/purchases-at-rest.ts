/** Waits until nothing of any purchase is under way: checkout, catalog, the vault and the sellers' lists have done all that they will do. */
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import type { ServiceName } from '@vitrine/local/service-names';
import type { StackState } from '@vitrine/local/stack';
import type { Violation } from './judge.ts';

/** What is not over, by kind; empty when nothing is open. */
export type OpenPurchases = Readonly<Record<string, number>>;

const pauseMs = 250;
const reportEachMs = 10_000;

/** One number each, by what it counts. */
const openByService: Partial<Record<ServiceName, string>> = {
  checkout: `select (select count(*)::int from purchases where recovery_point <> 'finished') as purchases,
                    (select count(*)::int from orders where payment_state not in ('captured', 'voided')) as payments_of_orders,
                    (select count(*)::int from orders
                      where status = 'cancelled' and payment_state = 'captured' and refunded_minor < total_minor) as refunds_of_cancelled,
                    (select count(*)::int from outbox where published_at is null) as unpublished_by_checkout`,
  catalog: `select (select count(*)::int from reservations where status = 'held') as reservations,
                   (select count(*)::int from outbox where published_at is null) as unpublished_by_catalog`,
  'payment-vault': `select (select count(*)::int from payments where status in ('started', 'requires_action', 'authorized')) as payments,
                           (select count(*)::int from outbox where published_at is null) as unpublished_by_vault`,
};

/**
 * @param bringForward brings forward what waits for its time alone; called now and then
 * @returns what is still open when the time is up, as violations
 */
export async function waitForRest(
  state: StackState,
  timeoutMs: number,
  write: (line: string) => void,
  bringForward: (checkout: pg.Pool, catalog: pg.Pool) => Promise<void> = async () => {},
): Promise<Violation[]> {
  const pools = Object.fromEntries(
    (['checkout', 'catalog', 'payment-vault', 'seller-eligibility'] as const).map((service) => [
      service,
      new pg.Pool({ connectionString: state.databaseUrls[service], max: 1 }),
    ]),
  ) as Record<'checkout' | 'catalog' | 'payment-vault' | 'seller-eligibility', pg.Pool>;
  const readOpen = async (): Promise<OpenPurchases> => {
    const open: Record<string, number> = {};
    for (const [service, text] of Object.entries(openByService)) {
      const { rows } = await pools[service as keyof typeof pools].query<Record<string, number>>(text);
      for (const [what, count] of Object.entries(rows[0] ?? {})) if (count > 0) open[what] = count;
    }
    const confirmed = await pools.checkout.query<{ order_id: string }>(`select order_id from orders where status = 'confirmed'`);
    const seen = await pools['seller-eligibility'].query<{ order_id: string }>('select order_id from seller_orders');
    const listed = new Set(seen.rows.map((row) => row.order_id));
    const unseen = confirmed.rows.filter((row) => !listed.has(row.order_id)).length;
    return unseen === 0 ? open : { ...open, orders_that_no_seller_sees: unseen };
  };
  const endsAt = Date.now() + timeoutMs;
  let reportedAt = Date.now();
  try {
    for (;;) {
      await bringForward(pools.checkout, pools.catalog);
      const open = await readOpen();
      const isOver = Date.now() > endsAt;
      if (Object.keys(open).length === 0 || isOver) {
        return Object.entries(open).map(([what, count]) => ({
          invariant: 'everything-settles',
          run: null,
          detail: `${count} ${what} are still open after ${timeoutMs / 1_000} s`,
        }));
      }
      if (Date.now() - reportedAt > reportEachMs) {
        reportedAt = Date.now();
        write(`open: ${JSON.stringify(open)}`);
      }
      await wait(pauseMs);
    }
  } finally {
    await Promise.all(Object.values(pools).map((pool) => pool.end()));
  }
}

/** Purchases whose buyers have not come back are given up a minute after they began: that minute passes at once. */
export const bringAbandonedForward = async (checkout: pg.Pool): Promise<void> => {
  await checkout.query(`update purchases set next_attempt_at = now() where recovery_point = 'started' and next_attempt_at > now()`);
};

/** Every purchase but those whose buyers are at the bank ends, placed or not, within this time. @returns those that did not, as violations */
export async function waitUntilDecided(state: StackState, timeoutMs: number): Promise<Violation[]> {
  const checkout = new pg.Pool({ connectionString: state.databaseUrls.checkout, max: 1 });
  const endsAt = Date.now() + timeoutMs;
  try {
    for (;;) {
      await bringAbandonedForward(checkout);
      const { rows } = await checkout.query<{ order_id: string; recovery_point: string }>(
        `select order_id, recovery_point from purchases where recovery_point not in ('finished', 'awaiting_buyer')`,
      );
      if (rows.length === 0) return [];
      if (Date.now() > endsAt) {
        return rows.map((row) => ({
          invariant: 'decided-in-time',
          run: null,
          detail: `${row.order_id} is at ${row.recovery_point} after ${timeoutMs / 1_000} s`,
        }));
      }
      await wait(pauseMs);
    }
  } finally {
    await checkout.end();
  }
}

/** Buyers who left the bank's page open have a quarter of an hour, which passes at once. */
export const passBankTime = async (checkout: pg.Pool): Promise<void> => {
  await checkout.query(
    `update purchases set created_at = created_at - interval '1 hour', next_attempt_at = now()
      where recovery_point = 'awaiting_buyer' and created_at > now() - interval '30 minutes'`,
  );
};
