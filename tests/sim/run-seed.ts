/** One simulated run: everything in it follows from its seed. */
import { createHash } from 'node:crypto';
import { money } from '@vitrine/runtime/money';
import type { Tariff } from '../../services/checkout/src/pricing.ts';
import { priceOf } from '../../services/checkout/src/pricing.ts';
import { buy, type Shop } from './buyer.ts';
import { startHost, type HostOptions } from './checkout-host.ts';
import { createDatabase } from './database.ts';
import { judgeCapture, judgeEnd, judgeHold, judgePlacing, type Facts } from './judge.ts';
import { createSimulatedCatalog, type Product } from './simulated-catalog.ts';
import { createOrderTables, createSimulatedOrders, type OutboxRow } from './simulated-orders.ts';
import { createPurchaseTables, createSimulatedPurchases, wakePurchase } from './simulated-purchases.ts';
import { createSimulatedClients, type Eligibility } from './simulated-services.ts';
import { createSimulatedVault } from './simulated-vault.ts';
import { createWorld, type Violation, type World } from './world.ts';

export interface SeedResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  /** What happened how often. */
  readonly counts: Readonly<Record<string, number>>;
  /** Follows from every choice and every event of the run. */
  readonly digest: string;
}

/** A run that is not at rest this long after its last fault never will be: longer than the saga's longest patience. */
const restWithinMs = 3 * 3_600_000;
const afterRestMs = 60_000;

const shipping = money(499, 'USD');
const taxPpm = 72_500;
const tariff: Tariff = {
  ratesFor: () =>
    Promise.resolve({ taxPpm, shipping: [{ service: 'standard', title: 'Standard shipping', price: shipping, minDays: 3, maxDays: 7 }] }),
};

/** Runs a seed; writes its trace into `lines` if there are any to write into. */
export async function runSeed(seed: number, lines: string[] | null): Promise<SeedResult> {
  const world = createWorld(seed, lines);
  const { time, choices } = world;
  const database = createDatabase(world);
  const tables = createPurchaseTables();
  const topic: OutboxRow[] = [];
  const isDecided = (orderId: string): boolean => (tables.purchases.get(orderId)?.outcome ?? null) !== null;

  const orders = createOrderTables(world, { placed: (order) => judgePlacing(world, facts, order) });
  const catalog = createSimulatedCatalog(world, {
    products: makeProducts(world),
    askClaim(orderId) {
      const status = orders.find(orderId)?.order.status;
      if (status !== undefined) return status === 'cancelled' ? 'none' : 'placed';
      return tables.purchases.has(orderId) && !isDecided(orderId) ? 'pending' : 'none';
    },
    isOver: (orderId) => tables.purchases.get(orderId)?.recoveryPoint === 'finished' && !orders.rows.has(orderId),
  });
  const vault = createSimulatedVault(world, {
    cards: choices.pick([
      [[100, 'requires_capture']],
      [
        [65, 'requires_capture'],
        [20, 'requires_action'],
        [10, 'failed'],
        [5, 'limited'],
      ],
      [
        [25, 'requires_capture'],
        [70, 'requires_action'],
        [5, 'failed'],
      ],
    ]),
    onHold: (request) => judgeHold(world, facts, request),
    onCapture: (intent) => judgeCapture(world, facts, intent),
    onNews(orderId) {
      if (world.happens('newsLost')) return;
      time.after(choices.chance(0.8) ? 100 * choices.next() : 60_000 * choices.next(), () => {
        wakePurchase(tables, orderId, database.now());
        lookForWork();
      });
    },
  });
  const eligibility: Eligibility = { isOpen: true, undoWindowSeconds: choices.pick([0, 5, 60]), allowedAt: new Map() };
  const settings: HostOptions['settings'] = {
    reservationTtlSeconds: choices.pick([30, 900]),
    buyerActionTimeoutSeconds: choices.pick([20, 120, 900]),
    duplicateWindowSeconds: 10,
  };
  const facts: Facts & Pick<Shop, 'told' | 'heldBack' | 'toldOfUndo'> = {
    tables,
    orders,
    catalog,
    vault,
    eligibility,
    topic,
    told: [],
    heldBack: [],
    toldOfUndo: [],
    duplicateWindowMs: settings.duplicateWindowSeconds * 1_000,
  };

  let earliest: number | null;
  const soonest = (at: number): void => {
    earliest = earliest === null ? at : Math.min(earliest, at);
  };
  const dueAt: HostOptions['dueAt'] = {
    complete() {
      earliest = null;
      for (const row of tables.purchases.values()) {
        if (row.recoveryPoint !== 'finished') soonest(Math.max(row.nextAttemptAt, (row.leasedUntil ?? -1) + 1));
      }
      return earliest;
    },
    capture() {
      earliest = null;
      for (const { order, captureLeasedUntil } of orders.rows.values()) {
        if (order.status === 'placed') soonest(Math.max(order.captureAt.getTime(), (captureLeasedUntil ?? -1) + 1));
      }
      return earliest;
    },
    void() {
      earliest = null;
      for (const { order, voidLeasedUntil } of orders.rows.values()) if (order.payment === 'voiding') soonest((voidLeasedUntil ?? -1) + 1);
      return earliest;
    },
  };
  const areClocksOff = choices.chance(0.5);
  const hosts = Array.from({ length: choices.integer(1, 3) }, (_, index) =>
    startHost(world, {
      name: `checkout-${index + 1}`,
      skewMs: areClocksOff ? choices.integer(-2_000, 2_000) : 0,
      tariff,
      settings,
      connect: (process) => ({
        purchases: createSimulatedPurchases(world, database, tables, orders, process),
        orders: createSimulatedOrders(world, database, orders, process),
        clients: createSimulatedClients(world, process, { catalog, vault, eligibility }),
      }),
      dueAt,
    }),
  );
  const lookForWork = (): void => {
    for (const host of hosts) host.lookForWork();
  };
  database.onStatement(lookForWork);
  const relay = startRelay(world, orders.outbox, topic, (event) => catalog.consume(event));
  database.onStatement(relay);

  const shop: Shop = {
    hosts,
    productIds: [...catalog.products.keys()],
    totalOf: (productId, quantity) =>
      priceOf(money(catalog.products.get(productId)?.priceMinor ?? 0, 'USD'), quantity, shipping, taxPpm).total,
    confirmAtBank: (orderId, isGood) => vault.confirmAtBank(orderId, isGood),
    orderOf: (buyerId, idempotencyKey) => tables.keys.get(`${buyerId} key ${idempotencyKey}`),
    undoWindowSeconds: eligibility.undoWindowSeconds,
    told: facts.told,
    heldBack: facts.heldBack,
    toldOfUndo: facts.toldOfUndo,
  };
  planChanges(world, [...catalog.products.values()], eligibility);

  let shopping = choices.weighted([
    [50, 1],
    [30, 2],
    [20, 3],
  ]);
  for (let buyer = shopping; buyer > 0; buyer -= 1) {
    void buy(world, shop, `usr_00000000-0000-7000-8000-00000000000${buyer}`).then(() => {
      shopping -= 1;
    });
  }

  const isAtRest = (): boolean =>
    shopping === 0 &&
    topic.length >= orders.outbox.length &&
    orders.outbox.every(({ isPublished }) => isPublished) &&
    dueAt.complete() === null &&
    [...orders.rows.values()].every(({ order }) => order.payment === 'captured' || order.payment === 'voided') &&
    !catalog.hasHeld();
  let restsSince: number | null = null;
  let lookAgainAt = 0;
  await time.run(() => {
    if (time.now() > world.faultsUntil + restWithinMs || world.violations.length > 0) return true;
    if (time.now() < lookAgainAt) return false;
    lookAgainAt = time.now() + 1_000;
    if (!isAtRest()) restsSince = null;
    else restsSince ??= time.now();
    return restsSince !== null && time.now() > restsSince + afterRestMs;
  });
  if (world.violations.length === 0) judgeEnd(world, facts);
  world.count('runs');
  return { seed, violations: world.violations, counts: world.counts, digest: digestOf(world, lines) };
}

