/** What many buyers need before they can tap Buy: filled shelves, an open market, and an address and a card for each of them. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { seededAccount } from '@vitrine/local/identity-accounts';
import { toFeed } from '@vitrine/local/seed-shops';
import type { StackState } from '@vitrine/local/stack';
import { staffRoles, type Actor } from '@vitrine/runtime/identity';
import { newId } from '@vitrine/runtime/ids';
import type { Money } from '@vitrine/runtime/money';
import type { Result, SignedCalls } from './signed-calls.ts';

export interface CrowdBuyer {
  readonly buyerId: string;
  readonly actor: Actor;
}

export interface Shelf {
  readonly productId: string;
  readonly sellerId: string;
  readonly priceMinor: number;
  /** Pieces that it was filled with. */
  readonly stock: number;
}

/** Everybody of a crowd lives here, so that everybody pays the same. Personal on purpose: none of it may be in a log. */
export const crowdAddress = {
  name: 'Quentin Crowdwell',
  line1: '500 Crowdwell Crescent',
  city: 'San Francisco',
  region: 'CA',
  postalCode: '94110',
  country: 'US',
};

const unlimited = '1000000000';

/** A crowd has few test cards, and buys more in minutes than people in an hour: the limits stay on, and are out of its reach. */
export const crowdLimits = {
  checkout: {
    LIMIT_BUYER_PURCHASES: '1000000',
    LIMIT_BUYER_AMOUNT_MINOR: unlimited,
    LIMIT_DEVICE_PURCHASES: '1000000',
    LIMIT_DEVICE_AMOUNT_MINOR: unlimited,
    LIMIT_DECLINES: '1000000',
    LIMIT_SMALL_PURCHASES: '1000000',
  },
  'payment-vault': {
    LIMIT_CARD_PAYMENTS: '1000000',
    LIMIT_CARD_AMOUNT_MINOR: unlimited,
    LIMIT_CARD_SMALL_PAYMENTS: '1000000',
    LIMIT_CARD_DECLINES: '1000000',
    LIMIT_CARD_SETUPS: '1000000',
    LIMIT_REFUSED_CARDS: '1000000',
  },
} as const;

/** For suites that judge the purchase itself: nobody repairs what it leaves behind. */
export const withoutRepairs = { RECONCILE_INTERVAL_MS: '0' } as const;

const consent = { saveConsent: { textVersion: 'save-us-1' } };
const buyerActor = (buyerId: string): Actor => ({ role: 'buyer', accountId: buyerId, country: 'US' });

const mutations = {
  startCardSetup: `mutation ($input: StartCardSetupInput!) { result: startCardSetup(input: $input) { __typename ... on UserError { message }
    ... on StartCardSetupSuccess { setupIntentId clientSecret } } }`,
  finishCardSetup: `mutation ($input: FinishCardSetupInput!) { result: finishCardSetup(input: $input) { __typename ... on UserError { message } } }`,
  addAddress: `mutation ($input: AddAddressInput!) { result: addAddress(input: $input) { __typename ... on UserError { message } } }`,
} as const;

/** Opens the market to everybody. @param undoWindowSeconds 0 captures at once */
export async function openMarket(calls: SignedCalls, undoWindowSeconds: number): Promise<void> {
  const operator: Actor = { role: 'operator', accountId: seededAccount('@olga').id, staffRoles };
  const input = { idempotencyKey: randomUUID(), country: 'US', buyerShareBps: 10_000, undoWindowSeconds };
  accepted(
    await calls.graph(
      'seller-eligibility',
      operator,
      'mutation ($input: SetMarketInput!) { result: setMarket(input: $input) { __typename ... on UserError { message } } }',
      { input },
    ),
  );
}

/** Fills shelves of one seeded shop, one product for each stock. */
export async function fillShelves(
  calls: SignedCalls,
  state: StackState,
  handle: '@paperandpine' | '@northwind',
  stocks: readonly number[],
  priceMinor = 2_000,
): Promise<Shelf[]> {
  const { id: accountId, sellerId } = seededAccount(handle);
  if (sellerId === undefined) throw new Error(`${handle} has no shop`);
  const batch = randomUUID().slice(0, 8).toUpperCase();
  const products = stocks.map((stock, number) => ({
    sku: `${batch}-${number}`,
    title: `Thing number ${number}`,
    description: 'A thing that many want.',
    image: 'mug.svg',
    priceMinor,
    stock,
    post: '',
  }));
  const content = toFeed({ key: 'crowd', handle, avatar: '', products }, state.gatewayUrl);
  accepted(
    await calls.graph(
      'catalog',
      { role: 'seller', accountId, sellerId },
      'mutation ($input: ImportProductsInput!) { result: importProducts(input: $input) { __typename ... on UserError { message } } }',
      { input: { idempotencyKey: randomUUID(), format: 'TSV', content } },
    ),
  );
  const catalog = new pg.Client({ connectionString: state.databaseUrls.catalog });
  await catalog.connect();
  try {
    const { rows } = await catalog.query<{ sku: string; product_id: string }>('select sku, product_id from products where seller_id = $1', [
      sellerId,
    ]);
    const ids = new Map(rows.map((row) => [row.sku, row.product_id]));
    return products.map(({ sku, stock }) => {
      const productId = ids.get(sku);
      if (productId === undefined) throw new Error(`${sku} was not imported`);
      return { productId, sellerId, priceMinor, stock };
    });
  } finally {
    await catalog.end();
  }
}

