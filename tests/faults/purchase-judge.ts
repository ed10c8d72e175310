/**
 * Holds the orders, the money, the stock and the events of purchases against each other, and against what buyers were told. Nothing is
 * read here, so that each invariant can be shown to fail.
 */
import type { LedgerOrder } from './facts.ts';
import type { Violation } from './judge.ts';
import type { OrderRow, PurchaseFacts, TopicEvent } from './purchase-facts.ts';
import { isFinal, type PurchaseTestimony } from './purchase-told.ts';

const nothing: LedgerOrder = {
  payment_intents: [],
  authorized: 0,
  captured: 0,
  refunded: 0,
  voided: 0,
  open: 0,
  transferred: 0,
  reversed: 0,
  disputed: 0,
  counts: { authorized: 0, captured: 0, refunded: 0 },
};

type Must = (invariant: string, holds: boolean, detail: string) => void;

/** Everything is at rest: nothing may be under way any more. */
export function judgePurchases(facts: PurchaseFacts, testimony: PurchaseTestimony): Violation[] {
  const violations: Violation[] = [];
  const purchases = new Map(facts.purchases.map((purchase) => [purchase.order_id, purchase]));
  const byKey = new Map(facts.purchases.map((purchase) => [`${purchase.buyer_id} ${purchase.idempotency_key}`, purchase]));
  const orders = new Map(facts.orders.map((order) => [order.order_id, order]));
  const runs = new Map(testimony.taps.map(({ run, buyerId, idempotencyKey }) => [`${buyerId} ${idempotencyKey}`, run]));
  const runOf = (orderId: string): number | null => {
    const purchase = purchases.get(orderId);
    return purchase === undefined ? null : (runs.get(`${purchase.buyer_id} ${purchase.idempotency_key}`) ?? null);
  };
  const mustOf =
    (run: number | null, subject: string): Must =>
    (invariant, holds, detail) => {
      if (!holds) violations.push({ invariant, run, detail: `${subject}: ${detail}` });
    };

  for (const { order_id: orderId, recovery_point: point, outcome } of facts.purchases) {
    const must = mustOf(runOf(orderId), orderId);
    must('purchases-end', point === 'finished' && outcome !== null, `the purchase stands at ${point}`);
    must(
      'lost-orders',
      (outcome === 'placed') === orders.has(orderId),
      `the purchase ended as ${outcome}, and an order is ${orders.has(orderId) ? '' : 'not '}there`,
    );
  }
  for (const orderId of new Set([...Object.keys(facts.ledger), ...orders.keys()])) {
    judgeMoney(mustOf(runOf(orderId), orderId), facts.ledger[orderId] ?? nothing, orders.get(orderId));
  }
  judgeStock(facts, orders, mustOf, runOf);
  judgeEvents(facts, orders, mustOf, runOf);
  judgeProjection(facts, orders, mustOf, runOf);

  for (const { run, buyerId, idempotencyKey, answers } of testimony.taps) {
    const must = mustOf(run, `key ${idempotencyKey}`);
    const final = answers.filter(({ said }) => isFinal(said));
    const [first] = final;
    if (first === undefined) continue;
    must(
      'stored-answers',
      final.every(({ said, orderId }) => said === first.said && orderId === first.orderId),
      `answered ${[...new Set(final.map(({ said, orderId }) => `${said} ${orderId ?? ''}`))].join(', ')}`,
    );
    const purchase = byKey.get(`${buyerId} ${idempotencyKey}`);
    const isPlaced = purchase?.outcome === 'placed';
    if (first.said === 'PlaceOrderSuccess')
      must('lost-orders', isPlaced && purchase.order_id === first.orderId && orders.has(purchase.order_id), `was told of ${first.orderId}`);
    else must('told-the-truth', !isPlaced, `was told ${first.said}, and ${purchase?.order_id} is placed`);
  }
  for (const { run, orderId, said } of testimony.undos) {
    const status = orders.get(orderId)?.status;
    if (said === 'UndoOrderSuccess')
      mustOf(run, orderId)('told-the-truth', status === 'cancelled', `was told that it is undone, and it is ${status}`);
    if (said === 'TooLateError')
      mustOf(run, orderId)('told-the-truth', status !== undefined, 'was told that it cannot be undone, and it is not there');
  }
  for (const { run, what } of testimony.oddAnswers) violations.push({ invariant: 'buyers-get-answers', run, detail: what });
  return violations;
}

function judgeMoney(must: Must, money: LedgerOrder, order: OrderRow | undefined): void {
  const charged = money.captured - money.refunded;
  must(
    'double-charges',
    money.payment_intents.length <= 1 && money.counts.authorized <= 1 && money.counts.captured <= 1 && money.captured <= money.authorized,
    `${money.payment_intents.length} intents, authorized ${money.counts.authorized} times, captured ${money.counts.captured} times`,
  );
  must('authorizations-end', money.open === 0, `${money.open} is authorized and neither captured nor let go`);
  if (order === undefined) {
    must('charges-without-order', charged === 0, `${charged} was charged and there is no order`);
    return;
  }
  if (order.status === 'cancelled') must('charges-without-order', charged === 0, `it is cancelled, and ${charged} was charged`);
  else {
    must(
      'orders-end',
      order.status === 'confirmed' && order.payment_state === 'captured',
      `it is ${order.status}, its payment ${order.payment_state}`,
    );
    const due = order.total_minor - order.refunded_minor;
    must('orders-are-paid', charged === due, `${charged} of ${due} was charged`);
  }
}

