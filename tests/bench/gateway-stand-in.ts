/**
 * All five subgraphs of a gateway that is measured, as one light process: a request that was answered before gets the same bytes again
 * by its text, and only one that is new is executed, on the services' real schemas. So what a measurement sees of it is one look-up
 * a request, whichever gateway asks and however it words its fetches.
 *
 * Ports in `STAND_IN_PORTS`: a JSON object by subgraph. `/readyz` answers 200, `/_counts` what was asked since the start.
 */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { graphql, parse, type GraphQLSchema } from 'graphql';
import { serviceNames } from '@vitrine/local/service-names';
import type { ServiceName } from '@vitrine/local/service-names';
import { buyButton, catalogProduct, oneTapTotal, orderWithReceipt, placedOrder, sellerName, timelinePage, viewer } from './gateway-shop.ts';

/** Requests for GraphQL since the start of the process. */
export type StandInCounts = {
  readonly requests: Readonly<Record<ServiceName, number>>;
  /** Those that had to be executed. */
  readonly executed: number;
};

/** Some 8 KB each. The load's requests are at most 20,000 in the words of four gateways. */
const rememberedAnswers = 40_000;

type Reference = { readonly id: string };
type Page = { readonly first: number; readonly after?: string | null };
type Input<Fields> = { readonly input: Fields };

const resolvers: Readonly<Record<ServiceName, object>> = {
  timeline: {
    Query: { viewer: () => viewer },
    Viewer: {
      __resolveReference: () => viewer,
      homeTimeline: (_: unknown, { first, after }: Page) => timelinePage(first, after),
    },
  },
  catalog: {
    Product: { __resolveReference: ({ id }: Reference) => catalogProduct(id) },
  },
  checkout: {
    Query: { viewer: () => ({ id: viewer.id }), order: (_: unknown, { id }: Reference) => orderWithReceipt(id) },
    Product: { __resolveReference: ({ id }: Reference) => ({ id, oneTapTotal: oneTapTotal(id) }) },
    Mutation: {
      placeOrder: (_: unknown, { input }: Input<Parameters<typeof placedOrder>[0]>) => ({
        __typename: 'PlaceOrderSuccess',
        order: placedOrder(input),
      }),
    },
  },
  'payment-vault': { Query: { viewer: () => ({ id: viewer.id }) } },
  'seller-eligibility': {
    Seller: { __resolveReference: ({ id }: Reference) => ({ id, displayName: sellerName(id) }) },
    Product: { __resolveReference: ({ id }: Reference) => ({ id, buyButton: buyButton(id) }) },
  },
};

type SubgraphModule = Extract<Parameters<typeof buildSubgraphSchema>[0], readonly unknown[]>[number];

function schemaOf(name: ServiceName): GraphQLSchema {
  const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
  const typeDefs = parse(read('infra/contracts/graphql/shared.graphql') + read(`services/${name}/schema.graphql`));
  return buildSubgraphSchema([{ typeDefs, resolvers: resolvers[name] } as SubgraphModule]);
}

const requests = Object.fromEntries(serviceNames.map((name) => [name, 0])) as Record<ServiceName, number>;
let executed = 0;

function serve(name: ServiceName, port: number): void {
  const schema = schemaOf(name);
  const answers = new Map<string, Buffer>();

  const execute = async (text: string): Promise<Buffer> => {
    executed += 1;
    const { query, operationName, variables } = JSON.parse(Buffer.from(text, 'latin1').toString()) as {
      readonly query: string;
      readonly operationName?: string | null;
      readonly variables?: Readonly<Record<string, unknown>> | null;
    };
    const result = await graphql({ schema, source: query, operationName, variableValues: variables });
    const answer = Buffer.from(JSON.stringify(result));
    const [oldest] = answers.keys();
    if (answers.size >= rememberedAnswers && oldest !== undefined) answers.delete(oldest);
    answers.set(text, answer);
    return answer;
  };

  const answerTo = (request: IncomingMessage, response: ServerResponse): void => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      if (request.method !== 'POST') {
        response.end(request.url === '/_counts' ? JSON.stringify({ requests, executed } satisfies StandInCounts) : '');
        return;
      }
      requests[name] += 1;
      // One byte a character: the cheapest text to look up, and never wrong for being compared.
      const text = (parts.length === 1 ? (parts[0] ?? Buffer.alloc(0)) : Buffer.concat(parts)).toString('latin1');
      const send = (answer: Buffer): void => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length }).end(answer);
      };
      const known = answers.get(text);
      if (known !== undefined) send(known);
      else execute(text).then(send, (error: unknown) => response.destroy(error as Error));
    });
  };
  createServer({ keepAliveTimeout: 120_000 }, answerTo).listen(port, '127.0.0.1');
}

const ports = JSON.parse(process.env['STAND_IN_PORTS'] ?? '{}') as Readonly<Record<ServiceName, number>>;
for (const name of serviceNames) serve(name, ports[name]);
