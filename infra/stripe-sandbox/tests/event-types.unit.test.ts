import { describe, expect, it } from '@jest/globals';
import { eventsOfWrite, previousAttributes } from '@vitrine/stripe-sandbox/event-types';
import { signatureHeader } from '@vitrine/stripe-sandbox/webhook-signature';
import Stripe from 'stripe';

const INTENT = { object: 'payment_intent', id: 'pi_1', status: 'requires_confirmation', amount_capturable: 0, last_payment_error: null };
const SETUP = { object: 'setup_intent', id: 'seti_1', status: 'requires_confirmation', last_setup_error: null, latest_attempt: null };
const CHARGE = {
  object: 'charge',
  id: 'ch_1',
  status: 'succeeded',
  captured: false,
  amount_refunded: 0,
  metadata: {},
  payment_method_details: { card: { capture_before: 1000 } },
};
const REFUND = { object: 'refund', id: 're_1', status: 'pending' };
const METHOD = { object: 'payment_method', id: 'pm_1', customer: 'cus_1', card: { exp_year: 2030, checks: {} }, metadata: {} };
const DISPUTE = { object: 'dispute', id: 'du_1', status: 'needs_response', evidence: {}, balance_transactions: [{ amount: -100 }] };
const TRANSFER = { object: 'transfer', id: 'tr_1', amount_reversed: 0, metadata: {} };
const FEE = { object: 'application_fee', id: 'fee_1', amount_refunded: 0 };
const ACCOUNT = { object: 'account', id: 'acct_1', charges_enabled: false };
const CUSTOMER = { object: 'customer', id: 'cus_1', email: null };

function types(before: object | null, after: object, options: { at?: number; automatic?: boolean } = {}): string[] {
  const change = { at: options.at ?? 1, automatic: options.automatic ?? false };
  return eventsOfWrite(before === null ? undefined : { object: before }, { object: after }, change).map(({ type }) => type);
}

