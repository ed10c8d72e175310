/** Buyers: they tap, tap again with the same key or a new one, confirm at the bank or never, take orders back, lose connections. */
import { isDatabaseUnavailable } from '@vitrine/runtime/database';
import type { Money } from '@vitrine/runtime/money';
import { placeOrder } from '../../services/checkout/src/place-order.ts';
import type { PlaceOrderResult, PurchaseInput } from '../../services/checkout/src/purchase.ts';
import { undoOrder, type UndoResult } from '../../services/checkout/src/undo-order.ts';
import type { CheckoutHost, SimulatedDeps } from './checkout-host.ts';
import type { World } from './world.ts';

/** What a buyer was told, to be held against what became of it. */
export interface Told {
  readonly buyerId: string;
  readonly idempotencyKey: string;
  readonly result: Extract<PlaceOrderResult, { readonly kind: 'finished' }>;
}

export interface HeldBack {
  readonly buyerId: string;
  readonly idempotencyKey: string;
  /** The purchase just before. */
  readonly orderId: string;
}

export interface ToldOfUndo {
  readonly orderId: string;
  readonly result: UndoResult;
}

export interface Shop {
  readonly hosts: readonly CheckoutHost[];
  readonly productIds: readonly string[];
  totalOf(productId: string, quantity: number): Money;
  confirmAtBank(orderId: string, isGood: boolean): void;
  /** The purchase of a key, for going to the bank with it. */
  orderOf(buyerId: string, idempotencyKey: string): string | undefined;
  readonly undoWindowSeconds: number;
  readonly told: Told[];
  readonly heldBack: HeldBack[];
  readonly toldOfUndo: ToldOfUndo[];
}

/** Taps of one buyer, so that a run ends. */
const maxTaps = 10;

