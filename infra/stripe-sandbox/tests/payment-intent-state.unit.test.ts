import { describe, expect, it } from '@jest/globals';
import type { Stripe } from 'stripe';
import { decideRefund, newCharge, refundableOf } from '@vitrine/stripe-sandbox/charges';
import { totalsOf, type Movement } from '@vitrine/stripe-sandbox/ledger';
import { authorized, cancel, capture, confirmRefusal } from '@vitrine/stripe-sandbox/payment-intent-state';
import { newPaymentIntent } from '@vitrine/stripe-sandbox/payment-intent-creation';

const NOW = 1_780_000_000;

const METHOD = {
  id: 'pm_1',
  object: 'payment_method',
  type: 'card',
  customer: null,
  billing_details: { address: null, email: null, name: null, phone: null, tax_id: null },
  card: {
    brand: 'visa',
    checks: null,
    country: 'US',
    display_brand: 'visa',
    exp_month: 1,
    exp_year: 2030,
    funding: 'credit',
    last4: '4242',
  },
} as unknown as Stripe.PaymentMethod;

function held(amount: number, captureMethod: 'manual' | 'automatic' = 'manual') {
  const intent = newPaymentIntent(
    { amount, currency: 'usd', capture_method: captureMethod } as Parameters<typeof newPaymentIntent>[0],
    METHOD.id,
    NOW,
  );
  const charge = newCharge({ intent, method: METHOD, authentication: null, now: NOW });
  return { charge, ...authorized(intent, charge, NOW) };
}

describe('payment intent transitions', () => {
  it('hold the whole amount for a manual capture and take it at once otherwise', () => {
    expect(held(1000).intent).toMatchObject({ status: 'requires_capture', amount_capturable: 1000, amount_received: 0 });
    expect(held(1000, 'automatic').intent).toMatchObject({ status: 'succeeded', amount_capturable: 0, amount_received: 1000 });
  });

  it('capture a part once and let the rest go', () => {
    const { intent, charge } = held(1000);
    const step = capture(intent, charge, 700, NOW);
    expect(step).toMatchObject({
      ok: true,
      released: 300,
      intent: { status: 'succeeded', amount_received: 700, amount_capturable: 0 },
      charge: { captured: true, amount_captured: 700, amount_refunded: 300 },
    });
    if (step.ok) expect(capture(step.intent, step.charge, 300, NOW)).toMatchObject({ ok: false, code: 'payment_intent_unexpected_state' });
  });

  it('refuse a capture above what is held, or of nothing', () => {
    const { intent, charge } = held(1000);
    expect(capture(intent, charge, 1001, NOW)).toMatchObject({ ok: false, code: 'amount_too_large', param: 'amount_to_capture' });
    expect(capture(intent, charge, 0, NOW)).toMatchObject({ ok: false, param: 'amount_to_capture' });
    expect(capture(intent, charge, -5, NOW)).toMatchObject({ ok: false });
  });

  it('void what is held on cancel, and refuse to cancel what has been captured', () => {
    const { intent, charge } = held(1000);
    expect(cancel(intent, charge, 'abandoned', NOW)).toMatchObject({
      ok: true,
      intent: { status: 'canceled', cancellation_reason: 'abandoned', amount_capturable: 0, canceled_at: NOW },
      movements: [{ kind: 'void', amount: 1000 }],
    });
    const taken = capture(intent, charge, undefined, NOW);
    if (!taken.ok) throw new Error('The capture was refused.');
    expect(cancel(taken.intent, taken.charge, null, NOW)).toMatchObject({ ok: false, code: 'payment_intent_unexpected_state' });
  });

  it('refuse to confirm what has succeeded or was canceled', () => {
    const { intent, charge } = held(1000);
    expect(confirmRefusal(intent)?.code).toBe('payment_intent_unexpected_state');
    const ended = cancel(intent, charge, null, NOW);
    expect(ended.ok && confirmRefusal(ended.intent)?.code).toBe('payment_intent_unexpected_state');
  });

  it('never refund more than was captured, over any sequence of partial refunds', () => {
    for (let captured = 1; captured <= 40; captured += 3) {
      const { intent, charge } = held(40);
      const step = capture(intent, charge, captured, NOW);
      if (!step.ok) throw new Error('The capture was refused.');
      let current = step.charge;
      let refunded = 0;
      for (const wanted of [5, 7, 50, 11, 3, 13, 1, 1]) {
        const decision = decideRefund(current, wanted);
        expect(decision.ok).toBe(wanted <= captured - refunded);
        if (!decision.ok) continue;
        refunded += decision.amount;
        current = decision.charge;
        expect(refundableOf(current)).toBe(captured - refunded);
      }
      const rest = decideRefund(current, undefined);
      if (rest.ok) expect(rest).toMatchObject({ amount: captured - refunded, charge: { refunded: true } });
      else expect(rest).toMatchObject({ code: 'charge_already_refunded' });
    }
  });

  it('move money so that what is authorized is captured, voided or open', () => {
    const { intent, charge, movements } = held(1000);
    const step = capture(intent, charge, 400, NOW);
    const all: Movement[] = [...movements, ...(step.ok ? step.movements : [])];
    expect(totalsOf(all)).toMatchObject({ authorized: 1000, captured: 400, voided: 600, open: 0, counts: { captured: 1, voided: 1 } });
  });
});
