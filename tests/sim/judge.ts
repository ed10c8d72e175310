/** What must hold: while a run goes on where money and pieces move, and of everything when it has come to rest. */
import type { AuthorizationRequest } from '@vitrine/contracts/payment-vault-http';
import type { Order } from '../../services/checkout/src/order.ts';
import type { HeldBack, Told, ToldOfUndo } from './buyer.ts';
import type { SimulatedCatalog } from './simulated-catalog.ts';
import type { OrderTables, OutboxRow } from './simulated-orders.ts';
import type { PurchaseRow, PurchaseTables } from './simulated-purchases.ts';
import type { Intent, SimulatedVault } from './simulated-vault.ts';
import type { Eligibility } from './simulated-services.ts';
import type { World } from './world.ts';

export interface Facts {
  readonly tables: PurchaseTables;
  readonly orders: OrderTables;
  readonly catalog: SimulatedCatalog;
  readonly vault: SimulatedVault;
  readonly eligibility: Eligibility;
  /** What was published, in order; the same event may be there more than once. */
  readonly topic: readonly OutboxRow[];
  readonly told: readonly Told[];
  readonly heldBack: readonly HeldBack[];
  readonly toldOfUndo: readonly ToldOfUndo[];
  readonly duplicateWindowMs: number;
}

/** An order is about to be written. */
export function judgePlacing(world: World, { tables, orders, catalog, vault, eligibility }: Facts, order: Order): void {
  const name = world.nameOf(order.orderId);
  const intent = vault.intents.get(order.orderId);
  const isHeld = intent !== undefined && (intent.status === 'requires_capture' || intent.status === 'succeeded');
  if (!isHeld) world.violate('no order without an authorization', `${name} is placed, and its payment is ${intent?.status ?? 'not there'}`);
  else if (intent.amountMinor !== order.total.amountMinor) world.violate('what is charged is the total', name);

  const reservation = catalog.reservations.get(order.orderId);
  if (reservation?.status !== 'held') world.violate('a placed order has its pieces', `${name}: ${reservation?.status ?? 'never reserved'}`);
  const [line] = order.lines;
  if (line === undefined) return;
  if (reservation !== undefined && !reservation.prices.includes(line.unitPrice.amountMinor)) {
    world.violate(
      'the price was the price when the pieces were taken',
      `${name} at ${line.unitPrice.amountMinor}, not ${reservation.prices.join()}`,
    );
  }
  const purchase = tables.purchases.get(order.orderId);
  if (purchase !== undefined && purchase.input.expectedTotal.amountMinor !== order.total.amountMinor) {
    world.violate('the buyer pays what the buyer saw', name);
  }
  if (intent?.confirmedAt !== null && intent !== undefined && (eligibility.allowedAt.get(order.requestId) ?? -1) < intent.confirmedAt) {
    world.violate('who comes back from the bank is asked about again', name);
  }
  let taken = line.quantity;
  for (const { order: other } of orders.rows.values()) {
    if (other.orderId !== order.orderId && other.status !== 'cancelled' && other.lines[0]?.productId === line.productId)
      taken += other.lines[0].quantity;
  }
  const pieces = catalog.products.get(line.productId)?.pieces ?? 0;
  if (taken > pieces) world.violate('never oversold', `${taken} of ${pieces} pieces are ordered`);
}

/** Stripe is about to hold money. */
export function judgeHold(world: World, { catalog, tables }: Facts, request: AuthorizationRequest): void {
  const name = world.nameOf(request.orderId);
  if (catalog.reservations.get(request.orderId)?.status !== 'held') world.violate('pieces are held before money moves', name);
  const purchase = tables.purchases.get(request.orderId);
  if (purchase === undefined) world.violate('no authorization without a purchase', name);
  else if (!purchase.compensations.includes('void_payment')) world.violate('what must be undone is written before the call', name);
}

/** Stripe has moved money. */
export function judgeCapture(world: World, { orders }: Facts, { orderId, capturedMinor }: Intent): void {
  const name = world.nameOf(orderId);
  const row = orders.find(orderId);
  if (row === undefined) world.violate('no charge without an order', name);
  else if (row.order.status === 'cancelled') world.violate('what is undone is not captured', name);
  else if (capturedMinor > row.order.total.amountMinor) world.violate('never charged twice', `${name}: ${capturedMinor}`);
}

/** Everything has come to rest. */
export function judgeEnd(world: World, facts: Facts): void {
  const { tables, orders, catalog, vault } = facts;
  for (const row of tables.purchases.values()) judgePurchase(world, facts, row);
  for (const intent of vault.intents.values()) {
    const row = orders.find(intent.orderId);
    if (row === undefined && (intent.status === 'requires_capture' || intent.status === 'succeeded')) {
      world.violate('no charge without an order', `${world.nameOf(intent.orderId)} has no order, and its payment is ${intent.status}`);
    }
    if (row === undefined && intent.status === 'requires_action') {
      world.violate('a challenge that nobody waits for is withdrawn', world.nameOf(intent.orderId));
    }
  }
  for (const { order } of orders.rows.values()) judgeOrder(world, facts, order);
  for (const [orderId, { status }] of catalog.reservations) {
    if (status === 'held') world.violate('pieces are never forgotten', `${world.nameOf(orderId)} still holds some`);
  }
  for (const product of catalog.products.values()) {
    let sold = 0;
    for (const { order } of orders.rows.values()) {
      if (order.status !== 'cancelled' && order.lines[0]?.productId === product.productId) sold += order.lines[0].quantity;
    }
    if (product.reserved !== 0 || product.onHand !== product.pieces - sold) {
      world.violate(
        'the stock is what orders left',
        `${product.onHand} on hand, ${product.reserved} reserved, ${sold} of ${product.pieces} sold`,
      );
    }
  }
  judgeKeys(world, facts);
  judgeDuplicates(world, facts);
  judgeTold(world, facts);
}

