import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type Stripe from 'stripe';
import { until } from '../../../tests/support/until.ts';
import { startReceiver } from './webhook-receiver.ts';
import type { LedgerReport } from '@vitrine/stripe-sandbox/ledger';
import { authorization, clientOf, makeDataDir, NO_REDIRECTS, refusal, VISA } from './sandbox-fixture.ts';

// Each test starts processes, which takes long on a busy machine.
jest.setTimeout(120_000);

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

interface Running {
  child: ChildProcess;
  url: string;
  shop: Stripe;
  browser: Stripe;
  log: string[];
}

let dataDir = '';
const running = new Set<ChildProcess>();

beforeEach(async () => {
  dataDir = await makeDataDir();
});

afterEach(async () => {
  await Promise.all([...running].map((child) => end(child, 'SIGKILL')));
  await rm(dataDir, { recursive: true, force: true });
});

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  running.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
  return child.exitCode;
}

/** Runs `main.ts` as a process of its own, as the local stack does. */
async function run(env: Record<string, string> = {}): Promise<Running> {
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env['PATH'], PORT: '0', DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const log: string[] = [];
  const errors: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => errors.push(chunk.toString('utf8')));
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    log.push(line);
    const { event, url } = JSON.parse(line) as { event?: string; url?: string };
    if (event === 'listening' && url !== undefined) {
      child.stdout?.on('data', (chunk: Buffer) => log.push(chunk.toString('utf8')));
      child.stdout?.resume();
      return { child, url, shop: clientOf(url, 'sk_test_vitrine'), browser: clientOf(url, 'pk_test_vitrine'), log };
    }
  }
  throw new Error(`The sandbox did not start: ${errors.join('')}`);
}

async function savedCard({ shop, browser }: Running): Promise<{ customer: string; card: string }> {
  const customer = await shop.customers.create({ email: 'kept@example.test' });
  const method = await browser.paymentMethods.create({ type: 'card', card: VISA });
  const intent = await shop.setupIntents.create({ customer: customer.id, payment_method: method.id, confirm: true, ...NO_REDIRECTS });
  expect(intent.status).toBe('succeeded');
  return { customer: customer.id, card: method.id };
}

async function ledger({ url }: Running): Promise<LedgerReport> {
  return (await fetch(`${url}/_sandbox/ledger`)).json() as Promise<LedgerReport>;
}

