/**
 * GraphQL over HTTP for one graph: POST with a JSON object, one operation a request. graphql-http reads the request
 * and writes the response; what is between is ours.
 */
import { STATUS_CODES } from 'node:http';
import { getVariableValues, GraphQLError, OperationTypeNode } from 'graphql';
import { createHandler, parseRequestParams, type Handler, type Response } from 'graphql-http';
import type { Actor } from '@vitrine/runtime/identity';
import type { CardNumberOptions } from '@vitrine/runtime/card-numbers';
import { errorCodes, type ErrorCode } from '@vitrine/runtime/errors';
import { cardDataMessage, holdsCardData } from './card-data-guard.ts';
import type { FederatedGraph } from './federated-graph.ts';
import { createOperationDocuments, operationOf } from './operation-documents.ts';
import { publicFault } from './public-errors.ts';

/** Who sent a request, and its id. */
export interface Caller {
  readonly actor: Actor;
  readonly requestId: string;
}

export type GraphqlEndpoint = Handler<unknown, Caller>;

const maxVariableErrors = 10;

export function createGraphqlEndpoint(
  graph: FederatedGraph,
  options: { readonly introspection: boolean; readonly cardNumbers: CardNumberOptions },
): GraphqlEndpoint {
  const documents = createOperationDocuments(graph.schema, options);

  return createHandler<unknown, Caller>({
    async parseRequestParams(request) {
      // Before anything else has a look at it, since everything after may put what it met into an error or a log.
      if (holdsCardData(request.body, options.cardNumbers)) {
        return refusal('CARD_DATA_NOT_ACCEPTED', cardDataMessage, request.context.requestId);
      }
      try {
        return await parseRequestParams(request);
      } catch (error) {
        // Thrown for requests that are not well-formed, with a message for their author.
        return refusal('BAD_USER_INPUT', (error as Error).message, request.context.requestId);
      }
    },

    async onSubscribe(request, params) {
      const { requestId, actor } = request.context;
      const faults = (code: ErrorCode, messages: readonly string[]) =>
        messages.map((message) => new GraphQLError(message, { extensions: { code, requestId } }));

      const read = documents.read(params.query);
      if (read.kind === 'unreadable') return faults('GRAPHQL_PARSE_FAILED', [read.message]);
      if (read.kind === 'too-large') return refusal('GRAPHQL_VALIDATION_FAILED', read.message, requestId);
      if (read.kind === 'invalid') return faults('GRAPHQL_VALIDATION_FAILED', read.messages);

      const operationName = params.operationName ?? undefined;
      const operation = operationOf(read.document, operationName);
      if (operation === null)
        return faults('GRAPHQL_VALIDATION_FAILED', [
          'The request does not say which operation of the document is meant, or there is none of that name.',
        ]);
      if (graph.schema.getRootType(operation.operation) === undefined || operation.operation === OperationTypeNode.SUBSCRIPTION) {
        return faults('GRAPHQL_VALIDATION_FAILED', [`This graph has no ${operation.operation} operations.`]);
      }
      // Subgraphs get variables with their defaults filled in: infra/decisions/0005.
      const { errors = [], coerced: variables = {} } = getVariableValues(
        graph.schema,
        operation.variableDefinitions ?? [],
        params.variables ?? {},
        {
          maxErrors: maxVariableErrors,
        },
      );
      if (errors.length > 0)
        return faults(
          'BAD_USER_INPUT',
          errors.map((error) => documents.messageOf(error)),
        );

      const { data, errors: found } = await graph.execute(
        { source: params.query, document: read.document, operation, operationName, variables },
        { actor, requestId },
      );
      // Nothing was executed: the fault is the gateway's own.
      if (data === undefined) return response('INTERNAL', { errors: found });
      return found === undefined
        ? { data }
        : { data, errors: found.map(({ message, path, extensions }) => new GraphQLError(message, { path, extensions })) };
    },
  });
}

/** A request that is not even tried. */
function refusal(code: ErrorCode, message: string, requestId: string): Response {
  return response(code, { errors: [publicFault(code, message, requestId)] });
}

function response(code: ErrorCode, body: object): Response {
  const status = errorCodes[code];
  return [
    JSON.stringify(body),
    { status, statusText: STATUS_CODES[status] ?? '', headers: { 'content-type': 'application/json; charset=utf-8' } },
  ];
}
