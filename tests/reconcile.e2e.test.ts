import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import type { ReconciliationStatusResponse } from '@vitrine/contracts/reconciliation-http';
import { enterAddress, enterCard, listSellerOrders, placeOrder, readTimeline, type Card, type Money } from '@vitrine/local/buyer-app';
import { signIn, type GraphClient } from '@vitrine/local/graph-client';
import type { RunningStack } from '@vitrine/local/stack';
import { newId } from '@vitrine/runtime/ids';
import { readLedger } from './support/money-oracle.ts';
import { startWholeStack, wholeStackTimeoutMs } from './support/stack.ts';
import { until } from './support/until.ts';

let stack: RunningStack;
let buyer: GraphClient;
let seller: GraphClient;
let checkout: pg.Client;
let catalog: pg.Client;
let notebook: Card['product'];
const orderIds: string[] = [];

beforeAll(async () => {
  stack = await startWholeStack({
    serviceEnvironment: { checkout: { RECONCILE_INTERVAL_MS: '500', RECONCILE_GRACE_SECONDS: '2', RECONCILE_PATIENCE_SECONDS: '10' } },
  });
  const { state } = stack;
  [buyer, seller] = await Promise.all([signIn(state, 'buyer', '@linus'), signIn(state, 'partner', '@paperandpine')]);
  await enterAddress(buyer, { name: 'Linus', line1: '2 Even Street', city: 'Portland', region: 'OR', postalCode: '97201', country: 'US' });
  await enterCard(buyer, { number: '4242424242424242', expMonth: 1, expYear: 2035, cvc: '999' });
  const found = (await readTimeline(buyer)).find(({ product }) => product.sku === 'PP-NOTEBOOK');
  if (found === undefined) throw new Error('there is no notebook on the timeline');
  notebook = found.product;
  checkout = new pg.Client({ connectionString: state.databaseUrls.checkout });
  catalog = new pg.Client({ connectionString: state.databaseUrls.catalog });
  await Promise.all([checkout.connect(), catalog.connect()]);
}, wholeStackTimeoutMs);
afterAll(async () => {
  await Promise.all([checkout.end(), catalog.end()]);
  await stack.stop();
}, wholeStackTimeoutMs);

async function buy(): Promise<string> {
  const { order } = await placeOrder(buyer, {
    productId: notebook.id,
    expectedTotal: notebook.oneTapTotal as Money,
    ...(orderIds.length === 0 ? {} : { besideOrderId: orderIds.at(-1) ?? '' }),
  });
  if (order === undefined) throw new Error('the order was not placed');
  orderIds.push(order.id);
  return order.id;
}

