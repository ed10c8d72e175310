import { describe, expect, test } from '@jest/globals';
import {
  arrivedAt,
  carrierNameOf,
  checkTime,
  checkTracking,
  planNews,
  planParcel,
  unshippedPieces,
  type Shipment,
} from '../src/shipment.ts';

const line = (productId: string, quantity: number) => ({
  productId,
  quantity,
  sku: productId,
  title: productId,
  unitPrice: { amountMinor: 100, currency: 'USD' },
});
const order = { lines: [line('a', 2), line('b', 1)] };
const at = (hour: number) => new Date(Date.UTC(2026, 10, 24, hour));
const parcel = (shipmentId: string, lines: Shipment['lines'], given: Partial<Shipment> = {}): Shipment => ({
  shipmentId,
  orderId: 'ord_1',
  lines,
  carrier: 'ups',
  carrierName: null,
  trackingNumber: null,
  trackingUrl: null,
  status: 'shipped',
  statusAt: at(0),
  shippedAt: at(0),
  ...given,
});

describe('a parcel', () => {
  test('takes all that is left when nothing is named', () => {
    const sent = [parcel('1', [{ productId: 'a', quantity: 1 }])];
    expect(planParcel(order, sent, null)).toEqual({
      kind: 'parcel',
      move: 'ship_the_rest',
      lines: [
        { productId: 'a', quantity: 1 },
        { productId: 'b', quantity: 1 },
      ],
    });
  });

  test('with the last piece ships the order, with any other a part of it', () => {
    expect(planParcel(order, [], [{ productId: 'a', quantity: 2 }])).toMatchObject({ move: 'ship_a_part' });
    expect(planParcel(order, [parcel('1', [{ productId: 'a', quantity: 2 }])], [{ productId: 'b', quantity: 1 }])).toMatchObject({
      move: 'ship_the_rest',
    });
  });

  test.each([
    [[{ productId: 'a', quantity: 3 }], 'too_many'],
    [[{ productId: 'a', quantity: 0 }], 'invalid_input'],
    [[{ productId: 'a', quantity: -1 }], 'invalid_input'],
    [[{ productId: 'a', quantity: 0.5 }], 'invalid_input'],
    [[{ productId: 'c', quantity: 1 }], 'invalid_input'],
    [
      [
        { productId: 'a', quantity: 1 },
        { productId: 'a', quantity: 1 },
      ],
      'invalid_input',
    ],
    [[], 'invalid_input'],
  ])('with %j is refused: %s', (lines, kind) => {
    expect(planParcel(order, [], lines)).toMatchObject({ kind });
  });

  test('that came back leaves its pieces to be shipped', () => {
    const back = parcel('1', [{ productId: 'a', quantity: 2 }], { status: 'returned_to_sender' });
    expect(unshippedPieces(order, [back])).toEqual([
      { productId: 'a', quantity: 2 },
      { productId: 'b', quantity: 1 },
    ]);
  });
});

describe('news', () => {
  const both = [parcel('1', [{ productId: 'a', quantity: 2 }]), parcel('2', [{ productId: 'b', quantity: 1 }])] as const;

  test('of the last arrival delivers the order, of any other not', () => {
    expect(planNews(order, both, both[0], { status: 'delivered', at: at(5) })).toMatchObject({ move: 'note' });
    const one = [{ ...both[0], status: 'delivered', statusAt: at(7) } as const, both[1]];
    const plan = planNews(order, one, both[1], { status: 'delivered', at: at(5) });
    expect(plan).toMatchObject({ move: 'deliver' });
    expect(arrivedAt([...one.slice(0, 1), ...(plan.kind === 'news' ? [plan.shipment] : [])])).toEqual(at(7));
  });

  test('of an arrival delivers nothing while pieces are not even shipped', () => {
    expect(planNews(order, [both[0]], both[0], { status: 'delivered', at: at(5) })).toMatchObject({ move: 'note' });
  });

  test('that all came back makes the order unshipped again', () => {
    expect(planNews(order, both, both[0], { status: 'returned_to_sender', at: at(5) })).toMatchObject({ move: 'come_back_in_part' });
    expect(planNews(order, [both[0]], both[0], { status: 'returned_to_sender', at: at(5) })).toMatchObject({ move: 'come_back_whole' });
  });

  test('that is older than what is known moves the parcel nowhere', () => {
    const known = parcel('1', [{ productId: 'a', quantity: 2 }], { status: 'delivery_failed', statusAt: at(5) });
    expect(planNews(order, [known], known, { status: 'in_transit', at: at(2) })).toMatchObject({
      move: 'note',
      shipment: { status: 'delivery_failed' },
    });
  });

  test.each(['delivered', 'returned_to_sender'] as const)('of a parcel that is %s is refused', (status) => {
    const over = parcel('1', [{ productId: 'a', quantity: 2 }], { status });
    expect(planNews(order, [over], over, { status: 'in_transit', at: at(9) })).toEqual({ kind: 'over' });
  });
});

