import { describe, expect, it } from '@jest/globals';
import { drawFault } from '@vitrine/stripe-sandbox/fault-draw';
import { readFaultRequest } from '@vitrine/stripe-sandbox/fault-requests';
import { Faults } from '@vitrine/stripe-sandbox/faults';

const CALLS = Array.from({ length: 400 }, (_, n) => ({ method: 'POST', path: '/v1/payment_intents', identity: `POST ord_${n}` }));

function run(seed: number, calls: typeof CALLS): Map<string, string | undefined> {
  const faults = new Faults();
  faults.add({ seed, rates: { lose_response: 0.2, '500_before': 0.1 } });
  return new Map(calls.map((call) => [call.identity, faults.take(call)?.fault]));
}

describe('a seeded plan', () => {
  it('decides the same for the same call, in whatever order calls come', () => {
    const forwards = run(7, CALLS);
    const backwards = run(7, CALLS.toReversed());
    for (const [identity, fault] of forwards) expect(backwards.get(identity)).toBe(fault);
  });

  it('decides otherwise with another seed, and anew for another attempt', () => {
    expect([...run(7, CALLS).values()]).not.toEqual([...run(8, CALLS).values()]);
    const attempts = Array.from({ length: 50 }, (_, n) => drawFault(7, 'one', n + 1, ['reset'], { reset: 0.5 })?.fault);
    expect(new Set(attempts)).toEqual(new Set(['reset', undefined]));
  });

  it('keeps to its rates', () => {
    const found = [...run(7, CALLS).values()];
    const share = (fault: string): number => found.filter((name) => name === fault).length / found.length;
    expect(share('lose_response')).toBeGreaterThan(0.14);
    expect(share('lose_response')).toBeLessThan(0.26);
    expect(share('500_before')).toBeGreaterThan(0.05);
    expect(share('500_before')).toBeLessThan(0.15);
  });

  it('hits only what it matches, leaves webhooks to their own rates, and shows its hits', () => {
    const faults = new Faults();
    faults.add({ seed: 1, rates: { reset: 1, drop: 1 }, match: { path: '^/v1/refunds', event: '^charge\\.' } });
    expect(faults.take({ method: 'POST', path: '/v1/customers', identity: 'a' })).toBeUndefined();
    expect(faults.take({ method: 'POST', path: '/v1/refunds', identity: 'b' })).toMatchObject({ fault: 'reset' });
    expect(faults.takeWebhook({ event: 'customer.created', identity: 'c' })).toBeUndefined();
    expect(faults.takeWebhook({ event: 'charge.captured', identity: 'd' })).toMatchObject({ fault: 'drop' });
    expect(faults.list().plans).toMatchObject([{ seed: 1, hits: { reset: 1, drop: 1 } }]);
    faults.clear();
    expect(faults.list()).toEqual({ rules: [], plans: [] });
  });
});

describe('a request for faults', () => {
  it.each([
    [null, /JSON object/],
    [{ fault: 'explode' }, /fault must be one of delay, .*wrong_shape.*stale/],
    [{ fault: 'drop', match: { path: '^/' } }, /event only/],
    [{ fault: 'reset', match: { event: '^charge' } }, /method and path only/],
    [{ fault: 'reset', committed: true }, /wrong_shape only/],
    [{ fault: 'reset', match: { event: '(' } }, /regular expression/],
    [{ fault: 'reset', match: { host: 'x' } }, /method and path/],
    [{ fault: 'reset', times: 0 }, /times/],
    [{ fault: 'delay', delayMs: -1 }, /delayMs/],
    [{ fault: 'reset', extra: 1 }, /allowed are match, fault, times, delayMs, committed/],
    [{ rates: { reset: 0.1 } }, /seed/],
    [{ seed: 1, rates: { reset: 1.1 } }, /between 0 and 1/],
    [{ seed: 1, rates: { reset: 0.6, hang: 0.6 } }, /above 1/],
    [{ seed: 1, rates: { explode: 0.1 } }, /rates takes delay, /],
    [{ seed: 1, rates: {} }, /rates/],
    [{ seed: 1, rates: { reset: 0.1 }, times: 1 }, /allowed are match, seed, rates, delayMs/],
  ])('such as %j is refused with what is allowed', (given, message) => {
    expect(readFaultRequest(given)).toEqual({ ok: false, message: expect.stringMatching(message) as unknown });
  });

  it('takes the delay of an event for the delay of its delivery', () => {
    expect(readFaultRequest({ fault: 'delay', match: { event: '^charge' } })).toMatchObject({
      value: { fault: 'webhook_delay', delayMs: 1000 },
    });
  });
});