function judgePurchase(world: World, { orders }: Facts, row: PurchaseRow): void {
  const name = world.nameOf(row.orderId);
  if (row.recoveryPoint !== 'finished' || row.outcome === null) {
    world.violate('every purchase ends', `${name} is at ${row.recoveryPoint}, for ${row.outcome?.kind ?? 'no'} outcome`);
    return;
  }
  world.count(`outcome ${row.outcome.kind}`);
  const isPlaced = orders.find(row.orderId) !== undefined;
  if (isPlaced !== (row.outcome.kind === 'placed')) world.violate('a purchase is placed or not', `${name} is ${row.outcome.kind}`);
  if (row.steps.some(({ step, by, detail }) => step === 'stock_reserved' && by === 'completer' && detail === undefined)) {
    world.violate('nobody is charged who has left before', name);
  }
}

function judgeOrder(world: World, { vault, topic }: Facts, order: Order): void {
  const name = world.nameOf(order.orderId);
  const intent = vault.intents.get(order.orderId);
  world.count(`order ${order.status} ${order.payment}`);
  if (order.status === 'confirmed' && (intent?.status !== 'succeeded' || intent.capturedMinor !== order.total.amountMinor)) {
    world.violate('a confirmed order is charged, once', `${name}: ${intent?.status}, ${intent?.capturedMinor}`);
  }
  if (order.status === 'cancelled' && (intent?.status !== 'canceled' || intent.capturedMinor !== 0)) {
    world.violate('what is undone costs nothing', `${name}: ${intent?.status}`);
  }
  if (order.status === 'placed') world.violate('every order is confirmed or cancelled', name);
  const seen = new Set<number>();
  const events = topic.filter(({ orderId, eventId }) => orderId === order.orderId && !seen.has(eventId) && seen.add(eventId));
  const isGapless = events.every(({ sequence }, index) => sequence === index + 1) && events.length === order.sequence;
  if (!isGapless)
    world.violate('events of an order have no gaps', `${name}: ${events.map(({ sequence }) => sequence).join()} of ${order.sequence}`);
  const placed = events.filter(({ type }) => type === 'order.placed').length;
  if (placed !== 1 || events[0]?.type !== 'order.placed') world.violate('order.placed is told once, and first', `${name}: ${placed}`);
  if (events.some(({ type }) => type === 'order.confirmed') && events.some(({ type }) => type === 'order.cancelled')) {
    world.violate('undone or confirmed, never both', name);
  }
}

function judgeKeys(world: World, { tables, orders }: Facts): void {
  const byKey = new Map<string, string>();
  for (const { buyerId, idempotencyKey, orderId } of tables.purchases.values()) {
    if (orders.find(orderId) === undefined) continue;
    const key = `${buyerId} ${idempotencyKey}`;
    const other = byKey.get(key);
    if (other !== undefined) world.violate('a key buys once', `${world.nameOf(other)} and ${world.nameOf(orderId)}`);
    byKey.set(key, orderId);
  }
}

/** Two orders from taps within the window need a word from the buyer in between, or the first one taken back by then. */
function judgeDuplicates(world: World, { tables, orders, duplicateWindowMs }: Facts): void {
  const purchases = [...tables.purchases.values()].toSorted((a, b) => a.begunAt - b.begunAt);
  for (const [index, first] of purchases.entries()) {
    const placed = orders.find(first.orderId);
    if (placed === undefined) continue;
    let isConfirmed = false;
    for (const second of purchases.slice(index + 1)) {
      if (second.buyerId !== first.buyerId || second.input.productId !== first.input.productId) continue;
      if (second.begunAt >= first.begunAt + duplicateWindowMs) break;
      isConfirmed ||= second.input.besideOrderId !== null;
      const wasTakenBack = placed.cancelledAtMs !== null && placed.cancelledAtMs <= second.begunAt;
      if (orders.find(second.orderId) !== undefined && !isConfirmed && !wasTakenBack) {
        world.violate('two taps buy once unless both are meant', `${world.nameOf(first.orderId)} and ${world.nameOf(second.orderId)}`);
      }
    }
  }
}

function judgeTold(world: World, { told, heldBack, toldOfUndo, orders, tables }: Facts): void {
  const firstByKey = new Map<string, string>();
  for (const { buyerId, idempotencyKey, result } of told) {
    const key = `${buyerId} ${idempotencyKey}`;
    const text = `${result.orderId} ${JSON.stringify(result.outcome)}`;
    const first = firstByKey.get(key) ?? text;
    firstByKey.set(key, first);
    if (first !== text) world.violate('a key always gets the same answer', `${world.nameOf(result.orderId)}: ${result.outcome.kind}`);
    const kept = tables.purchases.get(result.orderId)?.outcome?.kind;
    if (kept !== result.outcome.kind) {
      world.violate('what a buyer was told is so', `${world.nameOf(result.orderId)}: told ${result.outcome.kind}, is ${kept}`);
    }
  }
  for (const { buyerId, idempotencyKey, orderId } of heldBack) {
    const before = tables.purchases.get(orderId);
    if (before?.buyerId !== buyerId || before.idempotencyKey === idempotencyKey) {
      world.violate('a tap is held back for another one of the same buyer', world.nameOf(orderId));
    }
  }
  for (const { orderId, result } of toldOfUndo) {
    if (result.kind === 'undone' && orders.find(orderId)?.order.status !== 'cancelled') {
      world.violate('what a buyer was told is so', `${world.nameOf(orderId)}: told undone`);
    }
  }
}