describe('tracking', () => {
  const none = { carrierName: null, trackingNumber: null, trackingUrl: null };

  test.each(['usps', 'ups', 'fedex', 'dhl', 'ontrac'] as const)('of %s is filled in from the number, at its own site', (carrier) => {
    const checked = checkTracking({ ...none, carrier, trackingNumber: '1z 999-aa1' });
    expect(checked).toMatchObject({
      tracking: { trackingNumber: '1Z999AA1', trackingUrl: expect.stringMatching(/^https:\/\/\S+1Z999AA1$/) },
    });
    const page = checked.kind === 'tracking' ? checked.tracking.trackingUrl : null;
    expect(checkTracking({ ...none, carrier, trackingUrl: page })).toMatchObject({ kind: 'tracking' });
  });

  test.each([
    'http://example.org/1',
    'javascript:alert(1)',
    'https://user@example.org/1',
    'https://example.org:8443/1',
    'https://127.0.0.1/1',
    'https://localhost/1',
    'https://[::1]/1',
    `https://example.org/${'a'.repeat(500)}`,
    'example.org',
  ])('at %s is refused', (trackingUrl) => {
    expect(checkTracking({ carrier: 'other', carrierName: 'Bike', trackingNumber: null, trackingUrl })).toMatchObject({
      path: ['trackingUrl'],
    });
  });

  test.each(['https://ups.com.example.org/', 'https://notups.com/', 'https://example.org/?ups.com'])(
    'of UPS at %s is refused',
    (trackingUrl) => {
      expect(checkTracking({ ...none, carrier: 'ups', trackingUrl })).toMatchObject({ path: ['trackingUrl'] });
    },
  );

  test('of another carrier needs its name, and no other carrier has one', () => {
    expect(checkTracking({ ...none, carrier: 'other' })).toMatchObject({ path: ['carrierName'] });
    expect(checkTracking({ ...none, carrier: 'other', carrierName: 'A <b>' })).toMatchObject({ path: ['carrierName'] });
    expect(checkTracking({ ...none, carrier: 'ups', carrierName: 'UPS' })).toMatchObject({ path: ['carrierName'] });
    const checked = checkTracking({
      carrier: 'other',
      carrierName: ' Bike & Co. ',
      trackingNumber: null,
      trackingUrl: 'https://example.org/1',
    });
    expect(checked.kind === 'tracking' ? carrierNameOf(checked.tracking) : '').toBe('Bike & Co.');
  });
});

test('a time is taken within some minutes of what it follows, and never after now', () => {
  expect(checkTime(null, at(1), at(9), 'at')).toEqual({ at: at(9) });
  expect(checkTime(at(3), at(1), at(9), 'at')).toEqual({ at: at(3) });
  expect(checkTime(new Date(at(9).getTime() + 60_000), at(1), at(9), 'at')).toEqual({ at: at(9) });
  expect(checkTime(at(10), at(1), at(9), 'at')).toMatchObject({ path: ['at'] });
  expect(checkTime(at(0), at(1), at(9), 'at')).toMatchObject({ path: ['at'] });
});
