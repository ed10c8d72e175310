/**
 * GraphQL over HTTP for one graph (https://graphql.github.io/graphql-over-http/draft/): an operation is named by the id under
 * which it was published, or is text where the graph takes text. Everything that can refuse a request does so before the
 * operation runs; what is refused never reaches a subgraph.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { getVariableValues } from 'graphql';
import { unreachable, type ErrorCode } from '@vitrine/runtime/errors';
import type { AcceptedClient, ClientProof } from './app-clients/client-proof.ts';
import { cardDataMessage, holdsCardData } from './card-data-guard.ts';
import type { Graph } from './graphs.ts';
import { checkRequestBody } from './limits/request-body.ts';
import { maxOperationCost } from './limits/operation-cost.ts';
import type { RequestLimits } from './limits/request-limits.ts';
import type { OperationSafelist } from './operations/operation-safelist.ts';
import { readOperationRequest } from './operations/operation-request.ts';
import type { PreparedOperation } from './prepared-operation.ts';
import { publicFault } from './public-errors.ts';
import { refuse, refuseAssertion, refuseLimited } from './refusals.ts';
import { responseTypeOf, responseTypes, type ResponseType } from './response-type.ts';
import type { LiveServedGraph } from './served-graph.ts';

export interface GraphqlEndpoint {
  readonly graph: Graph;
  readonly safelist: OperationSafelist<PreparedOperation>;
  /** Whether operations may be text. */
  readonly takesText: boolean;
  readonly proof: ClientProof;
  /** Null when nothing is limited. */
  readonly limits: RequestLimits | null;
}

const maxVariableErrors = 10;
const noBytes = new Uint8Array();

/** Answers one request of a client that was let in, with the graph as it is now. */
export async function answerGraphql(
  endpoint: GraphqlEndpoint,
  live: LiveServedGraph,
  request: FastifyRequest,
  reply: FastifyReply,
  client: AcceptedClient,
): Promise<FastifyReply> {
  const { graph, takesText } = endpoint;
  const type = responseTypeOf(request.headers.accept);
  if (type === null)
    return refuse(request, reply.header('accept', responseTypes), 'BAD_USER_INPUT', `The answer can be had as ${responseTypes}.`, 406);

  const given = request.method === 'GET' ? paramsOfUrl(request.query) : request.body;
  const shape = checkRequestBody(given);
  if (shape.kind === 'refused') return refuse(request, reply, 'BAD_USER_INPUT', shape.reason);
  // Before anything else has a look at it, since everything after may put what it met into an error or a log.
  if (holdsCardData(given, graph.cardNumbers)) return refuse(request, reply, 'CARD_DATA_NOT_ACCEPTED', cardDataMessage);
  const params = readParams(given);
  if (typeof params === 'string') return refuse(request, reply, 'BAD_USER_INPUT', params);

  const asked = readOperationRequest(params.body);
  let isPublished = false;
  let operation: PreparedOperation;
  switch (asked.kind) {
    case 'malformed':
      return refuse(request, reply, 'BAD_USER_INPUT', asked.reason);
    case 'id': {
      const found = live.operations.get(asked.id) ?? (await lookUp(endpoint, asked.id));
      if (found === 'not-listed')
        return refuse(
          request,
          reply,
          'PERSISTED_QUERY_NOT_IN_LIST',
          'No operation was published under this id. Update the app, or publish the manifest of its build.',
        );
      if (found === 'unavailable')
        return refuse(
          request,
          reply.header('retry-after', '2'),
          'UNAVAILABLE',
          'Whether this operation was published cannot be told at the moment. Try again.',
        );
      isPublished = true;
      operation = found.executable;
      break;
    }
    case 'text': {
      if (!takesText)
        return refuse(
          request,
          reply,
          'PERSISTED_QUERY_ID_REQUIRED',
          'Operations are not taken as text here. Send the id of a published one as extensions.persistedQuery.sha256Hash.',
        );
      const kept = live.graph.texts.kept(asked.text, params.operationName);
      if (kept !== undefined) {
        operation = kept;
        break;
      }
      if (endpoint.limits !== null) {
        const reading = await endpoint.limits.charge({
          graph: graph.name,
          actor: client.actor,
          ip: request.ip,
          cost: readingCost(asked.text),
          rootFields: [],
        });
        if (reading.kind !== 'admitted') return refuseLimited(request, reply, reading);
      }
      const read = live.graph.texts.read(asked.text, params.operationName);
      if (read.kind === 'unreadable') return refuseOperation(request, reply, type, 'GRAPHQL_PARSE_FAILED', [read.message]);
      if (read.kind === 'too-large') return refuse(request, reply, 'GRAPHQL_VALIDATION_FAILED', read.message);
      if (read.kind === 'invalid') return refuseOperation(request, reply, type, 'GRAPHQL_VALIDATION_FAILED', read.messages);
      operation = read.operation;
      break;
    }
    default:
      return unreachable(asked);
  }
  if (request.method === 'GET' && operation.traits.isMutation)
    return refuse(request, reply.header('allow', 'POST'), 'BAD_USER_INPUT', 'A mutation has to be sent by POST.', 405);

  // Subgraphs get variables with their defaults filled in: infra/decisions/0005.
  const { errors = [], coerced: variables = {} } = getVariableValues(
    live.graph.schema,
    operation.operation.variableDefinitions ?? [],
    params.variables,
    { maxErrors: maxVariableErrors },
  );
  if (errors.length > 0)
    return refuseOperation(
      request,
      reply,
      type,
      'BAD_USER_INPUT',
      errors.map((error) => live.graph.texts.messageOf(error)),
    );

  const cost = operation.cost(variables);
  if (cost > maxOperationCost[graph.name])
    return refuse(
      request,
      reply,
      'OPERATION_TOO_EXPENSIVE',
      `The operation costs ${cost}, and one request may cost ${maxOperationCost[graph.name]}. Ask for smaller pages, or for less of each entry.`,
    );
  if (endpoint.limits !== null) {
    const { rootFields } = operation.traits;
    const limit = await endpoint.limits.charge({ graph: graph.name, actor: client.actor, ip: request.ip, cost, rootFields });
    if (limit.kind !== 'admitted') return refuseLimited(request, reply, limit);
    reply.headers(limit.headers);
  }
  if (operation.traits.needsAssertion) {
    const assertion = await endpoint.proof.checkAssertion(client, request, request.bodyBytes ?? noBytes);
    if (assertion.kind !== 'accepted') return refuseAssertion(request, reply, assertion);
  } else if (operation.traits.isMutation && client.possession?.replayGuard === 'local')
    return refuseAssertion(request, reply, { kind: 'unavailable' });

  const { body, executed } = await operation.executable.execute(variables, { actor: client.actor, requestId: request.id });
  if (isPublished && asked.kind === 'id') endpoint.safelist.recordUse({ graph: graph.name, id: asked.id }, client.app, !executed);
  return reply
    .code(executed ? 200 : 500)
    .header('content-type', executed ? contentTypes[type] : contentTypes['application/json'])
    .send(body);
}

