import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { authorization, makeDataDir, savedCard, startSandbox } from './sandbox-fixture.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

let dataDir = '';

beforeEach(async () => {
  dataDir = await makeDataDir();
});

afterEach(() => rm(dataDir, { recursive: true, force: true }));

function journal(): Promise<string> {
  return readFile(join(dataDir, 'journal.ndjson'), 'utf8');
}

describe('the journal', () => {
  it('is rewritten while calls run, and nothing is lost by it', async () => {
    const first = await startSandbox({ dataDir, compactBytes: 10_000 });
    const owner = await savedCard(first);
    const intents = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        const intent = await first.shop.paymentIntents.create(authorization(owner, 2500, `ord_${n}`), { idempotencyKey: `ord_${n}` });
        await first.shop.paymentIntents.capture(intent.id);
        return intent;
      }),
    );
    await first.shop.refunds.create({ payment_intent: intents[3]?.id ?? '', amount: 100 });
    const lines = (await journal()).split('\n').length;
    expect(lines).toBeLessThan(60);
    const seen = async (sandbox: typeof first) => ({
      ledger: await sandbox.ledger(),
      events: (await sandbox.shop.events.list({ limit: 100 })).data,
      intents: (await sandbox.shop.paymentIntents.list({ limit: 100 })).data,
      refunds: (await sandbox.shop.refunds.list({ limit: 100 })).data,
      cards: (await sandbox.shop.customers.listPaymentMethods(owner.customer)).data,
    });
    const before = await seen(first);
    await first.close();
    const second = await startSandbox({ dataDir });
    expect(await seen(second)).toEqual(before);
    const again = await second.shop.paymentIntents.create(authorization(owner, 2500, 'ord_7'), { idempotencyKey: 'ord_7' });
    expect(again).toEqual(intents[7]);
    await second.close();
  });

  it('loses what is superseded at the start', async () => {
    const first = await startSandbox({ dataDir });
    const customer = await first.shop.customers.create();
    for (let n = 0; n < 20; n += 1) await first.shop.customers.update(customer.id, { email: `n${n}@example.test` });
    const writes = async (): Promise<number> => (await journal()).match(/"kind":"customer"/g)?.length ?? 0;
    expect(await writes()).toBe(21);
    await first.close();
    const second = await startSandbox({ dataDir });
    expect(await writes()).toBe(1);
    expect(await second.shop.customers.retrieve(customer.id)).toMatchObject({ email: 'n19@example.test' });
    expect((await stat(join(dataDir, 'journal.ndjson'))).mode & 0o777).toBe(0o600);
    await second.close();
  });

  it('loses answers after a day and events after thirty, and no movement of money ever', async () => {
    let at = Date.parse('2026-11-01T00:00:00Z');
    const start = () => startSandbox({ dataDir, now: () => new Date(at) });
    const first = await start();
    const owner = await savedCard(first);
    await first.shop.paymentIntents.create(authorization(owner), { idempotencyKey: 'kept_for_a_day' });
    const { totals } = await first.ledger();
    await first.close();

    at += DAY_MS - 1000;
    await (await start()).close();
    expect(await journal()).toContain('"key":"kept_for_a_day"');
    at += 2000;
    await (await start()).close();
    expect(await journal()).not.toContain('"key":"kept_for_a_day"');
    expect(await journal()).toContain('"type":"charge.succeeded"');

    at += 30 * DAY_MS;
    const last = await start();
    expect(await journal()).not.toContain('"type":"charge.succeeded"');
    expect((await last.shop.events.list()).data).toEqual([]);
    expect((await last.ledger()).totals).toEqual(totals);
    await last.close();
  });
});
