import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '@vitrine/runtime/ids';
import { disputeEvent } from '../src/events.ts';
import { payShares } from '../src/pay-shares.ts';
import { refreshSellerAccount, refreshSellerAccounts } from '../src/refresh-seller-account.ts';
import { startPayoutSetup } from '../src/start-payout-setup.ts';
import { accountsOf, answerOnboarding, dashboardOf } from './at-stripe.ts';
import { buyer, key, seller, startVault, until, type Deps, type Vault } from './vault.ts';

const hourMs = 60 * 60 * 1_000;
let shiftMs = 0;
let vault: Vault;
let dashboard: ReturnType<typeof dashboardOf>;
beforeAll(async () => {
  vault = await startVault({ now: () => new Date(Date.now() + shiftMs) });
  dashboard = dashboardOf(vault);
});
afterEach(async () => {
  shiftMs = 0;
  await vault.clearFaults();
});
afterAll(() => vault.stop());

const startSetup = `mutation ($input: StartPayoutSetupInput!) { result: startPayoutSetup(input: $input) { __typename
  ... on StartPayoutSetupSuccess { url expiresAt } ... on UserError { message } ... on PaymentProviderUnavailableError { retryAfterMs } } }`;
const entities = `query ($representations: [_Any!]!) { _entities(representations: $representations) { __typename
  ... on Seller { id payoutAccount { status } }
  ... on SellerOrder { id payout { due { amountMinor currency } transferred { amountMinor currency } reversed { amountMinor currency } } } } }`;

interface Setup {
  readonly __typename: string;
  readonly url: string;
  readonly expiresAt: string;
}

async function setUp(sellerId: string, idempotencyKey: string = key()): Promise<Setup> {
  const { data, errors } = await vault.ask(seller(sellerId), startSetup, { input: { idempotencyKey } });
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data.result as unknown as Setup;
}

const statusFor = async (asking: string, sellerId: string): Promise<unknown> => {
  const { data } = await vault.ask(seller(asking), entities, { representations: [{ __typename: 'Seller', id: sellerId }] });
  return data._entities[0];
};
const payoutOf = async (sellerId: string, orderId: string): Promise<unknown> => {
  const { data } = await vault.ask(seller(sellerId), entities, { representations: [{ __typename: 'SellerOrder', id: orderId }] });
  const { payout } = data._entities[0] as unknown as { payout: Record<string, { amountMinor: number }> | null };
  return payout === null ? null : Object.fromEntries(Object.entries(payout).map(([name, { amountMinor }]) => [name, amountMinor]));
};
const intentOf = async (orderId: string): Promise<string> =>
  (await vault.pool.query<{ id: string }>('select stripe_payment_intent_id as id from payments where order_id = $1', [orderId])).rows[0]
    ?.id ?? '';
const accountIdOf = async (sellerId: string): Promise<string> =>
  (await vault.pool.query<{ id: string }>('select stripe_account_id as id from seller_accounts where seller_id = $1', [sellerId])).rows[0]
    ?.id ?? '';

/** A seller whose account takes money. */
async function activeSeller(sellerId: string = newId('sel')): Promise<string> {
  await answerOnboarding((await setUp(sellerId)).url);
  expect(await refreshSellerAccount(vault.deps, await accountIdOf(sellerId))).toBe(true);
  return sellerId;
}

/** An order of 4599 cents, 4000 of them the seller's, captured. */
async function sold(sellerId: string, captureMinor?: number): Promise<string> {
  const request = { ...(await vault.prepareOrder()), sellerId };
  expect(await vault.authorize(request)).toMatchObject({ status: 'authorized' });
  expect(await vault.capture(request.orderId, captureMinor)).toMatchObject({ status: 'captured' });
  return request.orderId;
}

const refund = (orderId: string, amountMinor: number): Promise<Record<string, unknown>> =>
  vault.refund({ orderId, refundId: newId('ref'), amountMinor, reason: 'RETURNED' });

const wake = (orderId: string) =>
  vault.pool.query('update seller_shares set leased_until = null, share_at = now() where order_id = $1', [orderId]);

/** Runs the loop until an order is even, or waits for the seller's account. */
async function paid(orderId: string): Promise<void> {
  await until(async () => {
    await wake(orderId);
    await payShares(vault.deps);
    const { rows } = await vault.pool.query<{ open: boolean }>(
      `select share_at is not null and not waits_for_account as open from seller_shares where order_id = $1`,
      [orderId],
    );
    return rows[0]?.open === false;
  });
}

