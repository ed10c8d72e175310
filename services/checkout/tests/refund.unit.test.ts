import { describe, expect, test } from '@jest/globals';
import { newId } from '@vitrine/runtime/ids';
import { priceOf } from '../src/pricing.ts';
import type { Order } from '../src/order.ts';
import {
  isClaiming,
  lineTaxOf,
  refundableOf,
  restOf,
  returnTerms,
  termsOf,
  type Refund,
  type RefundRequest,
  type RefundTerms,
} from '../src/refund.ts';

const usd = (amountMinor: number) => ({ amountMinor, currency: 'USD' });

/** Numbers from 0 up to a bound, the same ones for a seed (mulberry32). */
function numbersOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function orderOf(
  lines: readonly { readonly priceMinor: number; readonly quantity: number }[],
  taxPpm: number,
  shippingMinor: number,
): Order {
  const subtotal = lines.reduce((sum, { priceMinor, quantity }) => sum + priceMinor * quantity, 0);
  return {
    orderId: newId('ord'),
    buyerId: newId('usr'),
    sellerId: newId('sel'),
    market: 'US',
    status: 'confirmed',
    payment: 'captured',
    fulfilment: 'unshipped',
    returns: 'none',
    dispute: 'none',
    lines: lines.map(({ priceMinor, quantity }, index) => ({
      productId: `prd_${index}`,
      sku: `sku-${index}`,
      title: `Thing ${index}`,
      quantity,
      unitPrice: usd(priceMinor),
    })),
    ...priceOf(usd(subtotal), 1, usd(shippingMinor), taxPpm),
    shippingService: 'standard',
    sourcePostId: null,
    sequence: 2,
    requestId: 'req-1',
    placedAt: new Date(0),
    confirmedAt: new Date(0),
    cancelledAt: null,
    cancelReason: null,
    captureAt: new Date(0),
    refundedMinor: 0,
  };
}

const refundOf = (order: Order, terms: RefundTerms, status: Refund['status'] = 'refunded'): Refund => ({
  ...terms,
  refundId: newId('ref'),
  orderId: order.orderId,
  kind: 'lines',
  reason: 'REQUESTED_BY_BUYER',
  requestedBy: 'seller',
  returnId: null,
  status,
  failure: null,
  createdAt: new Date(0),
  refundedAt: null,
});

const sumOf = (refunds: readonly Refund[]): number => refunds.filter(isClaiming).reduce((sum, { amountMinor }) => sum + amountMinor, 0);

/** An order with one to three lines, of any prices and any tax. */
function anyOrder(below: (bound: number) => number): Order {
  const lines = Array.from({ length: 1 + below(3) }, () => ({ priceMinor: 50 + below(30_000), quantity: 1 + below(9) }));
  return orderOf(lines, below(120_000), below(2) === 0 ? 0 : below(2_000));
}

function anyRequest(below: (bound: number) => number, order: Order): RefundRequest {
  const kind = below(10);
  if (kind === 0) return { kind: 'shipping' };
  if (kind === 1) return { kind: 'goodwill', amount: usd(1 + below(500)) };
  const line = order.lines[below(order.lines.length)] ?? order.lines[0];
  if (line === undefined) throw new Error('an order has lines');
  return { kind: 'lines', lines: [{ productId: line.productId, quantity: 1 + below(line.quantity) }] };
}

test('the taxes of the lines add up to that of the order', () => {
  for (let seed = 0; seed < 200; seed += 1) {
    const order = anyOrder(numbersOf(seed));
    const taxes = order.lines.map(({ productId }) => lineTaxOf(order, productId));
    expect(taxes.every((tax) => tax >= 0)).toBe(true);
    expect(taxes.reduce((sum, tax) => sum + tax, 0)).toBe(order.tax.amountMinor);
  }
});

