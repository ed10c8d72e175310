/**
 * Light stand-ins for the five subgraphs, over HTTP: the real schemas with a few fixed answers. They are here to see
 * what the gateway does; what the services do is tested with the services.
 */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { graphql, parse, type GraphQLSchema } from 'graphql';
import { subgraphNames, type SubgraphName } from '../../src/graphs.ts';

export interface SubgraphCall {
  readonly headers: IncomingHttpHeaders;
  readonly body: { readonly query: string; readonly variables?: Readonly<Record<string, unknown>> };
}

/** Takes the place of a subgraph's answer for a while. */
export type Disturbance = (response: ServerResponse) => void;

export interface StandInSubgraphs {
  readonly urls: Readonly<Record<SubgraphName, string>>;
  /** GraphQL calls in the order in which they came. */
  readonly calls: Readonly<Record<SubgraphName, SubgraphCall[]>>;
  /** What a subgraph does instead of answering; undefined lets it answer again. */
  disturb(name: SubgraphName, disturbance: Disturbance | undefined): void;
  close(): Promise<void>;
}

export const ids = {
  notebook: 'prd_01900000-0000-7000-8000-000000000201',
  gone: 'prd_01900000-0000-7000-8000-000000000299',
  seller: 'sel_01900000-0000-7000-8000-000000000101',
  post: (number: number) => `pst_01900000-0000-7000-8000-00000000030${number}`,
};

const usd = (amountMinor: number) => ({ amountMinor, currency: 'USD' });
const at = '2026-11-23T08:30:00.000Z';
const account = {
  id: 'usr_01900000-0000-7000-8000-000000000011',
  handle: 'paperandpine',
  displayName: 'Paper & Pine',
  avatarUrl: null,
  viewerFollows: true,
};
const post = (number: number, productId: string | null) => ({
  id: ids.post(number),
  text: `Post ${number}`,
  createdAt: at,
  author: account,
  product: productId === null ? null : { __typename: 'Product', id: productId },
});
const posts = [post(1, ids.notebook), post(2, null), post(3, ids.gone)];

interface Reference {
  readonly id: string;
}

/** A message that must not leave the gateway. */
export const secretMessage = 'connect ECONNREFUSED 10.1.2.3:5432 password=hunter2';

const resolvers: Readonly<Record<SubgraphName, object>> = {
  timeline: {
    Query: {
      viewer: () => ({ id: 'usr_01900000-0000-7000-8000-000000000001' }),
      post: (_: unknown, { id }: Reference) => posts.find((candidate) => candidate.id === id) ?? null,
      account: () => account,
    },
    Viewer: {
      account: () => account,
      homeTimeline: () => ({ edges: posts.map((node) => ({ cursor: node.id, node })), pageInfo: { hasNextPage: false, endCursor: null } }),
    },
  },
  catalog: {
    Query: {
      product: (_: unknown, { id }: Reference) => {
        if (id === 'throws') throw new Error(secretMessage);
        return { id };
      },
    },
    Product: {
      __resolveReference: ({ id }: Reference) =>
        id === ids.gone
          ? null
          : {
              id,
              sku: 'NB-1',
              title: 'Notebook',
              description: '',
              image: { url: 'https://img.example/notebook.svg', alt: 'A notebook' },
              price: usd(1_900),
              availability: 'IN_STOCK',
              sellerId: ids.seller,
              seller: { __typename: 'Seller', id: ids.seller },
              updatedAt: at,
            },
    },
  },
  checkout: {
    Product: { __resolveReference: ({ id }: Reference) => ({ id }), oneTapTotal: () => usd(2_599) },
    Mutation: { placeOrder: () => ({ __typename: 'OutOfStockError', message: 'Sold out.', availableQuantity: 0 }) },
  },
  'payment-vault': {},
  'seller-eligibility': {
    Query: { viewerSeller: () => ({ id: ids.seller, displayName: 'Paper & Pine', country: 'US' }), markets: () => [] },
    Seller: { __resolveReference: ({ id }: Reference) => ({ id, displayName: 'Paper & Pine', country: 'US' }) },
    Product: { __resolveReference: ({ id }: Reference) => ({ id }), buyButton: () => ({ available: true, reason: null, message: null }) },
  },
};

type SubgraphModule = Extract<Parameters<typeof buildSubgraphSchema>[0], readonly unknown[]>[number];

function schemaOf(name: SubgraphName): GraphQLSchema {
  const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
  const typeDefs = parse(read('infra/contracts/graphql/shared.graphql') + read(`services/${name}/schema.graphql`));
  return buildSubgraphSchema([{ typeDefs, resolvers: resolvers[name] } as SubgraphModule]);
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

export async function startSubgraphs(): Promise<StandInSubgraphs> {
  const calls: Record<SubgraphName, SubgraphCall[]> = {
    timeline: [],
    catalog: [],
    checkout: [],
    'payment-vault': [],
    'seller-eligibility': [],
  };
  const disturbances = new Map<SubgraphName, Disturbance>();
  const servers: Server[] = [];
  const urls: Record<SubgraphName, string> = { timeline: '', catalog: '', checkout: '', 'payment-vault': '', 'seller-eligibility': '' };

  for (const name of subgraphNames) {
    const schema = schemaOf(name);
    const server = createServer((request, response) => {
      const answer = async (): Promise<void> => {
        const disturbance = disturbances.get(name);
        if (request.url === '/readyz') {
          response.writeHead(disturbance === undefined ? 200 : 503).end();
          return;
        }
        const body = JSON.parse(await textOf(request)) as SubgraphCall['body'];
        calls[name].push({ headers: request.headers, body });
        if (disturbance !== undefined) {
          disturbance(response);
          return;
        }
        const result = await graphql({ schema, source: body.query, variableValues: body.variables });
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(result));
      };
      answer().catch((error: unknown) => response.destroy(error as Error));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    urls[name] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  return {
    urls,
    calls,
    disturb(name, disturbance) {
      if (disturbance === undefined) disturbances.delete(name);
      else disturbances.set(name, disturbance);
    },
    async close() {
      await Promise.all(
        servers.map(
          (server) =>
            new Promise<void>((resolve) => {
              server.close(() => resolve());
              server.closeAllConnections();
            }),
        ),
      );
    },
  };
}