/** What it costs to parse, validate and plan a text, whether it is refused then or not: up to 80 ms for the longest that are taken. */
const readingCost = (text: string): number => 50 + Math.ceil(text.length / 20);

/** An operation that is not in memory; it may have been published just now. */
async function lookUp({ safelist, graph }: GraphqlEndpoint, id: string) {
  const found = await safelist.lookUp(graph.name, id);
  return found.kind === 'listed' ? found.operation : found.kind;
}

const contentTypes: Readonly<Record<ResponseType, string>> = {
  'application/graphql-response+json': 'application/graphql-response+json; charset=utf-8',
  'application/json': 'application/json; charset=utf-8',
};

interface RequestParams {
  readonly body: Readonly<Record<string, unknown>>;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The parameters, or a sentence that says what is wrong with them. */
function readParams(body: unknown): RequestParams | string {
  if (!isObject(body)) return 'The request has to be one JSON object: several operations in one request are not taken.';
  const { operationName = null, variables = null } = body;
  if (operationName !== null && typeof operationName !== 'string') return '"operationName" has to be a string.';
  if (variables !== null && !isObject(variables)) return '"variables" has to be a JSON object.';
  return { body, operationName: operationName ?? undefined, variables: variables ?? {} };
}

/** The parameters of a GET, of which two are JSON; what is not JSON stays text, and is refused as such. */
function paramsOfUrl(query: unknown): unknown {
  if (!isObject(query)) return {};
  const { query: text, operationName, variables, extensions } = query;
  return { query: text, operationName, variables: parsed(variables), extensions: parsed(extensions) };
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

/** What is wrong with an operation itself: as JSON a well-formed request is answered with 200, https://graphql.github.io/graphql-over-http/draft/#sec-application-json. */
function refuseOperation(
  request: FastifyRequest,
  reply: FastifyReply,
  type: ResponseType,
  code: ErrorCode,
  messages: readonly string[],
): FastifyReply {
  return reply
    .code(type === 'application/json' ? 200 : 400)
    .header('content-type', contentTypes[type])
    .send(JSON.stringify({ errors: messages.map((message) => publicFault(code, message, request.id)) }));
}