function makeProducts({ choices }: World): Product[] {
  return Array.from({ length: choices.integer(1, 2) }, (_, index) => {
    const pieces = choices.weighted([
      [40, 1],
      [30, 2],
      [30, 10],
    ]);
    return {
      productId: `prd_00000000-0000-7000-8000-00000000000${index + 1}`,
      sellerId: 'sel_00000000-0000-7000-8000-000000000001',
      pieces,
      priceMinor: 1_000 + 500 * index,
      onHand: pieces,
      reserved: 0,
    };
  });
}

/** Sellers change prices, and change them back; buying closes and opens again. */
function planChanges({ time, choices, note }: World, products: readonly Product[], eligibility: Eligibility): void {
  for (const product of products) {
    const usual = product.priceMinor;
    const changes = choices.weighted([
      [50, 0],
      [20, 1],
      [20, choices.integer(2, 8)],
      // A seller who cannot make up their mind.
      [10, 60],
    ]);
    for (let change = 0; change < changes; change += 1) {
      time.after(choices.chance(0.7) ? 3_000 * choices.next() : 60_000 * choices.next(), () => {
        product.priceMinor = product.priceMinor === usual ? usual + 100 : usual;
        note?.(`the price is ${product.priceMinor}`);
      });
    }
  }
  if (choices.chance(0.2)) {
    const closesAt = 20_000 * choices.next();
    time.after(closesAt, () => {
      eligibility.isOpen = false;
      note?.('buying closes');
    });
    if (choices.chance(0.5)) {
      time.after(closesAt + 60_000 * choices.next(), () => {
        eligibility.isOpen = true;
        note?.('buying opens again');
      });
    }
  }
}

/** Publishes what is in the outbox, in order for each order, at least once; catalog hears of it. */
function startRelay(world: World, outbox: readonly OutboxRow[], topic: OutboxRow[], consume: (event: OutboxRow) => void): () => void {
  const { time, choices } = world;
  let isPlanned = false;
  let heardUntil = 0;
  const publish = (): void => {
    isPlanned = false;
    for (const event of outbox) {
      if (event.isPublished) continue;
      topic.push(event);
      heardUntil = Math.max(time.now() + (choices.chance(0.9) ? 5 : 20_000) * choices.next(), heardUntil);
      time.after(heardUntil - time.now(), () => consume(event));
      // Published, and not known to be: it comes again, and so do those after it.
      if (world.happens('answerLost')) break;
      event.isPublished = true;
    }
    look();
  };
  const look = (): void => {
    if (isPlanned || outbox.every(({ isPublished }) => isPublished)) return;
    isPlanned = true;
    time.after(choices.chance(0.9) ? 20 * choices.next() : 5_000 * choices.next(), publish);
  };
  return look;
}

function digestOf({ time, choices, violations }: World, lines: readonly string[] | null): string {
  const numbers = `${time.state()} ${choices.state()} ${time.now()} ${JSON.stringify(violations)}`;
  return lines === null
    ? numbers
    : createHash('sha256')
        .update(`${numbers}\n${lines.join('\n')}`)
        .digest('hex');
}
