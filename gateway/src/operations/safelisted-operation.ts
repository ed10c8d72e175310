/** The operations of one graph, made ready to be executed; those that do not fit it are told, not served. */
import type { PlanNode } from '@apollo/query-planner';
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { GraphPlans } from '../execution/query-plans.ts';
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
  readonly plans: GraphPlans;
  /** @throws when the operation cannot be prepared */
  prepare(request: {
    readonly source: string;
    readonly document: DocumentNode;
    readonly operation: OperationDefinitionNode;
    readonly plan: PlanNode | null;
  }): Executable;
  close(): Promise<void>;
}

/** An operation of the list that fits its graph. */
export interface FittingOperation {
  readonly graph: GraphName;
  readonly id: string;
  readonly name: string;
  readonly kind: OperationKind;
  readonly source: string;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly apps: readonly AppVersion[];
}

/** An operation that can be executed by its id. */
export interface SafelistedOperation<Executable> extends Omit<FittingOperation, 'apps'> {
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

/** Checks one operation. Whether it can be planned, only making it ready tells. */
export function fitOperation(
  { name: graph, schema }: Pick<PreparingGraph<unknown>, 'name' | 'schema'>,
  { id, name: listedName, apps, body }: RegisteredOperation,
): { readonly kind: 'fits'; readonly operation: FittingOperation } | { readonly kind: 'unfit'; readonly fault: OperationFault } {
  const check = checkOperation(body, schema);
  if (check.kind === 'unfit') return { kind: 'unfit', fault: { graph, id, name: listedName, apps, reasons: check.reasons } };
  const { name, operationKind: kind, document, operation } = check;
  return { kind: 'fits', operation: { graph, id, name, kind, source: body, document, operation, apps } };
}

/**
 * Makes one operation ready by its plan. Without one the planner makes it, which takes up to 150 ms, and the first time half
 * a second; `made` is that plan then.
 */
export function makeReady<Executable>(
  graph: PreparingGraph<Executable>,
  { apps, ...fitting }: FittingOperation,
  given: PlanNode | null | undefined,
):
  | { readonly kind: 'ready'; readonly operation: SafelistedOperation<Executable>; readonly made: PlanNode | null | undefined }
  | { readonly kind: 'unfit'; readonly fault: OperationFault } {
  const { source, document, operation, id, name } = fitting;
  try {
    const plan = given === undefined ? graph.plans.plan(document, name) : given;
    const executable = graph.prepare({ source, document, operation, plan });
    return { kind: 'ready', operation: { ...fitting, executable }, made: given === undefined ? plan : undefined };
  } catch (error) {
    const reasons = [`It cannot be planned: ${error instanceof Error ? error.message : String(error)}`];
    return { kind: 'unfit', fault: { graph: graph.name, id, name, apps, reasons } };
  }
}