/** Runs `ops reconcile` as an operator does, against this stack. */
async function reconcile(...args: readonly string[]) {
  const { state } = stack;
  const child = spawn(process.execPath, [path.join(import.meta.dirname, '../infra/ops/src/main.ts'), 'reconcile', ...args, '--json'], {
    env: { ...process.env, CHECKOUT_URL: state.serviceUrls.checkout, IDENTITY_KEYS: state.opsIdentityKeys },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const status = stdout.trim() === '' ? undefined : (JSON.parse(stdout) as ReconciliationStatusResponse);
  const cases = new Set((status?.cases ?? []).map(({ kind, orderId, state: caseState }) => `${caseState} ${kind} ${orderId ?? ''}`));
  return { code, status, cases, stderr };
}

/** Takes an order out of checkout's database, with everything that refers to it. */
async function deleteOrder(orderId: string): Promise<void> {
  const { rows } = await checkout.query<{ table: string }>(
    `select distinct conrelid::regclass::text as "table" from pg_constraint where confrelid = 'orders'::regclass and contype = 'f'`,
  );
  await checkout.query('begin');
  for (const { table } of rows) {
    await checkout.query(`alter table ${table} disable trigger user`);
    await checkout.query(`delete from ${table} where order_id = $1`, [orderId]);
    await checkout.query(`alter table ${table} enable trigger user`);
  }
  for (const table of ['order_history', 'orders']) await checkout.query(`alter table ${table} disable trigger user`);
  await checkout.query('delete from order_history where order_id = $1', [orderId]);
  await checkout.query('delete from orders where order_id = $1', [orderId]);
  for (const table of ['order_history', 'orders']) await checkout.query(`alter table ${table} enable trigger user`);
  await checkout.query('commit');
}
/** Changes an order's row behind the back of everything that guards it. */
async function changeOrder(orderId: string, change: string): Promise<void> {
  await checkout.query('alter table orders disable trigger user');
  await checkout.query(`update orders set ${change} where order_id = $1`, [orderId]);
  await checkout.query('alter table orders enable trigger user');
}
/** As if the purchase had come to nothing. */
const forgetOutcome = (orderId: string) =>
  checkout.query(`update purchases set outcome = '{"kind":"abandoned"}' where order_id = $1`, [orderId]);
const isConfirmed = async (orderId: string) =>
  (await checkout.query(`select from orders where order_id = $1 and status = 'confirmed' and payment_state = 'captured'`, [orderId]))
    .rowCount === 1;

test('a system that agrees has no case', async () => {
  const ids = [await buy(), await buy(), await buy(), await buy()];
  await until(
    'all orders in the seller’s list',
    async () => ((await listSellerOrders(seller)).length === ids.length ? true : undefined),
    60_000,
  );
  const { code, status, stderr } = await reconcile('--once', '--all');
  expect({ code, stderr, open: status?.openCases, cases: status?.cases }).toEqual({ code: 0, stderr: '', open: 0, cases: [] });
  expect(status?.totals.compared).toBeGreaterThanOrEqual(ids.length);
}, 120_000);

test('what diverges is repaired within seconds, or is a case', async () => {
  const [charged = '', missing = '', unconfirmed = ''] = orderIds;
  // Before anything was captured.
  const authorized = await buy();
  await deleteOrder(authorized);
  await forgetOutcome(authorized);

  // An event that was never produced: this id is not in the topic.
  const unpublished = await buy();
  const eventId = newId('evt');
  await until('the event is published', async () => {
    const { rowCount } = await checkout.query(
      `with changed as (update outbox set event_id = $2 where key = $1 and type = 'order.placed' and published_at is not null returning key)
       update order_history set event_id = $2 where order_id in (select key from changed) and step = 'order.placed'`,
      [unpublished, eventId],
    );
    return rowCount === 1 ? true : undefined;
  });

  // A charge whose purchase failed, and an order that is gone.
  await deleteOrder(charged);
  await forgetOutcome(charged);
  await deleteOrder(missing);

  // A capture that nobody has taken note of, put off for long.
  await changeOrder(
    unconfirmed,
    `status = 'placed', payment_state = 'capturing', confirmed_at = null, capture_at = now() - interval '10 minutes',
     capture_leased_until = now() + interval '1 day'`,
  );

  // Stock that is held for nobody.
  const held = newId('ord');
  await catalog.query(
    `with held as (
       insert into reservations (order_id, product_id, buyer_id, quantity, status, expires_at, correlation_id)
       values ($1, $2, $3, 1, 'held', now() + interval '1 day', 'test')
     ), moved as (
       insert into stock_moves (move_id, product_id, kind, order_id, on_hand_delta, reserved_delta) values ($4, $2, 'reserve', $1, 0, 1)
     )
     update products set reserved = reserved + 1 where product_id = $2`,
    [held, notebook.id, newId('usr'), newId('mov')],
  );

  const { code, cases } = await reconcile('--once', '--all');
  expect(cases).toEqual(
    new Set([
      `repaired authorization_without_order ${authorized}`,
      `open sale_without_order ${authorized}`,
      `repaired charge_without_order ${charged}`,
      `open sale_without_order ${charged}`,
      `open order_missing ${missing}`,
      `repaired capture_overdue ${unconfirmed}`,
      `repaired stock_without_order ${held}`,
      `repaired event_not_in_topic ${unpublished}`,
    ]),
  );
  expect(code).toBe(3);

  const ledger = await readLedger(stack.state);
  expect(ledger[authorized]).toMatchObject({ captured: 0, open: 0, counts: { voided: 1 } });
  expect(ledger[charged]).toMatchObject({ counts: { captured: 1, refunded: 1 } });
  expect(ledger[missing]).toMatchObject({ counts: { captured: 1, refunded: 0 } });
  expect(ledger[unconfirmed]).toMatchObject({ counts: { captured: 1, refunded: 0 } });
  expect(await isConfirmed(unconfirmed)).toBe(true);
  expect((await catalog.query<{ status: string }>('select status from reservations where order_id = $1', [held])).rows).toEqual([
    { status: 'released' },
  ]);
}, 180_000);

test('a case is closed by hand, and the command ends well when none is open', async () => {
  const { code, status } = await reconcile();
  expect(code).toBe(3);
  for (const { caseId } of status?.cases ?? []) {
    expect((await reconcile('--close', caseId, '--reason', 'ACCEPTED')).code).toBe(0);
  }
  const after = await reconcile('--once');
  expect({ code: after.code, open: after.status?.openCases }).toEqual({ code: 0, open: 0 });
}, 120_000);

test('of one order it says what differs', async () => {
  const orderId = orderIds[3] ?? '';
  expect((await reconcile('--order', orderId)).code).toBe(0);
  await changeOrder(orderId, 'subtotal_minor = subtotal_minor + 1, total_minor = total_minor + 1');
  const { code, cases } = await reconcile('--order', orderId);
  expect({ code, cases }).toEqual({ code: 3, cases: new Set([`open amount_differs ${orderId}`]) });
  expect((await reconcile('--order', `ord_${randomUUID()}`)).code).toBe(2);
}, 120_000);

test('reconciling goes on where it was when the process is killed', async () => {
  await stack.kill('checkout', 'SIGKILL');
  await stack.restart('checkout');
  const orderId = await buy();
  await deleteOrder(orderId);
  await forgetOutcome(orderId);
  await until(
    'the money is let go',
    async () => ((await readLedger(stack.state))[orderId]?.counts.voided === 1 ? true : undefined),
    60_000,
  );
}, 120_000);
