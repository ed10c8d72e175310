/** The operations of one graph, made ready to be executed; those that do not fit it are told, not served. */
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { GraphName } from '../graphs.ts';
import type { ManifestOperation, OperationKind } from './manifest.ts';
import { checkOperation } from './operation-check.ts';
import type { AppVersion } from './operation-store.ts';

/** An operation of the list, whether it can be served or not. */
export interface RegisteredOperation extends ManifestOperation {
  readonly graph: GraphName;
  /** Published app versions that have it; none for one that is only among the gateway's own files. */
  readonly apps: readonly AppVersion[];
}

/** A graph, as far as operations are made ready by it. */
export interface PreparingGraph<Executable> {
  readonly name: GraphName;
  readonly schema: GraphQLSchema;
  /** @throws when the operation cannot be planned */
  prepare(request: { readonly source: string; readonly document: DocumentNode; readonly operation: OperationDefinitionNode }): Executable;
  close(): Promise<void>;
}

/** An operation that can be executed by its id. */
export interface SafelistedOperation<Executable> {
  readonly graph: GraphName;
  readonly id: string;
  readonly name: string;
  readonly kind: OperationKind;
  readonly source: string;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly executable: Executable;
}

/** An operation of the list that the graph cannot serve, and why. */
export interface OperationFault {
  readonly graph: GraphName;
  readonly id: string;
  readonly name: string;
  readonly apps: readonly AppVersion[];
  /** A sentence for each reason. */
  readonly reasons: readonly string[];
}

/** Checks one operation and has it planned. */
export function prepareOperation<Executable>(
  graph: PreparingGraph<Executable>,
  { id, body, ...registered }: RegisteredOperation,
):
  | { readonly kind: 'ready'; readonly operation: SafelistedOperation<Executable> }
  | { readonly kind: 'unfit'; readonly fault: OperationFault } {
  const unfit = (reasons: readonly string[]) =>
    ({ kind: 'unfit', fault: { graph: graph.name, id, name: registered.name, apps: registered.apps, reasons } }) as const;
  const check = checkOperation(body, graph.schema);
  if (check.kind === 'unfit') return unfit(check.reasons);
  const { name, operationKind: kind, document, operation } = check;
  let executable: Executable;
  try {
    executable = graph.prepare({ source: body, document, operation });
  } catch (error) {
    return unfit([`It cannot be planned: ${error instanceof Error ? error.message : String(error)}`]);
  }
  return { kind: 'ready', operation: { graph: graph.name, id, name, kind, source: body, document, operation, executable } };
}

/** Makes operations ready one by one, with a turn for whatever else there is to do in between. */
export async function* prepareOperations<Executable>(
  graph: PreparingGraph<Executable>,
  registered: Iterable<RegisteredOperation>,
  /** Whether requests are being served: at least half of the time is left to them then. Planning one operation takes up to 150 ms. */
  isServing: () => boolean,
): AsyncGenerator<ReturnType<typeof prepareOperation<Executable>>> {
  for (const each of registered) {
    const beganAtMs = performance.now();
    yield prepareOperation(graph, each);
    if (isServing()) await pause(performance.now() - beganAtMs);
    else await nextTurn();
  }
}