export async function buy(world: World, shop: Shop, buyerId: string): Promise<void> {
  const { time, choices } = world;
  let taps = 0;
  let keys = 0;
  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      time.after(ms, resolve);
    });
  const newKey = (): string => `${buyerId.slice(-4)}-${(keys += 1)}-0123456789abcdef`;

  /** Calls a process and waits for its answer; null when none comes. */
  const call = <Answer>(name: string, use: (deps: SimulatedDeps) => Promise<Answer>): Promise<Answer | null> =>
    new Promise((resolve) => {
      const noAnswer = time.after(20_000, () => resolve(null));
      const giveUp = (): void => {
        noAnswer.cancel();
        time.after(50, () => resolve(null));
      };
      const target = choices.pick(shop.hosts).current();
      if (target === null || world.happens('refused')) {
        giveUp();
        return;
      }
      if (world.happens('requestLost')) return;
      time.after(1 + 20 * choices.next(), () =>
        target.process.reach(() => {
          world.note?.(`${target.process.name} is asked to ${name}`);
          use(target.deps).then(
            (answer) => {
              world.note?.(`${target.process.name} answers ${name}: ${answerOf(answer)}`);
              if (world.happens('answerLost')) return;
              time.after(1 + 20 * choices.next(), () => {
                noAnswer.cancel();
                resolve(answer);
              });
            },
            (error: unknown) => {
              if (!isDatabaseUnavailable(error)) world.violate('nothing breaks', `${name}: ${String(error)}`);
              giveUp();
            },
          );
        }),
      );
    });

  const tap = async (idempotencyKey: string, input: PurchaseInput): Promise<PlaceOrderResult | null> => {
    taps += 1;
    const result = await call(`buy with ${idempotencyKey.slice(0, 6)}`, (deps) =>
      placeOrder(deps, {
        buyerId,
        buyerCountry: 'US',
        deviceId: null,
        requestId: `${idempotencyKey} ${taps}`,
        idempotencyKey,
        input,
      }),
    );
    if (result?.kind === 'possible_duplicate') shop.heldBack.push({ buyerId, idempotencyKey, orderId: result.orderId });
    if (result?.kind === 'finished') shop.told.push({ buyerId, idempotencyKey, result });
    return result;
  };

  const undo = async (orderId: string): Promise<void> => {
    await wait(choices.chance(0.5) ? 1_000 * shop.undoWindowSeconds * (0.9 + 0.15 * choices.next()) : 3_000 * choices.next());
    const idempotencyKey = newKey();
    for (let tries = 1; tries <= 4; tries += 1) {
      const result = await call(`undo ${world.nameOf(orderId)}`, (deps) => undoOrder(deps, { buyerId, orderId, idempotencyKey }));
      if (result !== null) {
        shop.toldOfUndo.push({ orderId, result });
        if (choices.chance(0.8)) return;
      }
      await wait(2_000 * choices.next());
    }
  };

  /** One wish: a key and what follows from the answers to it. */
  const pursue = async (idempotencyKey: string, input: PurchaseInput): Promise<void> => {
    const again = (changes: Partial<PurchaseInput> = {}): Promise<void> => pursue(newKey(), { ...input, ...changes });
    while (taps < maxTaps) {
      // A second finger, or an app that sends twice.
      const doubled = choices.weighted([
        [88, null],
        [8, idempotencyKey],
        [4, 'new'],
      ]);
      const [result] = await Promise.all([
        tap(idempotencyKey, input),
        doubled === null ? null : wait(choices.integer(0, 300)).then(() => tap(doubled === 'new' ? newKey() : doubled, input)),
      ]);
      switch (result?.kind) {
        case undefined:
        case 'unavailable':
        case 'idempotency_key_in_flight': {
          const next = choices.weighted([
            [75, 'same'],
            [12, 'new'],
            [13, 'none'],
          ]);
          if (next === 'none') return;
          await wait(choices.chance(0.8) ? 200 + 3_000 * choices.next() : 20_000 * choices.next());
          if (next === 'new') return again();
          break;
        }
        case 'action_required': {
          const orderId = shop.orderOf(buyerId, idempotencyKey);
          if (orderId === undefined || choices.chance(0.2)) return;
          await wait(choices.chance(0.85) ? 30_000 * choices.next() : 1_000_000 * choices.next());
          shop.confirmAtBank(orderId, choices.chance(0.8));
          if (choices.chance(0.3)) return;
          await wait(choices.chance(0.5) ? 0 : 10_000 * choices.next());
          break;
        }
        case 'possible_duplicate':
          if (choices.chance(0.35)) return again({ besideOrderId: result.orderId });
          if (choices.chance(0.5)) return;
          await wait(12_000 * choices.next());
          break;
        case 'finished': {
          const { orderId, outcome } = result;
          if (choices.chance(0.1)) {
            await wait(5_000 * choices.next());
            break;
          }
          if (outcome.kind === 'placed') {
            if (choices.chance(0.4)) await undo(orderId);
            if (choices.chance(0.1)) return again();
          } else if (outcome.kind === 'price_changed') {
            if (choices.chance(0.7)) return again({ expectedTotal: outcome.currentTotal });
          } else if (choices.chance(0.3)) return again();
          return;
        }
        default:
          return;
      }
    }
  };

  await wait(choices.chance(0.6) ? 300 * choices.next() : 15_000 * choices.next());
  const productId = choices.pick(shop.productIds);
  const quantity = choices.weighted([
    [80, 1],
    [20, 2],
  ]);
  const expectedTotal = shop.totalOf(productId, quantity);
  if (choices.chance(0.3)) await wait(3_000 * choices.next());
  await pursue(newKey(), {
    productId,
    quantity,
    expectedTotal,
    addressId: null,
    paymentMethodId: null,
    sourcePostId: null,
    shippingService: null,
    quoteId: null,
    besideOrderId: null,
  });
}

const answerOf = (answer: unknown): string => {
  if (typeof answer !== 'object' || answer === null || !('kind' in answer)) return 'nothing';
  const outcome = 'outcome' in answer && typeof answer.outcome === 'object' && answer.outcome !== null ? answer.outcome : null;
  return outcome !== null && 'kind' in outcome ? String(outcome.kind) : String(answer.kind);
};
