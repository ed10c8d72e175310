/**
 * Bugs that are planted one at a time: edits of the real saga's text, or of the simulated store's where the promise is one of
 * SQL. The simulation must find each of them.
 */
import type { Edit } from '../mutations/mutation.ts';

export interface PlantedBug {
  /** Says what is wrong, in kebab-case. */
  readonly name: string;
  /** What goes wrong, and when. */
  readonly description: string;
  readonly edits: readonly Edit[];
  /** Within so many seeds from 1 it must be found: some ten times as many as it took. */
  readonly foundWithin: number;
}

const placeOrder = 'services/checkout/src/place-order.ts';
const captureOrders = 'services/checkout/src/capture-orders.ts';
const purchases = 'tests/sim/simulated-purchases.ts';
const orders = 'tests/sim/simulated-orders.ts';

export const plantedBugs: readonly PlantedBug[] = [
  {
    name: 'compensation-recorded-after-the-call',
    description: 'That a payment may have to be voided is written when its authorization is answered, not before it is asked for.',
    edits: [
      { file: placeOrder, find: "compensations: ['release_stock', 'void_payment'],", replace: "compensations: ['release_stock']," },
      {
        file: placeOrder,
        find: '  switch (authorization.status) {\n',
        replace: `  purchase = await drive.deps.purchases.checkpoint(purchase, {
    recoveryPoint: purchase.recoveryPoint,
    compensations: ['release_stock', 'void_payment'],
    step: stepOf(drive, purchase, purchase.recoveryPoint, 'asked'),
  });
  switch (authorization.status) {\n`,
      },
    ],
    foundWithin: 200,
  },
  {
    name: 'void-forgotten-after-unknown-outcome',
    description: 'A purchase that is given up while nobody knows what became of its authorization is not voided.',
    edits: [
      {
        file: placeOrder,
        find: "if (ageMs(deps, purchase) > patienceMs) return compensate(drive, purchase, { kind: 'abandoned' });",
        replace: `if (ageMs(deps, purchase) > patienceMs)
        return { purchase: await checkpoint(drive, purchase, { recoveryPoint: 'compensating', outcome: { kind: 'abandoned' }, compensations: ['release_stock'] }) };`,
      },
      {
        file: placeOrder,
        find: "if (driver === 'completer' && ageMs(deps, purchase) > giveUpAfterMs) return compensate(drive, purchase, { kind: 'abandoned' });",
        replace: `if (driver === 'completer' && ageMs(deps, purchase) > giveUpAfterMs)
        return { purchase: await checkpoint(drive, purchase, { recoveryPoint: 'compensating', outcome: { kind: 'abandoned' }, compensations: ['release_stock'] }) };`,
      },
    ],
    foundWithin: 20_000,
  },
  {
    name: 'challenge-expires-without-void',
    description:
      "A purchase whose buyer was too late at the bank is ended, and its challenge stays open: it can still hold the buyer's money.",
    edits: [
      {
        file: placeOrder,
        find: "return compensate(drive, purchase, { kind: 'declined', reason: 'AUTHENTICATION_FAILED' });",
        replace: `return {
          purchase: await checkpoint(drive, purchase, {
            recoveryPoint: 'compensating',
            outcome: { kind: 'declined', reason: 'AUTHENTICATION_FAILED' },
            compensations: ['release_stock'],
          }),
        };`,
      },
    ],
    foundWithin: 500,
  },
  {
    name: 'lease-not-checked-when-placing',
    description: 'A process that stood still for longer than its lease places an order that another one has given up meanwhile.',
    edits: [
      {
        file: purchases,
        find: '    if (!isWritten) return new ItemRefused(leaseLost(purchase));\n    orders.insert(order, event);',
        replace:
          '    if (!isWritten && orders.find(order.orderId) !== undefined) return new ItemRefused(leaseLost(purchase));\n    orders.insert(order, event);',
      },
    ],
    foundWithin: 1_000,
  },
  {
    name: 'stock-reserved-after-authorization',
    description: 'Money is held first, and pieces only when it is.',
    edits: [
      {
        file: placeOrder,
        find: 'const reservation = await deps.clients.reserve(\n',
        replace:
          "const reservation = ((..._: unknown[]) => ({ status: 'reserved', offer: { price: line.unitPrice } }) as ReservationResponse)(\n",
      },
      {
        file: placeOrder,
        find: '  const placedAt = deps.clock.now();\n',
        replace: `  const { productId, quantity } = quote.line;
  const { orderId, buyerId, requestId } = purchase;
  await deps.clients.reserve({ orderId, buyerId, productId, quantity, ttlSeconds: deps.reservationTtlSeconds }, requestId);
  const placedAt = deps.clock.now();\n`,
      },
    ],
    foundWithin: 50,
  },
  {
    name: 'event-in-a-statement-of-its-own',
    description: 'The order is written by one statement, and its first event by the next one.',
    edits: [
      {
        file: purchases,
        find: '    orders.insert(order, event);\n    return null;',
        replace: '    orders.insert(order, null);\n    return null;',
      },
      {
        file: purchases,
        find: '      await placements.add({ purchase, value: { order, event, step } });',
        replace:
          "      await placements.add({ purchase, value: { order, event, step } });\n      await statement('outbox', () => orders.append(order, event));",
      },
      {
        file: orders,
        find: '      append(order, event);\n    },\n    write:',
        replace: '      if (event !== null) append(order, event);\n    },\n    append,\n    write:',
      },
    ],
    foundWithin: 500,
  },
  {
    name: 'key-stored-after-the-effect',
    description: 'A purchase is begun by one statement, and its key stored by the next one.',
    edits: [
      { file: purchases, find: '    keys.set(keyOf(item), item.orderId);\n', replace: '' },
      {
        file: purchases,
        find: '      const inserted = await inserts.add(purchase);\n',
        replace: `      const inserted = await inserts.add(purchase);
      if (inserted !== null) await statement('store key', () => void keys.set(keyOf(purchase), purchase.orderId));\n`,
      },
    ],
    foundWithin: 40_000,
  },
  {
    name: 'abandoned-purchase-is-completed',
    description: 'The completer goes on with a purchase whose buyer left before money could move, and charges.',
    edits: [
      {
        file: placeOrder,
        find: "return driver === 'completer' ? compensate(drive, purchase, { kind: 'abandoned' }) : quoteAndReserve(drive, purchase);",
        replace: 'return quoteAndReserve(drive, purchase);',
      },
    ],
    foundWithin: 500,
  },
  {
    name: 'undo-wins-over-a-capture-under-way',
    description: 'An order can be undone while its capture is under way.',
    edits: [
      {
        file: 'services/checkout/src/order-moves.ts',
        find: "undo: { from: { status: ['placed'], payment: ['authorized'] }",
        replace: "undo: { from: { status: ['placed'], payment: ['authorized', 'capturing'] }",
      },
    ],
    foundWithin: 5_000,
  },
  {
    name: 'new-order-id-after-unknown-outcome',
    description: 'An authorization whose outcome is unknown is asked for again under another order id.',
    edits: [
      {
        file: placeOrder,
        find: '      orderId: purchase.orderId,\n      buyerId: purchase.buyerId,\n      sellerId: quote.sellerId,\n      paymentMethodId',
        replace:
          "      orderId: purchase.attempts === 0 ? purchase.orderId : newId('ord'),\n      buyerId: purchase.buyerId,\n      sellerId: quote.sellerId,\n      paymentMethodId",
      },
    ],
    foundWithin: 200,
  },
  {
    name: 'stock-of-a-placed-order-released',
    description: 'When the answer to the statement that places an order is lost, its pieces are released.',
    edits: [
      {
        file: placeOrder,
        find: "  await deps.purchases.place(purchase, order, orderPlaced(order), stepOf(drive, purchase, 'placed'));\n",
        replace: `  try {
    await deps.purchases.place(purchase, order, orderPlaced(order), stepOf(drive, purchase, 'placed'));
  } catch (error) {
    await deps.clients.release(order.orderId, order.requestId);
    throw error;
  }\n`,
      },
    ],
    foundWithin: 500,
  },
  {
    name: 'price-not-checked-again',
    description: 'The price may change between the quote and the reservation, and nobody looks.',
    edits: [{ file: placeOrder, find: 'if (!sameMoney(reservation.offer.price, line.unitPrice)) {', replace: 'if (false) {' }],
    foundWithin: 1_000,
  },
  {
    name: 'eligibility-not-checked-again',
    description: 'Who comes back from the bank gets the order, although buying was closed meanwhile.',
    edits: [
      {
        file: placeOrder,
        find: "  if (purchase.recoveryPoint === 'awaiting_buyer') {\n    const decision",
        replace: "  if (purchase.recoveryPoint === 'finished') {\n    const decision",
      },
    ],
    foundWithin: 200,
  },
  {
    name: 'overtaken-process-releases-stock',
    description: 'A process that finds another price releases the pieces before it is written that the purchase fails.',
    edits: [
      {
        file: placeOrder,
        find: '    const requoted = await quotePurchase(',
        replace: '    await deps.clients.release(orderId, requestId);\n    const requoted = await quotePurchase(',
      },
    ],
    foundWithin: 100_000,
  },
  {
    name: 'second-tap-is-not-held-back',
    description: 'Another purchase of the same product by the same buyer a moment later, with a new key, goes through.',
    edits: [
      {
        file: purchases,
        find: 'last.guardedUntil > database.now() && item.overrules !== last.orderId) return null;',
        replace: 'false) return null;',
      },
    ],
    foundWithin: 1_000,
  },
  {
    name: 'void-that-is-not-known-counts-as-done',
    description: 'An undone order is called voided although nobody knows what became of the void.',
    edits: [
      {
        file: captureOrders,
        find: "  switch (voided.status) {\n    case 'voided':\n",
        replace: "  switch (voided.status) {\n    case 'retry_later':\n    case 'voided':\n",
      },
    ],
    foundWithin: 3_000,
  },
];