describe('durability', () => {
  it('SIGKILL forgets nothing that was answered, and a retried key after it charges once', async () => {
    const before = await run();
    const owner = await savedCard(before);
    const key = { idempotencyKey: 'ord_1/authorize' };
    const intent = await before.shop.paymentIntents.create(authorization(owner), key);
    await end(before.child, 'SIGKILL');

    const after = await run();
    expect(await after.shop.paymentIntents.retrieve(intent.id)).toEqual(intent);
    expect(await after.shop.customers.retrieve(owner.customer)).toMatchObject({ email: 'kept@example.test' });
    const again = await after.shop.paymentIntents.create(authorization(owner), key);
    expect(again).toEqual(intent);
    expect(again.lastResponse.headers).toMatchObject({ 'idempotent-replayed': 'true' });
    expect((await ledger(after)).orders['ord_1']).toMatchObject({ authorized: 2500, counts: { authorized: 1 } });
    expect(await after.shop.paymentIntents.capture(intent.id)).toMatchObject({ status: 'succeeded' });
    const card = await after.browser.paymentMethods.create({ type: 'card', card: VISA });
    const [old, fresh] = await Promise.all([owner.card, card.id].map((id) => after.shop.paymentMethods.retrieve(id)));
    expect(fresh?.card?.fingerprint).toBe(old?.card?.fingerprint);
  });

  it('SIGKILL under load keeps every authorization that was answered, and no order has two', async () => {
    const before = await run();
    const owner = await savedCard(before);
    const answered = new Map<string, string>();
    let next = 0;
    const buy = async (): Promise<void> => {
      for (;;) {
        next += 1;
        const order = `ord_${next}`;
        const intent = await before.shop.paymentIntents
          .create(authorization(owner, 2500, order), { idempotencyKey: order })
          .catch(() => undefined);
        if (intent === undefined) return;
        answered.set(order, intent.id);
        if (answered.size === 60) await end(before.child, 'SIGKILL');
      }
    };
    await Promise.all(Array.from({ length: 8 }, buy));
    expect(answered.size).toBeGreaterThanOrEqual(60);

    const after = await run();
    for (let order = 1; order <= next; order += 1) {
      const name = `ord_${order}`;
      const intent = await after.shop.paymentIntents.create(authorization(owner, 2500, name), { idempotencyKey: name });
      expect(intent.id).toBe(answered.get(name) ?? intent.id);
    }
    const { orders } = await ledger(after);
    expect(Object.keys(orders)).toHaveLength(next);
    for (const order of Object.values(orders)) expect(order.counts.authorized).toBe(1);
  });

  it('SIGKILL under load, while the journal is rewritten again and again, forgets no object, answer, event or webhook', async () => {
    const receiver = await startReceiver();
    const env = { WEBHOOK_URL: receiver.url, WEBHOOK_SECRET: 'whsec_kill', COMPACT_BYTES: '20000' };
    // Every second delivery is refused before the last round, so that there is something to lose.
    let deliveries = 0;
    receiver.answer(() => (deliveries++ % 2 === 0 ? 503 : 200));
    const answered = new Map<string, Stripe.PaymentIntent>();
    let next = 0;
    let owner: { customer: string; card: string } | undefined;
    try {
      for (let round = 1; round <= 3; round += 1) {
        const sandbox = await run(env);
        owner ??= await savedCard(sandbox);
        const buyer = owner;
        const buy = async (): Promise<void> => {
          for (;;) {
            next += 1;
            const order = `ord_${next}`;
            const intent = await sandbox.shop.paymentIntents
              .create(authorization(buyer, 2500, order), { idempotencyKey: order })
              .catch(() => undefined);
            if (intent === undefined) return;
            answered.set(order, intent);
            if (answered.size >= 25 * round) await end(sandbox.child, 'SIGKILL');
          }
        };
        await Promise.all(Array.from({ length: 6 }, buy));
      }
      receiver.answer(() => 200);
      const after = await run(env);
      for (const [order, intent] of answered) {
        expect(await after.shop.paymentIntents.retrieve(intent.id)).toEqual(intent);
        const again = await after.shop.paymentIntents.create(authorization(owner ?? { customer: '', card: '' }, 2500, order), {
          idempotencyKey: order,
        });
        expect(again).toEqual(intent);
        expect(again.lastResponse.headers).toMatchObject({ 'idempotent-replayed': 'true' });
      }
      const events: Stripe.Event[] = [];
      for await (const event of after.shop.events.list({ limit: 100 })) events.push(event);
      const held = events.filter(({ type }) => type === 'payment_intent.amount_capturable_updated');
      const { orders } = await ledger(after);
      // No change without its event, no event without its change, also for what was never answered.
      expect(
        held.map(({ data }) => (data.object as Stripe.PaymentIntent).metadata['order_id'] ?? '').toSorted((a, b) => a.localeCompare(b)),
      ).toEqual(Object.keys(orders).toSorted((a, b) => a.localeCompare(b)));
      for (const order of Object.values(orders)) expect(order.counts.authorized).toBe(1);
      await until('every webhook is delivered', async () => {
        const { counts } = (await (await fetch(`${after.url}/_sandbox/webhooks?state=none`)).json()) as { counts: { pending: number } };
        return counts.pending === 0 ? true : undefined;
      });
      const delivered = new Set(receiver.verified('whsec_kill').map(({ id }) => id));
      expect(events.filter(({ id }) => !delivered.has(id))).toEqual([]);
    } finally {
      await Promise.all([...running].map((child) => end(child, 'SIGKILL')));
      await receiver.close();
    }
  }, 60_000);

  it('a torn last line, which was never answered, is forgotten', async () => {
    const before = await run();
    const customer = await before.shop.customers.create();
    await end(before.child, 'SIGKILL');
    await appendFile(join(dataDir, 'journal.ndjson'), '{"account":"acct_x","writes":[{"kind":"customer","id":"cus_torn"');
    const after = await run();
    expect(await after.shop.customers.retrieve(customer.id)).toMatchObject({ id: customer.id });
    await after.shop.customers.create();
    await end(after.child, 'SIGKILL');
    const third = await run();
    expect((await third.shop.customers.list()).data).toHaveLength(2);
  });

  it('SIGTERM lets calls in flight finish and exits with 0', async () => {
    const sandbox = await run();
    const faults = `${sandbox.url}/_sandbox/faults`;
    const rule = { match: { method: 'POST' }, fault: 'delay', delayMs: 60_000 };
    await fetch(faults, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(rule) });
    const pending = sandbox.shop.customers.create({ name: 'In Flight' });
    let hits = 0;
    while (hits === 0) {
      const { rules } = (await (await fetch(faults)).json()) as { rules: { hits: number }[] };
      hits = rules[0]?.hits ?? 0;
    }
    const exited = end(sandbox.child, 'SIGTERM');
    const customer = await pending;
    expect(await exited).toBe(0);
    const after = await run();
    expect(await after.shop.customers.retrieve(customer.id)).toMatchObject({ name: 'In Flight' });
  });

  it('neither disk nor log holds a card number, a security code, or what was sent', async () => {
    const card = { number: '4000002500003155', exp_month: 11, exp_year: 2033, cvc: '739' };
    const sandbox = await run();
    const method = await sandbox.browser.paymentMethods.create(
      { type: 'card', card, billing_details: { name: 'Canary Name' } },
      { idempotencyKey: 'canary' },
    );
    await refusal(
      sandbox.browser.paymentMethods.create({ type: 'card', card: { ...card, number: '4000002500003156' } }, { idempotencyKey: 'typo' }),
    );
    await refusal(sandbox.shop.paymentMethods.create({ type: 'card', card }));
    await sandbox.shop.customers.list({ email: 'canary@example.test' });
    expect((await sandbox.shop.paymentMethods.retrieve(method.id)).card?.last4).toBe('3155');
    await end(sandbox.child, 'SIGTERM');
    const files = await readdir(dataDir);
    const disk = (await Promise.all(files.map((name) => readFile(join(dataDir, name), 'latin1')))).join('\n');
    const log = sandbox.log.join('\n');
    // The positive control: the search would find what is there.
    expect(disk).toContain('Canary Name');
    expect(log).toContain('/v1/payment_methods/:id');
    for (const text of [disk, log]) {
      expect(text).not.toMatch(/400000250000315/);
      expect(text).not.toMatch(/"?cvc"?:\s*"?739/);
      expect(text).not.toMatch(/canary(@|%40)example/);
    }
    expect(log).not.toContain('Canary Name');
  });
});
