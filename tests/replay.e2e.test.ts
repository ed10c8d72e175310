import { spawn } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { enterAddress, enterCard, listSellerOrders, placeOrder, readTimeline, type Money } from '@vitrine/local/buyer-app';
import { signIn, type GraphClient } from '@vitrine/local/graph-client';
import type { RunningStack } from '@vitrine/local/stack';
import { readLedger } from './support/money-oracle.ts';
import { startWholeStack, wholeStackTimeoutMs } from './support/stack.ts';
import { until } from './support/until.ts';

let stack: RunningStack;
let seller: GraphClient;
let database: pg.Client;
const orderIds: string[] = [];

beforeAll(async () => {
  stack = await startWholeStack();
  const { state } = stack;
  const linus = await signIn(state, 'buyer', '@linus');
  seller = await signIn(state, 'partner', '@paperandpine');
  await enterAddress(linus, {
    name: 'Linus',
    line1: '2 Replay Street',
    city: 'Portland',
    region: 'OR',
    postalCode: '97201',
    country: 'US',
  });
  await enterCard(linus, { number: '4242424242424242', expMonth: 1, expYear: 2035, cvc: '999' });
  const notebook = (await readTimeline(linus)).find(({ product }) => product.sku === 'PP-NOTEBOOK');
  for (let count = 0; count < 3; count += 1) {
    const { order } = await placeOrder(linus, {
      productId: notebook?.product.id ?? '',
      expectedTotal: notebook?.product.oneTapTotal as Money,
      ...(orderIds.length === 0 ? {} : { besideOrderId: orderIds.at(-1) ?? '' }),
    });
    orderIds.push(order?.id ?? 'none');
  }
  await until('all orders in the seller’s list', async () => ((await listSellerOrders(seller)).length === 3 ? true : undefined));
  // The seller's share moves after the capture; from then on the money is at rest.
  await until(
    'the shares of all orders at the seller',
    async () => {
      const ledger = await readLedger(state);
      return orderIds.every((id) => (ledger[id]?.transferred ?? 0) > 0) ? true : undefined;
    },
    60_000,
  );
  database = new pg.Client({ connectionString: state.databaseUrls['seller-eligibility'] });
  await database.connect();
}, wholeStackTimeoutMs);
afterAll(async () => {
  await database.end();
  await stack.stop();
}, wholeStackTimeoutMs);

/** Runs `ops replay` as an operator does, against this stack. */
async function replay(...args: readonly string[]): Promise<{
  readonly code: number | null;
  readonly summary: { readonly changed: number } & Readonly<Record<string, unknown>>;
  readonly stderr: string;
}> {
  const { state } = stack;
  const child = spawn(process.execPath, [path.join(import.meta.dirname, '../infra/ops/src/main.ts'), 'replay', ...args, '--json'], {
    env: {
      ...process.env,
      KAFKA_BROKERS: state.kafkaBrokers.join(','),
      SELLER_ELIGIBILITY_URL: state.serviceUrls['seller-eligibility'],
      IDENTITY_KEYS: state.opsIdentityKeys,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, summary: stdout.trim() === '' ? { changed: -1 } : (JSON.parse(stdout) as { readonly changed: number }), stderr };
}

const projection = async () => (await database.query('select * from seller_orders order by order_id')).rows;

describe('ops replay', () => {
  test('a projection that was emptied by hand comes back equal, and nothing else happens', async () => {
    const before = await projection();
    const money = await readLedger(stack.state);
    expect(before).toHaveLength(3);
    await database.query('delete from seller_orders');
    expect(await listSellerOrders(seller)).toEqual([]);

    const { code, summary } = await replay('--consumer', 'seller-eligibility', '--from', '2020-01-01T00:00:00Z');
    expect({ code, changed: summary.changed }).toEqual({ code: 0, changed: 3 });
    expect(await projection()).toEqual(before);
    expect(await readLedger(stack.state)).toEqual(money);
  }, 60_000);

  test('a second time changes nothing', async () => {
    const before = await projection();
    const { code, summary } = await replay('--consumer', 'seller-eligibility', '--from', '2020-01-01T00:00:00Z');
    expect({ code, changed: summary.changed }).toEqual({ code: 0, changed: 0 });
    expect(await projection()).toEqual(before);
  }, 60_000);

  test('a dry run says what would change, and changes nothing', async () => {
    await database.query('delete from seller_orders where order_id = $1', [orderIds[0]]);
    const { code, summary } = await replay('--consumer', 'seller-eligibility', '--order', orderIds[0] ?? '', '--dry-run');
    expect({ code, changed: summary.changed }).toEqual({ code: 0, changed: 1 });
    expect(await projection()).toHaveLength(2);
  }, 60_000);

  test('of one order brings back this order only', async () => {
    await database.query('delete from seller_orders');
    const { code } = await replay('--consumer', 'seller-eligibility', '--order', orderIds[0] ?? '');
    expect(code).toBe(0);
    expect((await projection()).map(({ order_id: id }: { readonly order_id: string }) => id)).toEqual([orderIds[0]]);
  }, 60_000);

  test.each([
    [['--consumer', 'nobody', '--from', '2020-01-01T00:00:00Z']],
    [['--consumer', 'seller-eligibility']],
    [['--consumer', 'seller-eligibility', '--from', 'yesterday']],
    [['--consumer', 'seller-eligibility', '--order', 'nonsense']],
  ])('%j is refused with what to write instead', async (args) => {
    const { code, stderr } = await replay(...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/--consumer|--from|--order/);
  });
});
