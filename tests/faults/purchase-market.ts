/** The buyers and the shelves of a suite of purchases: cards of every kind, products of which there are plenty and products that sell out. */
import type { StackState } from '@vitrine/local/stack';
import type { Money } from '@vitrine/runtime/money';
import { fillShelves, introduceBuyers, openMarket, totalOf, type CrowdBuyer, type Shelf } from '../support/crowd.ts';
import type { SignedCalls } from '../support/signed-calls.ts';
import { cardKinds, purchaseCards, type CardKind, type PurchasePlan } from './purchase-plan.ts';

export interface PurchaseMarket {
  readonly shelves: readonly Shelf[];
  readonly totals: readonly [Money, Money];
  buyerOf(plan: PurchasePlan): CrowdBuyer;
  shelfOf(plan: PurchasePlan): Shelf;
}

const scarce = 24;
const piecesOfScarce = 4;
const plenty = 40;
const piecesOfPlenty = 100_000;

export async function openPurchaseMarket(
  calls: SignedCalls,
  state: StackState,
  options: { readonly undoWindowSeconds: number; readonly buyersOfEachCard: number },
): Promise<PurchaseMarket> {
  await openMarket(calls, options.undoWindowSeconds);
  const few = await fillShelves(
    calls,
    state,
    '@paperandpine',
    Array.from({ length: scarce }, () => piecesOfScarce),
  );
  const many = await fillShelves(
    calls,
    state,
    '@northwind',
    Array.from({ length: plenty }, () => piecesOfPlenty),
  );
  // Of the good cards there are more: most buy with one.
  const kinds = cardKinds.flatMap((kind) => Array.from({ length: options.buyersOfEachCard * (kind === 'good' ? 4 : 1) }, () => kind));
  const buyers = await introduceBuyers(calls, kinds.length, (number) => purchaseCards[kinds[number] ?? 'good']);
  const byKind = Map.groupBy(buyers.keys(), (index) => kinds[index] as CardKind);
  const [someone, something] = [buyers[0], many[0]];
  if (someone === undefined || something === undefined) throw new Error('there is nobody, or nothing to buy');
  const pick = <Value>(values: readonly Value[], number: number): Value => values[number % values.length] as Value;
  return {
    shelves: [...few, ...many],
    totals: [await totalOf(calls, someone, something, 1), await totalOf(calls, someone, something, 2)],
    buyerOf: ({ card, buyer }) => buyers[pick(byKind.get(card) ?? [], buyer)] as CrowdBuyer,
    shelfOf: (plan) => pick(plan.scarce ? few : many, plan.shelf),
  };
}
