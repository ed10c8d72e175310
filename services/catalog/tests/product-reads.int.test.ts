import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { newId } from '@vitrine/runtime/ids';
import { buyer, newKey, operator, startCatalogUnderTest, type CatalogUnderTest, type SellerActor } from './catalog-under-test.ts';

let catalog: CatalogUnderTest;
let seller: SellerActor;
let otherSeller: SellerActor;
beforeAll(async () => {
  catalog = await startCatalogUnderTest();
  seller = await catalog.addSeller();
  otherSeller = await catalog.addSeller();
});
afterAll(() => catalog.stop());

describe('reading', () => {
  test('ids that are nothing answer null', async () => {
    const { data } = await catalog.graphql(
      buyer,
      `query ($any: [_Any!]!, $id: ID!) { product(id: $id) { id } a: product(id: "x' or 1=1") { id } _entities(representations: $any) { __typename } }`,
      {
        id: newId('prd'),
        any: [
          { __typename: 'Product', id: newId('prd') },
          { __typename: 'Product', id: 'prd_nonsense' },
          { __typename: 'Seller', id: 'sel_nonsense' },
        ],
      },
    );
    expect(data).toEqual({ product: null, a: null, _entities: [null, null, null] });
  });

  test('many references are one statement', async () => {
    const ids = [await catalog.addProduct(seller, 1), await catalog.addProduct(seller, 0), await catalog.addProduct(seller, 6)];
    const query = jest.spyOn(catalog.pool, 'query');
    try {
      const { data } = await catalog.graphql(
        buyer,
        `query ($any: [_Any!]!) { _entities(representations: $any) { ... on Product { availability } ... on Seller { products(first: 1) { edges { node { id } } } } } }`,
        {
          any: [
            ...[...ids, ...ids].map((id) => ({ __typename: 'Product', id })),
            { __typename: 'Seller', id: seller.sellerId },
            { __typename: 'Seller', id: otherSeller.sellerId },
          ],
        },
      );
      expect((data as { _entities: { availability?: string }[] })._entities.slice(0, 3)).toEqual([
        { availability: 'LOW_STOCK' },
        { availability: 'SOLD_OUT' },
        { availability: 'IN_STOCK' },
      ]);
      const statements = query.mock.calls.map((call) => JSON.stringify(call));
      expect(statements.filter((statement) => statement.includes('products-by-id'))).toHaveLength(1);
      expect(statements.filter((statement) => statement.includes('product-pages'))).toHaveLength(1);
    } finally {
      query.mockRestore();
    }
  });

  test("a seller's products come newest first, page by page, each once; buyers do not see discontinued ones", async () => {
    const owner = await catalog.addSeller();
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) ids.push(await catalog.addProduct(owner, 1));
    await catalog.graphql(owner, `mutation ($input: UpdateProductInput!) { updateProduct(input: $input) { __typename } }`, {
      input: { idempotencyKey: newKey(), productId: ids[2], discontinued: true },
    });
    const list = async (actor: Parameters<CatalogUnderTest['graphql']>[0], first: number): Promise<string[]> => {
      const found: string[] = [];
      for (let after: string | null = null; ;) {
        const answer: {
          data: {
            _entities: [{ products: { edges: { node: { id: string } }[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } } }];
          };
        } = await catalog.graphql(
          actor,
          `query ($any: [_Any!]!, $first: Int!, $after: String) { _entities(representations: $any) { ... on Seller { products(first: $first, after: $after) { edges { cursor node { id } } pageInfo { hasNextPage endCursor } } } } }`,
          { any: [{ __typename: 'Seller', id: owner.sellerId }], first, after },
        );
        const { edges, pageInfo } = answer.data._entities[0].products;
        expect(edges.length).toBeLessThanOrEqual(first);
        found.push(...edges.map(({ node }) => node.id));
        if (!pageInfo.hasNextPage) return found;
        after = pageInfo.endCursor;
      }
    };
    const newestFirst = ids.toReversed();
    expect(await list(owner, 2)).toEqual(newestFirst);
    expect(await list(operator, 100)).toEqual(newestFirst);
    expect(await list(buyer, 3)).toEqual(newestFirst.filter((id) => id !== ids[2]));
  });

  test.each([
    { first: 0 },
    { first: 101 },
    { first: -1 },
    { first: 5, after: 'nonsense' },
    { first: 5, after: Buffer.from('ord_1').toString('base64url') },
    { first: 5, after: '' },
  ])('page %j is BAD_USER_INPUT', async (page) => {
    const { errors } = await catalog.graphql(
      buyer,
      `query ($any: [_Any!]!, $first: Int!, $after: String) { _entities(representations: $any) { ... on Seller { products(first: $first, after: $after) { edges { cursor } } } } }`,
      { any: [{ __typename: 'Seller', id: seller.sellerId }], ...page },
    );
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
  });
});

describe('pieces on hand', () => {
  test('pieces are seen by their seller and by operators only, by every way in', async () => {
    const productId = await catalog.addProduct(seller, 10);
    const document = `query ($id: ID!, $sellers: [_Any!]!, $products: [_Any!]!) {
      product(id: $id) { availability stock { onHand } }
      entities: _entities(representations: $products) { ... on Product { availability stock { onHand } } }
      sellers: _entities(representations: $sellers) { ... on Seller { products { edges { node { id stock { onHand } } } } } }
    }`;
    const variables = {
      id: productId,
      products: [{ __typename: 'Product', id: productId }],
      sellers: [{ __typename: 'Seller', id: seller.sellerId }],
    };
    const seen = async (actor: Parameters<CatalogUnderTest['graphql']>[0]) => {
      type Found = { availability: string; stock: { onHand: number } | null } | null;
      const { data } = await catalog.graphql<{
        product: Found;
        entities: [Found];
        sellers: [{ products: { edges: { node: { id: string } & Found }[] } | null } | null];
      }>(actor, document, variables);
      const listed = data.sellers[0]?.products ?? null;
      return [
        data.product?.stock ?? null,
        data.entities[0]?.stock ?? null,
        listed === null ? 'not listed' : listed.edges.find(({ node }) => node.id === productId)?.node.stock,
      ];
    };
    const stock = { onHand: 10 };
    expect(await seen(seller)).toEqual([stock, stock, stock]);
    expect(await seen(operator)).toEqual([stock, stock, stock]);
    expect(await seen(buyer)).toEqual([null, null, null]);
    expect(await seen(otherSeller)).toEqual([null, null, 'not listed']);
    expect(await seen({ role: 'service' })).toEqual([null, null, 'not listed']);
  });
});