describe('the events of a change', () => {
  it.each<[string, object, object | null, string[]]>([
    ['a new intent', INTENT, null, ['payment_intent.created']],
    ['an intent that wants the buyer', { ...INTENT, status: 'requires_action' }, INTENT, ['payment_intent.requires_action']],
    ['an intent in processing', { ...INTENT, status: 'processing' }, INTENT, ['payment_intent.processing']],
    [
      'an authorization',
      { ...INTENT, status: 'requires_capture', amount_capturable: 9 },
      INTENT,
      ['payment_intent.amount_capturable_updated'],
    ],
    [
      'a capture',
      { ...INTENT, status: 'succeeded' },
      { ...INTENT, status: 'requires_capture', amount_capturable: 9 },
      ['payment_intent.succeeded'],
    ],
    [
      'a decline',
      { ...INTENT, status: 'requires_payment_method', last_payment_error: { code: 'x' } },
      INTENT,
      ['payment_intent.payment_failed'],
    ],
    ['a canceled intent', { ...INTENT, status: 'canceled' }, INTENT, ['payment_intent.canceled']],
    ['an intent that only changed its text', { ...INTENT, description: 'x' }, INTENT, []],
    ['a new setup', SETUP, null, ['setup_intent.created']],
    ['a setup that wants the buyer', { ...SETUP, status: 'requires_action' }, SETUP, ['setup_intent.requires_action']],
    ['a setup', { ...SETUP, status: 'succeeded' }, SETUP, ['setup_intent.succeeded']],
    [
      'a failed setup',
      { ...SETUP, status: 'requires_payment_method', last_setup_error: { code: 'x' } },
      SETUP,
      ['setup_intent.setup_failed'],
    ],
    ['a canceled setup', { ...SETUP, status: 'canceled' }, SETUP, ['setup_intent.canceled']],
    ['a charge', CHARGE, null, ['charge.succeeded']],
    ['a refused charge', { ...CHARGE, status: 'failed' }, null, ['charge.failed']],
    ['a charge that was pending', CHARGE, { ...CHARGE, status: 'pending' }, ['charge.succeeded']],
    ['a captured charge, in part', { ...CHARGE, captured: true, amount_refunded: 5 }, CHARGE, ['charge.captured']],
    ['a released charge', { ...CHARGE, amount_refunded: 5 }, CHARGE, ['charge.refunded']],
    ['a described charge', { ...CHARGE, description: 'x' }, CHARGE, ['charge.updated']],
    ['a new refund', REFUND, null, ['refund.created']],
    ['a refund that went through', { ...REFUND, status: 'succeeded' }, REFUND, ['refund.updated', 'charge.refund.updated']],
    ['a refund that failed', { ...REFUND, status: 'failed' }, REFUND, ['refund.updated', 'charge.refund.updated', 'refund.failed']],
    ['a new customer', CUSTOMER, null, ['customer.created']],
    ['a changed customer', { ...CUSTOMER, email: 'a@example.test' }, CUSTOMER, ['customer.updated']],
    ['a customer that is what it was', { ...CUSTOMER }, CUSTOMER, []],
    ['a card with no customer', { ...METHOD, customer: null }, null, []],
    ['an attached card', METHOD, { ...METHOD, customer: null }, ['payment_method.attached']],
    ['a detached card', { ...METHOD, customer: null }, METHOD, ['payment_method.detached']],
    ['an updated card', { ...METHOD, metadata: { a: '1' } }, METHOD, ['payment_method.updated']],
    ['a card whose code was checked', { ...METHOD, card: { exp_year: 2030, checks: { cvc_check: 'pass' } } }, METHOD, []],
    ['a dispute', DISPUTE, null, ['charge.dispute.created', 'charge.dispute.funds_withdrawn']],
    ['an answered dispute', { ...DISPUTE, status: 'under_review' }, DISPUTE, ['charge.dispute.updated']],
    [
      'a won dispute',
      { ...DISPUTE, status: 'won', balance_transactions: [{ amount: -100 }, { amount: 100 }] },
      DISPUTE,
      ['charge.dispute.closed', 'charge.dispute.funds_reinstated'],
    ],
    ['a lost dispute', { ...DISPUTE, status: 'lost' }, DISPUTE, ['charge.dispute.closed']],
    ['a transfer', TRANSFER, null, ['transfer.created']],
    ['a reversed transfer', { ...TRANSFER, amount_reversed: 1 }, TRANSFER, ['transfer.reversed']],
    ['a changed transfer', { ...TRANSFER, metadata: { a: '1' } }, TRANSFER, ['transfer.updated']],
    ['a new account', ACCOUNT, null, []],
    ['a changed account', { ...ACCOUNT, charges_enabled: true }, ACCOUNT, ['account.updated']],
    ['a fee', FEE, null, ['application_fee.created']],
    ['a fee that was given back', { ...FEE, amount_refunded: 1 }, FEE, ['application_fee.refunded']],
    ['an object without events', { object: 'balance_transaction', id: 'txn_1' }, null, []],
  ])('%s', (_name, after, before, expected) => {
    expect(types(before, after)).toEqual(expected);
  });

  it('an authorization that is let go after its time has expired', () => {
    expect(types(CHARGE, { ...CHARGE, amount_refunded: 5 }, { at: 1000 })).toEqual(['charge.expired']);
  });

  it('a card that its network changed, by no call, says so', () => {
    const renewed = { ...METHOD, card: { exp_year: 2035, checks: {} } };
    expect(types(METHOD, renewed, { automatic: true })).toEqual(['payment_method.automatically_updated']);
  });

  it('a deleted customer is told as it was, once', () => {
    const gone = { object: { ...CUSTOMER, email: null }, deleted: true };
    const change = { at: 1, automatic: false };
    const before = { object: { ...CUSTOMER, email: 'a@example.test' }, deleted: false };
    expect(eventsOfWrite(before, gone, change)).toEqual([{ type: 'customer.deleted', object: before.object }]);
    expect(eventsOfWrite(gone, gone, change)).toEqual([]);
  });

  it('what is no object of Stripe has none', () => {
    expect(eventsOfWrite(undefined, { secret: 'x' }, { at: 1, automatic: false })).toEqual([]);
    expect(types(null, { object: 'toString' })).toEqual([]);
  });
});

describe('previous attributes', () => {
  it('are the old values of what changed: nested objects in part, lists whole, null for what was not there', () => {
    const before = { a: 1, same: 2, nested: { x: 1, y: { z: 1 } }, list: [1, 2], gone: 'g' };
    const after = { a: 2, same: 2, nested: { x: 1, y: { z: 2, w: 3 } }, list: [1], fresh: true };
    expect(previousAttributes(before, after)).toEqual({ a: 1, nested: { y: { z: 1, w: null } }, list: [1, 2], gone: 'g', fresh: null });
  });
});

describe('the signature', () => {
  const body = '{"id":"evt_1","object":"event","name":"zwölf"}';
  const now = Math.floor(Date.now() / 1000);

  it("is taken by Stripe's SDK", () => {
    expect(Stripe.webhooks.constructEvent(body, signatureHeader('whsec_a', body, now), 'whsec_a').id).toBe('evt_1');
  });

  it('is refused for another secret, another body and another time', () => {
    const refused = (given: string, header: string) =>
      expect(() => Stripe.webhooks.constructEvent(given, header, 'whsec_a')).toThrow(Stripe.errors.StripeSignatureVerificationError);
    refused(body, signatureHeader('whsec_b', body, now));
    refused(body.replace('zw', 'Zw'), signatureHeader('whsec_a', body, now));
    refused(body, signatureHeader('whsec_a', body, now - 3600));
    refused(body, signatureHeader('whsec_a', body, now).replace(`t=${now}`, `t=${now - 1}`));
  });
});
