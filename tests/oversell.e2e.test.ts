import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import type { RunningStack } from '@vitrine/local/stack';
import { crowdLimits, fillShelves, introduceBuyers, openMarket, tapBuy, totalOf, type CrowdBuyer, type Shelf } from './support/crowd.ts';
import { readLedger } from './support/money-oracle.ts';
import { createSignedCalls, type SignedCalls } from './support/signed-calls.ts';
import { startWholeStack, wholeStackTimeoutMs } from './support/stack.ts';
import { until } from './support/until.ts';

const buyerCount = 500;

let stack: RunningStack;
let calls: SignedCalls;
let databases: Readonly<Record<'catalog' | 'checkout', pg.Pool>>;
let buyers: CrowdBuyer[];
let lastPiece: Shelf;
let hundred: Shelf;

beforeAll(async () => {
  // A buyer who tries again at once is not held back: each try is to reach the stock.
  const checkout = { ...crowdLimits.checkout, DUPLICATE_WINDOW_SECONDS: '0' };
  stack = await startWholeStack({ logLevel: 'warn', serviceEnvironment: { ...crowdLimits, checkout } });
  const { state } = stack;
  calls = createSignedCalls(state);
  databases = {
    catalog: new pg.Pool({ connectionString: state.databaseUrls.catalog, max: 2 }),
    checkout: new pg.Pool({ connectionString: state.databaseUrls.checkout, max: 2 }),
  };
  await openMarket(calls, 0);
  [lastPiece, hundred] = (await fillShelves(calls, state, '@paperandpine', [1, 100])) as [Shelf, Shelf];
  buyers = await introduceBuyers(calls, buyerCount);
}, wholeStackTimeoutMs);
afterAll(async () => {
  await Promise.all(Object.values(databases).map((pool) => pool.end()));
  await calls.close();
  await stack.stop();
}, wholeStackTimeoutMs);

/** Everybody taps, as often as told, each try with a key of its own; an answer that is no decision is asked for again. */
async function rush(shelf: Shelf, tries: number): Promise<Readonly<Record<string, number>>> {
  const [first] = buyers;
  if (first === undefined) throw new Error('there is nobody');
  const expectedTotal = await totalOf(calls, first, shelf);
  const answers: Record<string, number> = {};
  const buy = async (buyer: CrowdBuyer): Promise<void> => {
    for (let left = tries; left > 0; left -= 1) {
      const tap = { idempotencyKey: randomUUID(), productId: shelf.productId, quantity: 1, expectedTotal };
      const decision = await until(
        'a decision',
        async () => {
          const answer = await tapBuy(calls, buyer, tap);
          const isDecided = answer !== null && !['TemporarilyUnavailableError', 'IdempotencyKeyInFlightError'].includes(answer.__typename);
          return isDecided ? answer.__typename : undefined;
        },
        60_000,
      );
      answers[decision] = (answers[decision] ?? 0) + 1;
    }
  };
  await Promise.all(buyers.map(buy));
  return answers;
}

/** Orders, stock and money of a product, once everything is at rest. */
async function atRest({ productId }: Shelf): Promise<object> {
  return until(
    'orders, stock and money at rest',
    async () => {
      const stock = await databases.catalog.query<{ on_hand: number; reserved: number }>(
        'select on_hand, reserved from products where product_id = $1',
        [productId],
      );
      const held = await databases.catalog.query(`select from reservations where product_id = $1 and status = 'held'`, [productId]);
      const orders = await databases.checkout.query<{ order_id: string; status: string }>(
        `select order_id, status from orders where lines->0->>'productId' = $1`,
        [productId],
      );
      const undecided = await databases.checkout.query(`select from purchases where product_id = $1 and recovery_point <> 'finished'`, [
        productId,
      ]);
      const isMoving =
        held.rowCount !== 0 ||
        undecided.rowCount !== 0 ||
        orders.rows.some(({ status }) => status === 'placed') ||
        stock.rows[0]?.reserved !== 0;
      if (isMoving) return undefined;
      const ledger = await readLedger(stack.state);
      const ordered = new Set(orders.rows.map((row) => row.order_id));
      const purchases = await databases.checkout.query<{ order_id: string }>('select order_id from purchases where product_id = $1', [
        productId,
      ]);
      const charges = purchases.rows.flatMap((row) => ledger[row.order_id] ?? []);
      return {
        orders: ordered.size,
        onHand: stock.rows[0]?.on_hand,
        charges: charges.filter(({ captured }) => captured > 0).length,
        authorizations: charges.filter(({ authorized }) => authorized > 0).length,
        chargesOfOrders: [...ordered].filter((id) => (ledger[id]?.captured ?? 0) > 0).length,
        open: charges.reduce((sum, { open }) => sum + open, 0),
      };
    },
    60_000,
  );
}

test('one piece and five hundred buyers at once: one order, one charge, and nothing stays held', async () => {
  expect(await rush(lastPiece, 1)).toEqual({ PlaceOrderSuccess: 1, OutOfStockError: buyerCount - 1 });
  expect(await atRest(lastPiece)).toEqual({ orders: 1, onHand: 0, charges: 1, authorizations: 1, chargesOfOrders: 1, open: 0 });
}, 120_000);

test('a hundred pieces and five thousand tries: a hundred orders, a hundred charges, and nothing stays held', async () => {
  expect(await rush(hundred, 10)).toEqual({ PlaceOrderSuccess: 100, OutOfStockError: 10 * buyerCount - 100 });
  expect(await atRest(hundred)).toEqual({ orders: 100, onHand: 0, charges: 100, authorizations: 100, chargesOfOrders: 100, open: 0 });
}, 180_000);