/** What the sandbox says was sent and taken back. */
const moved = async (orderId: string): Promise<readonly [number, number]> => {
  const response = await fetch(`${vault.stripeApiBase}/_sandbox/ledger?order_id=${orderId}`);
  const { orders } = (await response.json()) as { orders: Record<string, { transferred: number; reversed: number }> };
  const order = orders[orderId];
  if (order === undefined) throw new Error('the sandbox never heard of the order');
  return [order.transferred, order.reversed];
};

describe('setting up payouts', () => {
  test('makes one account for a seller, whatever is asked how often, and says how it stands', async () => {
    const sellerId = newId('sel');
    expect(await statusFor(sellerId, sellerId)).toMatchObject({ payoutAccount: { status: 'NOT_STARTED' } });
    const [first, second] = [await setUp(sellerId), await setUp(sellerId)];
    const accountId = await accountIdOf(sellerId);
    expect([first.__typename, second.__typename]).toEqual(['StartPayoutSetupSuccess', 'StartPayoutSetupSuccess']);
    expect(Date.parse(first.expiresAt)).toBeGreaterThan(Date.now());
    expect(await statusFor(sellerId, sellerId)).toMatchObject({ payoutAccount: { status: 'PENDING' } });
    await answerOnboarding(second.url);
    await refreshSellerAccount(vault.deps, accountId);
    expect(await statusFor(sellerId, sellerId)).toMatchObject({ payoutAccount: { status: 'ACTIVE' } });
    expect(await accountIdOf(sellerId)).toBe(accountId);
  });

  test('with one key gives the same page again while it is good, and another when it is not', async () => {
    const [sellerId, idempotencyKey] = [newId('sel'), key()];
    const first = await setUp(sellerId, idempotencyKey);
    expect(await setUp(sellerId, idempotencyKey)).toEqual(first);
    shiftMs = hourMs;
    expect((await setUp(sellerId, idempotencyKey)).url).not.toBe(first.url);
    expect(await setUp(sellerId, 'with space')).toMatchObject({ __typename: 'InvalidInputError' });
  });

  test.each(['lose_response', '500_after', 'reset', '409', '500_before'])('makes one account when Stripe fails with %s', async (fault) => {
    const sellerId = newId('sel');
    const idempotencyKey = key();
    await vault.fault({ fault, path: '^/v1/accounts$' });
    await vault.fault({ fault, path: '^/v1/account_links$' });
    await until(async () => (await setUp(sellerId, idempotencyKey)).__typename === 'StartPayoutSetupSuccess');
    expect(await accountsOf(dashboard, sellerId)).toEqual([await accountIdOf(sellerId)]);
  });

  test('of one seller at the same time makes one account', async () => {
    const sellerId = newId('sel');
    await Promise.all(Array.from({ length: 6 }, () => setUp(sellerId)));
    await setUp(sellerId);
    expect(await accountsOf(dashboard, sellerId)).toHaveLength(1);
  });

  test('finds the account by the seller when Stripe has forgotten the key', async () => {
    const sellerId = newId('sel');
    const dead: Deps = {
      ...vault.deps,
      sellerAccounts: { ...vault.deps.sellerAccounts, finish: async () => Promise.reject(new Error('the process ends here')) },
    };
    await expect(startPayoutSetup(dead, { sellerId, idempotencyKey: key() })).rejects.toThrow('ends here');
    shiftMs = 25 * hourMs;
    expect((await setUp(sellerId)).__typename).toBe('StartPayoutSetupSuccess');
    expect(await accountsOf(dashboard, sellerId)).toEqual([await accountIdOf(sellerId)]);
  });

  test('is for sellers, and nobody sees how another one is paid', async () => {
    const sellerId = await activeSeller();
    const answer = await vault.ask(buyer(newId('usr')), startSetup, { input: { idempotencyKey: key() } });
    expect(answer.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    expect(await statusFor(newId('sel'), sellerId)).toBeNull();
    const orderId = await sold(sellerId);
    await paid(orderId);
    expect(await payoutOf(newId('sel'), orderId)).toBeNull();
  });

  test('that nobody told of is found out by asking, slowly', async () => {
    const sellerId = newId('sel');
    await answerOnboarding((await setUp(sellerId)).url);
    await vault.pool.query('update seller_accounts set refresh_at = now() where seller_id = $1', [sellerId]);
    await until(async () => {
      await refreshSellerAccounts(vault.deps);
      return JSON.stringify(await statusFor(sellerId, sellerId)).includes('ACTIVE');
    });
    const { rows } = await vault.pool.query('select refresh_at from seller_accounts where seller_id = $1', [sellerId]);
    expect(rows).toEqual([{ refresh_at: null }]);
  });
});

describe("a seller's share", () => {
  let sellerId: string;
  beforeAll(async () => {
    sellerId = await activeSeller();
  });

  test('is sent once when the order is captured', async () => {
    const orderId = await sold(sellerId);
    expect(await payoutOf(sellerId, orderId)).toEqual({ due: 4_000, transferred: 0, reversed: 0 });
    await paid(orderId);
    await paid(orderId);
    expect(await moved(orderId)).toEqual([4_000, 0]);
    expect(await payoutOf(sellerId, orderId)).toEqual({ due: 4_000, transferred: 4_000, reversed: 0 });
  });

  test('of a part that was captured is a part, rounded down', async () => {
    const orderId = await sold(sellerId, 1_000);
    await paid(orderId);
    expect(await moved(orderId)).toEqual([869, 0]);
  });

  test('goes back as the order is refunded, and all of it when all is refunded', async () => {
    const orderId = await sold(sellerId);
    await paid(orderId);
    await refund(orderId, 1_000);
    await paid(orderId);
    expect(await moved(orderId)).toEqual([4_000, 870]);
    await refund(orderId, 3_599);
    await paid(orderId);
    expect(await moved(orderId)).toEqual([4_000, 4_000]);
    expect(await payoutOf(sellerId, orderId)).toEqual({ due: 0, transferred: 4_000, reversed: 4_000 });
  });

  test('is taken back by the loop alone when the order is refunded', async () => {
    const orderId = await sold(sellerId);
    await paid(orderId);
    await refund(orderId, 4_599);
    await until(async () => {
      await payShares(vault.deps);
      return (await moved(orderId))[1] === 4_000;
    });
  });

  test('goes back while the order is disputed, and comes again when that is over', async () => {
    const orderId = await sold(sellerId);
    await paid(orderId);
    const disputed = {
      paymentIntentId: await intentOf(orderId),
      amountMinor: 4_599,
      currency: 'USD',
      reason: 'fraudulent',
      evidenceDueAt: null,
    };
    const facts = { ...disputed, stripeDisputeId: newId('dsp'), openedAt: new Date() };
    await vault.deps.disputes.record({ ...facts, status: 'needs_response' }, disputeEvent);
    await paid(orderId);
    expect(await moved(orderId)).toEqual([4_000, 4_000]);
    await vault.deps.disputes.record({ ...facts, status: 'won' }, disputeEvent);
    await paid(orderId);
    expect(await moved(orderId)).toEqual([8_000, 4_000]);
    await refund(orderId, 4_599);
    await paid(orderId);
    expect(await moved(orderId)).toEqual([8_000, 8_000]);
  });

  test('of nothing makes no step', async () => {
    const request = { ...(await vault.prepareOrder()), sellerId, sellerShareMinor: 0 };
    await vault.authorize(request);
    await vault.capture(request.orderId);
    await payShares(vault.deps);
    expect((await vault.pool.query('select 1 from seller_shares where order_id = $1', [request.orderId])).rowCount).toBe(0);
  });

  test('of more than the order is no authorization', async () => {
    const request = { ...(await vault.prepareOrder()), sellerShareMinor: 4_600 };
    expect(await vault.internal('authorizations', request)).toMatchObject({ status: 400 });
    await vault.authorize({ ...request, sellerShareMinor: 10 });
    expect(await vault.internal('authorizations', { ...request, sellerShareMinor: 11 })).toMatchObject({ status: 409 });
  });

  const faults = ['lose_response', 'reset', '500_before', '500_after', '409', '429'];
  test.each(faults)('is sent and taken back once when Stripe fails with %s', async (fault) => {
    const orderId = await sold(sellerId);
    await vault.fault({ fault, path: '^/v1/transfers$' });
    await paid(orderId);
    expect(await moved(orderId)).toEqual([4_000, 0]);
    await refund(orderId, 4_599);
    await vault.fault({ fault, path: '^/v1/transfers/[^/]+/reversals$' });
    await paid(orderId);
    expect(await moved(orderId)).toEqual([4_000, 4_000]);
    expect(await vault.faultHits()).toBe(2);
    expect(await payoutOf(sellerId, orderId)).toEqual({ due: 0, transferred: 4_000, reversed: 4_000 });
  });

  test('that hangs at Stripe is given up in time, and sent once', async () => {
    const orderId = await sold(sellerId);
    await vault.fault({ fault: 'hang', path: '^/v1/transfers$' });
    const startedAt = performance.now();
    await payShares(vault.deps);
    expect(performance.now() - startedAt).toBeLessThan(14_000);
    await paid(orderId);
    expect(await moved(orderId)).toEqual([4_000, 0]);
    expect(await vault.faultHits()).toBe(1);
  });

  const stops: readonly (readonly [string, (deps: Deps, dies: () => Promise<never>) => Deps])[] = [
    [
      'before Stripe is called',
      (deps, dies) => ({ ...deps, stripeConnect: { ...deps.stripeConnect, createTransfer: dies, createReversal: dies } }),
    ],
    ['before the step is recorded', (deps, dies) => ({ ...deps, shares: { ...deps.shares, finishStep: dies } })],
    ['before the lease is given back', (deps, dies) => ({ ...deps, shares: { ...deps.shares, release: dies } })],
  ];
  test.each(stops)('whose process ends %s is sent and taken back once by the next', async (_, stop) => {
    const dead = stop(vault.deps, async () => Promise.reject(new Error('the process ends here')));
    const orderId = await sold(sellerId);
    await payShares(dead);
    await paid(orderId);
    expect(await moved(orderId)).toEqual([4_000, 0]);
    await refund(orderId, 4_599);
    await wake(orderId);
    await payShares(dead);
    await paid(orderId);
    expect(await moved(orderId)).toEqual([4_000, 4_000]);
  });

  test('whose key Stripe has forgotten is looked for before another key is taken', async () => {
    const orderId = await sold(sellerId);
    const dead: Deps = { ...vault.deps, shares: { ...vault.deps.shares, finishStep: async () => Promise.reject(new Error('ends here')) } };
    await payShares(dead);
    shiftMs = 25 * hourMs;
    // Harmless, and counts what is sent.
    await vault.fault({ fault: 'delay', path: '^/v1/transfers$', times: null });
    await paid(orderId);
    expect(await moved(orderId)).toEqual([4_000, 0]);
    expect(await vault.faultHits()).toBe(0);
    await vault.clearFaults();
    shiftMs = 0;
    const other = await sold(sellerId);
    await vault.fault({ fault: 'reset', path: '^/v1/transfers$', times: null });
    await payShares(vault.deps);
    await vault.clearFaults();
    shiftMs = 25 * hourMs;
    await paid(other);
    expect(await moved(other)).toEqual([4_000, 0]);
  });

  test('of many orders by many loops at the same time is each sent once', async () => {
    const orders = await Promise.all(Array.from({ length: 6 }, () => sold(sellerId)));
    await Promise.all(orders.map((orderId) => refund(orderId, 2_000)));
    await until(async () => {
      await Promise.all(Array.from({ length: 4 }, () => payShares(vault.deps)));
      const { rows } = await vault.pool.query('select 1 from seller_shares where order_id = any($1) and share_at is not null', [orders]);
      return rows.length === 0;
    });
    for (const orderId of orders) {
      const [transferred, reversed] = await moved(orderId);
      expect(transferred - reversed).toBe(2_260);
    }
  });
});

describe('a seller without an account that takes money', () => {
  test('is not sent any, and gets it when the account is ready', async () => {
    const sellerId = newId('sel');
    const orderId = await sold(sellerId);
    await paid(orderId);
    expect(await moved(orderId)).toEqual([0, 0]);
    expect(await payoutOf(sellerId, orderId)).toEqual({ due: 4_000, transferred: 0, reversed: 0 });
    await activeSeller(sellerId);
    await until(async () => {
      await payShares(vault.deps);
      return (await moved(orderId))[0] === 4_000;
    });
  });

  test('that Stripe stops is marked, and left in peace until Stripe says otherwise', async () => {
    const sellerId = await activeSeller();
    const orderId = await sold(sellerId);
    let calls = 0;
    const refusing: Deps = {
      ...vault.deps,
      stripeConnect: {
        ...vault.deps.stripeConnect,
        createTransfer: async () => {
          calls += 1;
          return {
            kind: 'refused',
            refusal: { status: 400, code: 'insufficient_capabilities_for_transfer', declineCode: null, param: null, paymentIntent: null },
          };
        },
      },
    };
    await payShares(refusing);
    expect(await statusFor(sellerId, sellerId)).toMatchObject({ payoutAccount: { status: 'RESTRICTED' } });
    for (let turn = 0; turn < 3; turn += 1) {
      await wake(orderId);
      await payShares(refusing);
    }
    expect(calls).toBe(1);
    await refreshSellerAccount(vault.deps, await accountIdOf(sellerId));
    await until(async () => {
      await payShares(vault.deps);
      return (await moved(orderId))[0] === 4_000;
    });
    const { rows } = await vault.pool.query('select step, status from share_steps where order_id = $1 order by step', [orderId]);
    expect(rows).toEqual([
      { step: 1, status: 'refused' },
      { step: 2, status: 'done' },
    ]);
  });
});
