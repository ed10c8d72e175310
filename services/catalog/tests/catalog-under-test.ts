/** A catalog on a database of its own, called as the gateway and checkout call it. */
import { randomBytes, randomUUID } from 'node:crypto';
import { createPool } from '@vitrine/runtime/database';
import { identityHeader, parseIdentityKeys, signIdentity, type Actor, staffRoles } from '@vitrine/runtime/identity';
import { newId } from '@vitrine/runtime/ids';
import { createPipeline } from '@vitrine/runtime/pipeline';
import { createLogger } from '@vitrine/runtime/telemetry';
import { createTestDatabase } from '../../../tests/support/stack.ts';
import type { Dependencies } from '../src/dependencies.ts';
import type { Seller } from '../src/seller.ts';
import { buildServer } from '../src/server.ts';
import { createPurchaseStatements } from '../src/store/purchase-statements.ts';
import { storeSeller } from '../src/store/sellers.ts';

const pairs = ['gateway>catalog', 'checkout>catalog', 'timeline>catalog', 'catalog>checkout'];
export const identityKeys = parseIdentityKeys(pairs.map((pair) => `${pair}:test:${randomBytes(32).toString('base64')}`).join(','));

export type SellerActor = Extract<Actor, { role: 'seller' }>;
export const buyer: Actor = { role: 'buyer', accountId: newId('usr'), country: 'US' };
export const operator: Actor = { role: 'operator', accountId: newId('usr'), staffRoles };
export const newSellerActor = (): SellerActor => ({ role: 'seller', accountId: newId('usr'), sellerId: newId('sel') });

/** A new idempotency key. */
export const newKey = (): string => randomUUID();

export interface GraphqlAnswer<Data> {
  readonly status: number;
  readonly data: Data;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

/** What a product's row says and what its ledger adds up to. */
export interface StockCounts {
  readonly onHand: number;
  readonly reserved: number;
  readonly ledgerOnHand: number;
  readonly ledgerReserved: number;
}

export interface OutboxEvent {
  readonly topic: string;
  readonly type: string;
  readonly sequence: number;
  readonly payload: unknown;
}

export type CatalogUnderTest = Awaited<ReturnType<typeof startCatalogUnderTest>>;

export async function startCatalogUnderTest() {
  const database = await createTestDatabase('catalog');
  const logger = createLogger({ name: 'catalog', level: 'silent' });
  const pool = createPool({ url: database.url, size: 16, name: 'catalog-test', logger });
  const pipeline = createPipeline({ url: database.url, name: 'catalog-test', logger });
  const purchases = createPurchaseStatements(pipeline);
  const deps: Dependencies = { pool, logger, wakeRelay: () => undefined, purchases };
  const server = buildServer(deps, { identityKeys, readiness: { database: async () => (await pool.query('select 1')).rowCount === 1 } });
  await server.ready();

  const post = async (url: string, body: object, caller: { readonly from: string; readonly actor: Actor }) =>
    server.inject({
      method: 'POST',
      url,
      headers: { [identityHeader]: signIdentity(identityKeys, { ...caller, to: 'catalog', requestId: 'req-test' }) },
      payload: body,
    });

  return {
    database,
    pool,
    deps,
    server,
    post,

    async graphql<Data>(actor: Actor, query: string, variables: object = {}): Promise<GraphqlAnswer<Data>> {
      const response = await post('/graphql', { query, variables }, { from: 'gateway', actor });
      return { status: response.statusCode, ...response.json<Omit<GraphqlAnswer<Data>, 'status'>>() };
    },

    /** Calls an internal route as checkout, again while catalog is too busy to say, as checkout does. */
    async internal<Response>(path: string, body: object): Promise<Response> {
      for (;;) {
        const response = await post(`/internal/${path}`, body, { from: 'checkout', actor: { role: 'service' } });
        if (response.statusCode === 200) return response.json<Response>();
        if (response.statusCode !== 503) throw new Error(`${response.statusCode}: ${response.body}`);
      }
    },

    /** An active seller that catalog knows. */
    async addSeller(status: Seller['status'] = 'active'): Promise<SellerActor> {
      const actor = newSellerActor();
      await storeSeller(pool, { sellerId: actor.sellerId, accountId: actor.accountId, status, sequence: 2 });
      return actor;
    },

    /** A product with this many pieces; answers its id. */
    async addProduct(seller: SellerActor, onHand: number, overrides: object = {}): Promise<string> {
      const answer = await this.graphql<{ createProduct: { product?: { id: string } } }>(seller, createProductMutation, {
        input: { ...productInput(), stockOnHand: onHand, ...overrides },
      });
      const id = answer.data.createProduct.product?.id;
      if (id === undefined) throw new Error(JSON.stringify(answer));
      return id;
    },

    async stockOf(productId: string): Promise<StockCounts> {
      const { rows } = await pool.query<StockCounts>(
        `select p.on_hand as "onHand", p.reserved, coalesce(sum(m.on_hand_delta), 0)::int as "ledgerOnHand", coalesce(sum(m.reserved_delta), 0)::int as "ledgerReserved"
           from products p left join stock_moves m using (product_id) where product_id = $1 group by product_id`,
        [productId],
      );
      if (rows[0] === undefined) throw new Error(`${productId} is not stored`);
      return rows[0];
    },

    /** Events of one key in the outbox, in order. */
    async eventsOf(key: string): Promise<OutboxEvent[]> {
      const { rows } = await pool.query<OutboxEvent>('select topic, type, sequence, payload from outbox where key = $1 order by position', [
        key,
      ]);
      return rows;
    },

    async stop(): Promise<void> {
      await server.close();
      await purchases.stop();
      await pipeline.end();
      await pool.end();
      await database.drop();
    },
  };
}

/** A complete input of `createProduct` with an article number of its own. */
export const productInput = () => ({
  idempotencyKey: newKey(),
  sku: `mug-${randomUUID().slice(0, 8)}`,
  title: 'Blue mug',
  description: 'Stoneware, 350 ml.',
  imageUrl: 'https://images.example/mug.jpg',
  imageAlt: 'A blue mug on a table',
  price: { amountMinor: 1_500, currency: 'USD' },
  stockOnHand: 10,
});

export const createProductMutation = `mutation ($input: CreateProductInput!) {
  createProduct(input: $input) {
    __typename
    ... on CreateProductSuccess { product { id sku title description image { url alt } price { amountMinor currency } availability stock { onHand reserved available } seller { id } sellerId } }
    ... on SkuTakenError { product { id } }
    ... on InvalidInputError { path }
    ... on IdempotencyKeyReusedError { idempotencyKey }
    ... on IdempotencyKeyInFlightError { retryAfterMs }
    ... on UserError { message }
  }
}`;
