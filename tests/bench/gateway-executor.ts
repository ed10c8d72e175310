/**
 * What Vitrine's gateway is compared with first: `gateway.executor` of @apollo/gateway called directly, documents parsed and validated
 * once, subgraphs asked over a pool of undici's. No checks, no masking, nothing of Apollo Server: as little as can be around it.
 *
 * `PORT`, and `SUPERGRAPH`: the file.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import apolloGateway, { type ApolloGateway, type GraphQLDataSource } from '@apollo/gateway';
import Fastify from 'fastify';
import { getOperationAST, parse, validate, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import { Pool } from 'undici';

type ExecutorContext = Parameters<ApolloGateway['executor']>[0];
type SubgraphResponse = Awaited<ReturnType<GraphQLDataSource['process']>>;

// Before the gateway is made, whose constructor reads it.
process.env['APOLLO_TELEMETRY_DISABLED'] = '1';

function createSource(url: string): GraphQLDataSource {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections: 64 });
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  return {
    async process({ request: { query, operationName, variables } }) {
      const body = JSON.stringify({ query, operationName, variables });
      const response = await pool.request({ path: pathname, method: 'POST', headers, body });
      return (await response.body.json()) as SubgraphResponse;
    },
  };
}

const gateway = new apolloGateway.ApolloGateway({
  supergraphSdl: readFileSync(process.env['SUPERGRAPH'] ?? '', 'utf8'),
  buildService: ({ url = '' }) => createSource(url),
});
const { schema, executor } = await gateway.load();

type Known = { readonly document: DocumentNode; readonly operation: OperationDefinitionNode; readonly queryHash: string };
const documents = new Map<string, Known>();

function read(query: string): Known {
  const known = documents.get(query);
  if (known !== undefined) return known;
  const document = parse(query);
  const [fault] = validate(schema, document);
  if (fault !== undefined) throw fault;
  const operation = getOperationAST(document);
  if (!operation) throw new Error('a document of one operation is expected');
  const queryHash = createHash('sha256').update(query).digest('hex');
  const read = { document, operation, queryHash };
  documents.set(query, read);
  return read;
}

type Body = { readonly query: string; readonly operationName?: string; readonly variables?: Readonly<Record<string, unknown>> };

const server = Fastify();
server.get('/readyz', async () => ({}));
server.post<{ Body: Body }>('/graphql', async ({ body: { query, operationName = null, variables = {} } }) => {
  const { document, operation, queryHash } = read(query);
  const { data, errors } = await executor({
    request: { query, operationName, variables },
    document,
    operation,
    operationName,
    source: query,
    queryHash,
    schema,
    context: {},
    metrics: {},
  } as unknown as ExecutorContext);
  return errors === undefined ? { data } : { data, errors };
});
await server.listen({ port: Number(process.env['PORT']), host: '127.0.0.1' });