type MustOf = (run: number | null, subject: string) => Must;
type RunOf = (orderId: string) => number | null;

function judgeStock(
  { shelves, stock, reservations }: PurchaseFacts,
  orders: ReadonlyMap<string, OrderRow>,
  mustOf: MustOf,
  runOf: RunOf,
): void {
  const rows = new Map(stock.map((row) => [row.product_id, row]));
  for (const { productId, stock: filled } of shelves) {
    const must = mustOf(null, productId);
    const row = rows.get(productId);
    if (row === undefined) {
      must('units-are-kept', false, 'its stock is gone');
      continue;
    }
    const sold = [...orders.values()]
      .filter((order) => order.product_id === productId && order.status !== 'cancelled')
      .reduce((sum, { quantity }) => sum + quantity, 0);
    must('oversold-units', sold <= filled && row.on_hand >= 0, `${sold} of ${filled} are sold, ${row.on_hand} on hand`);
    must('units-are-kept', row.on_hand === filled - sold, `${row.on_hand} of ${filled} are on hand after ${sold} were sold`);
    must('units-never-released', row.reserved === 0, `${row.reserved} are reserved`);
    must(
      'stock-ledger-adds-up',
      row.moved_on_hand === row.on_hand && row.moved_reserved === row.reserved,
      `moves add up to ${row.moved_on_hand} and ${row.moved_reserved}, the product has ${row.on_hand} and ${row.reserved}`,
    );
  }
  const held = new Map(reservations.map((reservation) => [reservation.order_id, reservation]));
  for (const { order_id: orderId, status } of reservations) {
    const must = mustOf(runOf(orderId), orderId);
    const order = orders.get(orderId);
    if (order === undefined) must('units-never-released', status === 'released', `there is no order, and its stock is ${status}`);
    else if (order.status === 'cancelled')
      must('units-never-released', status === 'returned' || status === 'released', `it is cancelled, and its stock is ${status}`);
    else must('orders-have-units', status === 'sold', `its stock is ${status}`);
  }
  for (const { order_id: orderId, status } of orders.values())
    mustOf(runOf(orderId), orderId)('orders-have-units', status === 'cancelled' || held.has(orderId), 'nothing was ever reserved for it');
}

function judgeEvents({ topic, history }: PurchaseFacts, orders: ReadonlyMap<string, OrderRow>, mustOf: MustOf, runOf: RunOf): void {
  const published = Map.groupBy(topic, ({ orderId }) => orderId);
  const recorded = Map.groupBy(history, ({ orderId }) => orderId);
  const listed = (events: readonly TopicEvent[]): string => events.map(({ sequence, type }) => `${sequence} ${type}`).join(', ');
  for (const orderId of new Set([...published.keys(), ...orders.keys()])) {
    const must = mustOf(runOf(orderId), orderId);
    const order = orders.get(orderId);
    // The relay may publish an event again; what counts is where it came first.
    const seen = new Set<string>();
    const events = (published.get(orderId) ?? []).filter(({ eventId }) => !seen.has(eventId) && seen.add(eventId));
    if (order === undefined) {
      must('events-without-order', false, `there is no order, and the topic has ${listed(events)}`);
      continue;
    }
    const steps = recorded.get(orderId) ?? [];
    must(
      'orders-out-of-sequence',
      events.every(({ sequence }, index) => sequence === index + 1) && events.length === order.sequence,
      `the topic has ${listed(events)}; the order is at ${order.sequence}`,
    );
    must(
      'orders-out-of-sequence',
      listed(events) === listed(steps) && events.every(({ eventId }, index) => eventId === steps[index]?.eventId),
      `the topic has ${listed(events)}; the history ${listed(steps)}`,
    );
    const placed = events.filter(({ type }) => type === 'order.placed').length;
    must('placed-is-told-once', placed === 1, `${placed} events tell that it was placed`);
  }
}

function judgeProjection(
  { projection, rebuilt }: PurchaseFacts,
  orders: ReadonlyMap<string, OrderRow>,
  mustOf: MustOf,
  runOf: RunOf,
): void {
  for (const orderId of new Set([...projection.keys(), ...rebuilt.keys()])) {
    const [stood, made] = [projection.get(orderId), rebuilt.get(orderId)];
    mustOf(runOf(orderId), orderId)(
      'projection-differs',
      stood === made,
      `the seller saw ${stood ?? 'nothing'}; rebuilt it is ${made ?? 'nothing'}`,
    );
  }
  for (const { order_id: orderId, status } of orders.values())
    mustOf(runOf(orderId), orderId)('lost-orders', status !== 'confirmed' || projection.has(orderId), 'its seller does not see it');
}
