import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../../../tests/support/until.ts';
import { authorization, refusal, savedCard, startSandbox, type Fixture } from './sandbox-fixture.ts';
import { startReceiver, type Receiver } from './webhook-receiver.ts';

const SECRET = 'whsec_local_stack';

let receiver: Receiver;
let sandbox: Fixture;

beforeEach(async () => {
  receiver = await startReceiver();
  sandbox = await startSandbox({ webhook: { url: receiver.url, secret: SECRET }, webhookTiming: { firstRetryMs: 20 } });
});

afterEach(async () => {
  await sandbox.close();
  await receiver.close();
});

async function arrived(count: number): Promise<void> {
  await until(`${count} deliveries`, async () => (receiver.received.length >= count ? true : undefined));
}

async function pending(): Promise<number> {
  const answer = (await (await fetch(`${sandbox.url}/_sandbox/webhooks`)).json()) as { counts: { pending: number } };
  return answer.counts.pending;
}

async function settled(): Promise<void> {
  await until('no delivery is pending', async () => ((await pending()) === 0 ? true : undefined));
}

const MATCH = { event: '^customer\\.' };

describe('webhook faults', () => {
  it('duplicate: the same event comes twice, both times signed well', async () => {
    await sandbox.fault({ fault: 'duplicate', match: MATCH });
    await sandbox.shop.customers.create();
    await settled();
    await arrived(2);
    expect(receiver.verified(SECRET).map(({ id }) => id)).toEqual([receiver.received[0]?.event.id, receiver.received[0]?.event.id]);
  });

  it('drop: the event comes only when it is sent again', async () => {
    await sandbox.fault({ fault: 'drop', match: MATCH, times: 2 });
    await sandbox.shop.customers.create();
    await settled();
    expect(receiver.received).toHaveLength(1);
    const answer = await fetch(`${sandbox.url}/_sandbox/webhooks`);
    expect(await answer.json()).toMatchObject({ deliveries: [{ attempts: 3, state: 'delivered' }] });
  });

  it('reorder: the event waits until a later one has gone', async () => {
    await sandbox.fault({ fault: 'reorder', match: { event: '^customer\\.created$' }, delayMs: 60_000 });
    const customer = await sandbox.shop.customers.create();
    expect(await pending()).toBe(1);
    await sandbox.shop.customers.update(customer.id, { name: 'Later' });
    await settled();
    expect(receiver.received.map(({ event }) => event.type)).toEqual(['customer.updated', 'customer.created']);
  });

  it('delay: the event waits, until the faults are cleared at the latest', async () => {
    await sandbox.fault({ fault: 'delay', match: MATCH, delayMs: 60_000 });
    await sandbox.shop.customers.create();
    await savedCard(sandbox);
    await arrived(2);
    expect(await pending()).toBe(1);
    await sandbox.clearFaults();
    await settled();
    expect(receiver.received).toHaveLength(3);
  });

  it('forge: an event that never was comes beside the real one, with a signature that is refused', async () => {
    await sandbox.fault({ fault: 'forge', match: MATCH });
    await sandbox.shop.customers.create();
    await settled();
    await arrived(2);
    const [real] = receiver.verified(SECRET);
    const forged = receiver.received.find(({ event }) => event.id !== real?.id);
    expect(receiver.verified(SECRET)).toHaveLength(1);
    expect(forged?.event.data.object).toMatchObject({ status: 'succeeded', amount: 1 });
    expect(await refusal(sandbox.shop.events.retrieve(forged?.event.id ?? ''))).toMatchObject({ statusCode: 404 });
  });

  it('stale: the event comes a second time with a good signature that is an hour old', async () => {
    await sandbox.fault({ fault: 'stale', match: MATCH });
    await sandbox.shop.customers.create();
    await settled();
    await arrived(2);
    expect(receiver.verified(SECRET)).toHaveLength(1);
    const ages = receiver.received.map(({ signature }) => Date.now() / 1000 - Number(/^t=(\d+)/.exec(signature)?.[1]));
    expect(Math.max(...ages)).toBeGreaterThanOrEqual(3600);
  });

  it('by seeded rates spoil deliveries, and every event comes in the end', async () => {
    await sandbox.fault({ seed: 7, rates: { duplicate: 0.2, drop: 0.2, forge: 0.2, stale: 0.2, reorder: 0.1 }, delayMs: 50 });
    await Promise.all(Array.from({ length: 60 }, (_, n) => sandbox.shop.customers.create({ metadata: { n: String(n) } })));
    await settled();
    expect(new Set(receiver.verified(SECRET).map(({ id }) => id)).size).toBe(60);
    const { plans } = (await (await fetch(`${sandbox.url}/_sandbox/faults`)).json()) as { plans: { hits: object }[] };
    expect(Object.keys(plans[0]?.hits ?? {}).toSorted()).toEqual(['drop', 'duplicate', 'forge', 'reorder', 'stale']);
  });
});

