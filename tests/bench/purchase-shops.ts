/** What is needed before anybody can tap Buy: an open market, full shelves, and many buyers with an address and a card. */
import { randomUUID } from 'node:crypto';
import { enterAddress, enterCard, openBuy, type Money } from '@vitrine/local/buyer-app';
import { graphClient, signIn, type GraphClient } from '@vitrine/local/graph-client';
import { numberedBuyer } from '@vitrine/local/identity-accounts';
import { fetchDevelopmentToken } from '@vitrine/local/identity-tokens';
import { seededShops, toFeed, type SeededShop } from '@vitrine/local/seed-shops';
import type { StackState } from '@vitrine/local/stack';
import { numberedCard } from '@vitrine/stripe-sandbox/cards';

export type Offer = { readonly productId: string; readonly total: Money };

export type Market = {
  /** Of the buyers' graph. */
  readonly tokens: readonly string[];
  readonly offers: readonly Offer[];
};

/** No buyer buys the same product twice within seconds: that would be held back as a probable mistake. */
const buyerCount = 150;
const productsPerShop = 40;
const piecesOfProduct = 1_000_000;
const tokenLifetimeSeconds = 3_600;
const address = { name: 'Bench Buyer', line1: '1 Measured Mile', city: 'San Francisco', region: 'CA', postalCode: '94107', country: 'US' };
const card = { expMonth: 12, expYear: 2034, cvc: '123' };

/** @throws Error when a step is refused */
export async function openMarketForBuyers(state: StackState): Promise<Market> {
  const operator = await signIn(state, 'ops', '@olga');
  await request(operator, 'setMarket', 'SetMarketInput', { country: 'US', buyerShareBps: 10_000, undoWindowSeconds: 0 });
  const shelves = await Promise.all(seededShops.map((shop) => fillShelves(state, shop)));
  const buyers = await inGroups(
    Array.from({ length: buyerCount }, (_, number) => number),
    12,
    (number) => introduceBuyer(state, number),
  );
  const [first] = buyers;
  if (first === undefined) throw new Error('there is no buyer');
  // Everybody lives at the same place, so everybody pays the same.
  const offers = await inGroups(shelves.flat(), 8, async (productId) => ({ productId, total: await totalOf(first.client, productId) }));
  return { tokens: buyers.map(({ token }) => token), offers };
}

async function fillShelves(state: StackState, shop: SeededShop): Promise<string[]> {
  const seller = await signIn(state, 'partner', shop.handle);
  const products = Array.from({ length: productsPerShop }, (_, number) => ({
    sku: `BENCH-${number}`,
    title: `Thing number ${number}`,
    description: 'A thing of which there are enough.',
    image: 'mug.svg',
    priceMinor: 1_000 + 10 * number,
    stock: piecesOfProduct,
    post: '',
  }));
  await request(seller, 'importProducts', 'ImportProductsInput', {
    format: 'TSV',
    content: toFeed({ ...shop, products }, state.gatewayUrl),
  });
  type Products = {
    readonly viewerSeller: { readonly products: { readonly edges: readonly { readonly node: { id: string; sku: string } }[] } };
  };
  const { viewerSeller } = await seller.request<Products>(`{ viewerSeller { products(first: 100) { edges { node { id sku } } } } }`);
  const found = viewerSeller.products.edges.flatMap(({ node }) => (node.sku.startsWith('BENCH-') ? [node.id] : []));
  if (found.length !== productsPerShop) throw new Error(`${found.length} of ${productsPerShop} products were imported`);
  return found;
}

async function introduceBuyer(state: StackState, number: number): Promise<{ readonly client: GraphClient; readonly token: string }> {
  const token = await fetchDevelopmentToken({
    issuer: state.identityProviderUrl,
    clientSecret: state.developmentClientSecret,
    handle: numberedBuyer(number).handle,
    graph: 'buyer',
    expiresInSeconds: tokenLifetimeSeconds,
  });
  const client = graphClient(state.gatewayUrl, 'buyer', token);
  for (const answer of [await enterAddress(client, address), await enterCard(client, { ...card, number: numberedCard(number) })]) {
    if (!answer.__typename.endsWith('Success'))
      throw new Error(`a buyer cannot be introduced: ${answer.__typename} ${answer.message ?? ''}`);
  }
  return { client, token };
}

async function totalOf(buyer: GraphClient, productId: string): Promise<Money> {
  const sheet = await openBuy(buyer, { productId });
  if (sheet.total === undefined || sheet.total === null) throw new Error(`there is no total: ${sheet.__typename} ${sheet.message ?? ''}`);
  return sheet.total;
}

async function request(client: GraphClient, name: string, inputType: string, input: object): Promise<void> {
  const { result } = await client.request<{ result: { readonly __typename: string; readonly message?: string } }>(
    `mutation ($input: ${inputType}!) { result: ${name}(input: $input) { __typename ... on UserError { message } } }`,
    { input: { idempotencyKey: randomUUID(), ...input } },
  );
  if (!result.__typename.endsWith('Success')) throw new Error(`${name} was refused: ${result.__typename} ${result.message ?? ''}`);
}

async function inGroups<From, To>(all: readonly From[], width: number, work: (one: From) => Promise<To>): Promise<To[]> {
  const results: To[] = [];
  for (let next = 0; next < all.length; next += width) results.push(...(await Promise.all(all.slice(next, next + width).map(work))));
  return results;
}