test('any refunds, some of which fail, never exceed what was charged, and the rest makes it whole', () => {
  for (let seed = 0; seed < 300; seed += 1) {
    const below = numbersOf(seed);
    const order = anyOrder(below);
    const refunds: Refund[] = [];
    for (let count = 0; count < 20; count += 1) {
      const result = termsOf(order, refunds, anyRequest(below, order));
      if (result.kind !== 'terms') continue;
      const { amountMinor, shippingMinor, lines } = result.terms;
      expect(lines.every((line) => line.taxMinor >= 0)).toBe(true);
      const parts = shippingMinor + lines.reduce((sum, line) => sum + line.amountMinor + line.taxMinor, 0);
      expect(parts === amountMinor || parts === 0).toBe(true);
      refunds.push(refundOf(order, result.terms, below(4) === 0 ? 'failed' : 'refunded'));
      expect(sumOf(refunds)).toBeLessThanOrEqual(order.total.amountMinor);
    }
    const rest = restOf(order, refunds);
    if (rest.amountMinor > 0) refunds.push(refundOf(order, rest));
    expect(sumOf(refunds)).toBe(order.total.amountMinor);
    expect(refundableOf(order, refunds)).toEqual({ amountMinor: 0, shippingMinor: 0, lines: [] });
  }
});

test('all pieces of an order, one by one, give all of its goods and tax back, also those that fail and are given again', () => {
  for (let seed = 0; seed < 200; seed += 1) {
    const below = numbersOf(seed);
    const order = anyOrder(below);
    let refunds: Refund[] = [];
    const giveTheRest = () => {
      for (let left = refundableOf(order, refunds).lines; left.length > 0; left = refundableOf(order, refunds).lines) {
        const { productId } = left[below(left.length)] ?? { productId: '' };
        const result = termsOf(order, refunds, { kind: 'lines', lines: [{ productId, quantity: 1 }] });
        if (result.kind !== 'terms') throw new Error(result.kind);
        refunds.push(refundOf(order, result.terms));
      }
      expect(sumOf(refunds)).toBe(order.subtotal.amountMinor + order.tax.amountMinor);
    };
    giveTheRest();
    for (let round = 0; round < 3; round += 1) {
      refunds = refunds.map((refund) => (below(3) === 0 ? { ...refund, status: 'failed' } : refund));
      giveTheRest();
    }
  }
});

describe('a return', () => {
  const order = orderOf([{ priceMinor: 1_000, quantity: 2 }], 70_000, 500);
  const pieces = [{ productId: 'prd_0', quantity: 2 }];

  test('gives its pieces with tax, and shipping if it is chosen', () => {
    expect(returnTerms(order, [], pieces, false)).toMatchObject({ amountMinor: 2_140, shippingMinor: 0 });
    expect(returnTerms(order, [], pieces, true)).toMatchObject({ amountMinor: 2_640, shippingMinor: 500 });
  });

  test('after a goodwill refund gives what is left, the goods first', () => {
    const goodwill = refundOf(order, { amountMinor: 1_000, shippingMinor: 0, lines: [] });
    expect(returnTerms(order, [goodwill], pieces, true)).toEqual({
      amountMinor: 1_640,
      shippingMinor: 0,
      lines: [{ productId: 'prd_0', quantity: 2, amountMinor: 1_640, taxMinor: 0 }],
    });
  });

  test('of pieces that are refunded already gives the others', () => {
    const one = returnTerms(order, [], [{ productId: 'prd_0', quantity: 1 }], false);
    expect(returnTerms(order, [refundOf(order, one)], pieces, false)).toMatchObject({ amountMinor: 1_070, lines: [{ quantity: 1 }] });
    expect(returnTerms(order, [refundOf(order, one), refundOf(order, one)], pieces, false)).toMatchObject({ amountMinor: 0 });
  });
});

test('of an order that was not charged nothing can be refunded', () => {
  const placed = { ...orderOf([{ priceMinor: 1_000, quantity: 2 }], 0, 500), payment: 'authorized' as const };
  expect(termsOf(placed, [], { kind: 'full' })).toMatchObject({ kind: 'exceeds', refundable: { amountMinor: 0 } });
});