describe('seeded faults of calls', () => {
  /** How each of 40 purchases went at the first attempt, all at once or one after the other. */
  async function outcomes(seed: number, atOnce: boolean): Promise<Record<string, unknown>> {
    const fresh = await startSandbox();
    try {
      const owner = await savedCard(fresh);
      await fresh.fault({ seed, rates: { '500_before': 0.2, '429': 0.2, wrong_shape: 0.2 }, match: { path: '/payment_intents' } });
      const results: Record<string, unknown> = {};
      const buy = async (order: string): Promise<void> => {
        const answer = await fresh.shop.paymentIntents.create(authorization(owner, 2500, order), { idempotencyKey: order }).then(
          ({ status }) => String(status),
          (cause: { statusCode?: number }) => cause.statusCode,
        );
        const held = (await fresh.ledger(`?order_id=${order}`)).orders[order]?.counts.authorized ?? 0;
        results[order] = { answer, held };
      };
      const orders = Array.from({ length: 40 }, (_, n) => `ord_${n}`);
      if (atOnce) await Promise.all(orders.map(buy));
      else for (const order of orders) await buy(order);
      return results;
    } finally {
      await fresh.close();
    }
  }

  it('are the same for the same seed, whatever runs at the same time', async () => {
    const first = await outcomes(7, true);
    expect(await outcomes(7, false)).toEqual(first);
    expect(await outcomes(8, true)).not.toEqual(first);
    const kinds = new Set(Object.values(first).map((outcome) => JSON.stringify(outcome)));
    // Refused, told nonsense with and without an effect, and answered.
    expect(kinds).toEqual(
      new Set([
        '{"answer":500,"held":0}',
        '{"answer":429,"held":0}',
        '{"answer":"undefined","held":0}',
        '{"answer":"undefined","held":1}',
        '{"answer":"requires_capture","held":1}',
      ]),
    );
  });

  it('wrong_shape answers 200 with what nobody asked for; the key finds what was committed', async () => {
    const owner = await savedCard(sandbox);
    const buy = (order: string) => sandbox.shop.paymentIntents.create(authorization(owner, 2500, order), { idempotencyKey: order });
    await sandbox.fault({ fault: 'wrong_shape', match: { path: '/payment_intents$' } });
    expect(await buy('ord_kept')).not.toHaveProperty('id');
    const kept = await buy('ord_kept');
    expect(kept.lastResponse.headers).toMatchObject({ 'idempotent-replayed': 'true' });
    await sandbox.fault({ fault: 'wrong_shape', committed: false, match: { path: '/payment_intents$' } });
    expect(await buy('ord_lost')).not.toHaveProperty('id');
    expect((await buy('ord_lost')).lastResponse.headers).not.toHaveProperty('idempotent-replayed');
    expect((await sandbox.ledger()).orders).toMatchObject({
      ord_kept: { counts: { authorized: 1 } },
      ord_lost: { counts: { authorized: 1 } },
    });
  });
});