/** Buyers with an address and a card each, several at a time. @param cardOf Stripe's number of each buyer's test card */
export async function introduceBuyers(
  calls: SignedCalls,
  count: number,
  cardOf: (number: number) => string = () => '4242424242424242',
): Promise<CrowdBuyer[]> {
  const buyers = Array.from({ length: count }, () => newId('usr')).map((buyerId) => ({ buyerId, actor: buyerActor(buyerId) }));
  const waiting = [...buyers.entries()];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await introduce(calls, next[1].actor, cardOf(next[0]));
  };
  await Promise.all(Array.from({ length: 24 }, worker));
  return buyers;
}

/** Gives a buyer an address and a card. */
export async function introduce(calls: SignedCalls, actor: Actor, cardNumber: string): Promise<void> {
  const mutate = async (name: keyof typeof mutations, input: object): Promise<Result> =>
    accepted(await calls.graph('payment-vault', actor, mutations[name], { input: { idempotencyKey: randomUUID(), ...input } }));
  await mutate('addAddress', { ...crowdAddress, ...consent });
  const setup = await mutate('startCardSetup', {});
  const setupIntentId = String(setup['setupIntentId']);
  const confirmed = await calls.stripe(`/v1/setup_intents/${setupIntentId}/confirm`, {
    client_secret: String(setup['clientSecret']),
    'payment_method_data[type]': 'card',
    'payment_method_data[card][number]': cardNumber,
    'payment_method_data[card][exp_month]': '12',
    'payment_method_data[card][exp_year]': '2034',
    'payment_method_data[card][cvc]': '123',
  });
  if (confirmed.body['status'] === 'requires_action') {
    const action = confirmed.body['next_action'] as { readonly use_stripe_sdk?: { readonly stripe_js?: string } } | null;
    await calls.answerPage(action?.use_stripe_sdk?.stripe_js ?? '', 'complete');
  } else if (confirmed.body['status'] !== 'succeeded') throw new Error(`a card was not taken: HTTP ${confirmed.status}`);
  await mutate('finishCardSetup', { setupIntentId, ...consent });
}

/** What so many pieces cost a buyer of the crowd, all in. */
export async function totalOf(calls: SignedCalls, { actor }: CrowdBuyer, { productId }: Shelf, quantity = 1): Promise<Money> {
  const sheet = await calls.graph(
    'checkout',
    actor,
    `query ($input: OpenBuyInput!) { result: openBuy(input: $input) { __typename ... on UserError { message }
       ... on BuySheet { total { amountMinor currency } } } }`,
    { input: { productId, quantity } },
  );
  const total = sheet?.['total'] as Money | null | undefined;
  if (total === null || total === undefined) throw new Error(`there is no total: ${JSON.stringify(sheet)}`);
  return total;
}

const placeOrderQuery = `mutation ($input: PlaceOrderInput!) { result: placeOrder(input: $input) { __typename ... on UserError { message }
  ... on PlaceOrderSuccess { order { id status total { amountMinor currency } } } ... on PaymentActionRequired { clientSecret }
  ... on PaymentDeclinedError { declineReason } ... on OutOfStockError { availableQuantity } ... on PossibleDuplicateError { orderId }
  ... on TemporarilyUnavailableError { retryAfterMs } } }`;

export interface Tap {
  readonly idempotencyKey: string;
  readonly productId: string;
  readonly quantity: number;
  readonly expectedTotal: Money;
  readonly besideOrderId?: string;
}

/** One tap on Buy; null when no answer came. `origin`: which process of checkout is asked. */
export const tapBuy = (calls: SignedCalls, { actor }: CrowdBuyer, input: Tap, origin?: string): Promise<Result | null> =>
  calls.graph('checkout', actor, placeOrderQuery, { input }, origin);

/** The buyer takes an order back; null when no answer came. */
export const undoOrder = (
  calls: SignedCalls,
  { actor }: CrowdBuyer,
  input: { readonly idempotencyKey: string; readonly orderId: string },
  origin?: string,
): Promise<Result | null> =>
  calls.graph(
    'checkout',
    actor,
    'mutation ($input: UndoOrderInput!) { result: undoOrder(input: $input) { __typename ... on UserError { message } } }',
    { input },
    origin,
  );

/** The buyer cancels a confirmed order that is not shipped; null when no answer came. */
export const cancelOrder = (
  calls: SignedCalls,
  { actor }: CrowdBuyer,
  input: { readonly idempotencyKey: string; readonly orderId: string },
  origin?: string,
): Promise<Result | null> =>
  calls.graph(
    'checkout',
    actor,
    'mutation ($input: CancelOrderInput!) { result: cancelOrder(input: $input) { __typename ... on UserError { message } } }',
    { input },
    origin,
  );

function accepted(result: Result | null): Result {
  if (result === null || !result.__typename.endsWith('Success'))
    throw new Error(`refused: ${result?.__typename ?? 'no answer'} ${result?.message ?? ''}`);
  return result;
}
