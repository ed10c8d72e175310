/**
 * An operation that is ready to run: compiled from its query plan where that can be done, left to @apollo/gateway's
 * executor otherwise. The answer is the same either way.
 */
import { OperationTypeNode, type GraphQLSchema } from 'graphql';
import { actorText, type Actor } from '@vitrine/runtime/identity';
import type { Logger } from '@vitrine/runtime/telemetry';
import { subgraphNames, type GraphName, type SubgraphName } from '../graphs.ts';
import { internalMessage, maskExecutionFault, publicFault, type ExecutionFault } from '../public-errors.ts';
import { readAnswer, type RawAnswer } from '../subgraph-answer.ts';
import { callDeadlinesMs, type CallContext, type SubgraphSource } from '../subgraph-source.ts';
import { countExecution } from './execution-counts.ts';
import { compilePlan, type Execution, type Step } from './plan-program.ts';
import type { Planner } from './query-plans.ts';
import type { PlannedOperation, ReferenceExecutor } from './reference-executor.ts';
import type { TypeTest } from './representations.ts';
import { compileResponseWriter, createWriterChoice } from './response-writer.ts';
import { checkCompilable, conditionVariables, createSelectionCollector } from './selected-fields.ts';
import type { SharedReads } from './shared-reads.ts';
import { Uncompilable } from './uncompilable.ts';

/** Who asks, and under which request id. */
export interface OperationCaller {
  readonly actor: Actor;
  readonly requestId: string;
}

export interface ExecutionOutcome {
  /** JSON text of the GraphQL response, with errors as they may be shown. */
  readonly body: string;
  /** False when nothing can be said of the result: the answer is a 500, and holds no data. */
  readonly executed: boolean;
}

export interface ExecutableOperation {
  readonly mode: 'compiled' | 'fallback';
  /**
   * Never rejects: whatever goes wrong becomes errors of the answer.
   * @param variables coerced, with their defaults filled in (infra/decisions/0005).
   */
  execute(variables: Readonly<Record<string, unknown>>, caller: OperationCaller): Promise<ExecutionOutcome>;
}

/** What the operations of one graph have in common. */
export interface OperationSurroundings {
  readonly graph: GraphName;
  readonly schema: GraphQLSchema;
  readonly planner: Planner;
  readonly reference: ReferenceExecutor;
  readonly sources: Readonly<Record<SubgraphName, SubgraphSource>>;
  readonly sharedReads: Readonly<Record<SubgraphName, SharedReads<RawAnswer>>>;
  readonly isOfType: TypeTest;
  readonly logger: Logger;
}

/** How long an operation may take with all its subgraph calls, in milliseconds. */
export const operationDeadlinesMs = { query: 5_000, mutation: 20_000 } as const;

/** Either a result, or null for an answer that cannot be trusted at all. */
type Run = (
  variables: Readonly<Record<string, unknown>>,
  context: CallContext,
) => Promise<{ readonly data: string | null; readonly faults: readonly ExecutionFault[] } | null>;

/** Compiled where that can be done. */
export function prepareOperation(planned: PlannedOperation, surroundings: OperationSurroundings): ExecutableOperation {
  const run = compileOrNull(planned, surroundings);
  return run === null ? prepareUncompiled(planned, surroundings) : executable('compiled', run, planned, surroundings);
}

/** Left to @apollo/gateway's executor. */
export const prepareUncompiled = (planned: PlannedOperation, surroundings: OperationSurroundings): ExecutableOperation =>
  executable('fallback', runByReference(planned, surroundings), planned, surroundings);

function executable(
  mode: ExecutableOperation['mode'],
  run: Run,
  { document, operation }: PlannedOperation,
  { graph, logger }: OperationSurroundings,
): ExecutableOperation {
  const conditions = conditionVariables(document, operation);
  const deadlineMs = operationDeadlinesMs[operation.operation === OperationTypeNode.MUTATION ? 'mutation' : 'query'];
  return {
    mode,
    async execute(variables, { actor, requestId }) {
      // Allowed for a variable with a default (https://spec.graphql.org/October2021/#sec-All-Variable-Usages-are-Allowed), and no answer to whether.
      const undecided = conditions.find((name) => typeof variables[name] !== 'boolean');
      if (undecided !== undefined) {
        const fault = publicFault(
          'BAD_USER_INPUT',
          `Variable "$${undecided}" decides what is left out: it must be true or false.`,
          requestId,
        );
        return { body: JSON.stringify({ data: null, errors: [fault] }), executed: true };
      }
      countExecution(graph, mode);
      let result: Awaited<ReturnType<Run>>;
      try {
        result = await run(variables, { actor, requestId, endsAtMs: performance.now() + deadlineMs });
      } catch (error) {
        logger.error({ err: error, requestId, graph }, 'operation could not be planned or executed');
        result = null;
      }
      if (result === null)
        return { body: JSON.stringify({ errors: [publicFault('INTERNAL', internalMessage, requestId)] }), executed: false };
      const { data, faults } = result;
      for (const fault of faults) logFault(fault, { requestId, graph, logger });
      const shown = faults.map((fault) => maskExecutionFault(fault, requestId));
      if (data === null && shown.length === 0) shown.push(publicFault('INTERNAL', internalMessage, requestId));
      const errors = shown.length === 0 ? '' : `,"errors":${JSON.stringify(shown)}`;
      return { body: `{"data":${data ?? 'null'}${errors}}`, executed: true };
    },
  };
}

/** Failures of ours: what the client is told of them is not enough to find them. */
function logFault(fault: ExecutionFault, { requestId, graph, logger }: { requestId: string; graph: GraphName; logger: Logger }): void {
  if (maskExecutionFault(fault, requestId).extensions.code !== 'INTERNAL') return;
  const { serviceName, code } = fault.extensions ?? {};
  logger.error({ requestId, graph, service: serviceName, code, path: fault.path, message: fault.message }, 'operation met an error');
}

function compileOrNull(planned: PlannedOperation, surroundings: OperationSurroundings): Run | null {
  const { graph, logger } = surroundings;
  const { operation } = planned;
  try {
    return compileRun(planned, surroundings);
  } catch (error) {
    const why = error instanceof Uncompilable ? { why: error.message } : { err: error };
    logger.warn({ graph, operation: operation.name?.value, ...why }, "operation is left to @apollo/gateway's executor");
    return null;
  }
}

function compileRun({ document, operation, plan: made }: PlannedOperation, surroundings: OperationSurroundings): Run {
  const { schema, planner, sources, sharedReads, isOfType } = surroundings;
  const rootType = schema.getRootType(operation.operation);
  if (rootType === undefined || rootType === null) throw new Error(`The graph has no ${operation.operation} operations`);
  const conditions = conditionVariables(document, operation);
  checkCompilable(document, operation, conditions);
  const plan = made === undefined ? planner.plan(document, operation.name?.value) : made;
  const step: Step | null = plan === null ? null : compilePlan(plan, { isOfType, isService });
  const isMutation = operation.operation === OperationTypeNode.MUTATION;

  const writerFor = createWriterChoice(conditions, (chosen) =>
    compileResponseWriter(schema, createSelectionCollector(schema, document, chosen), { set: operation.selectionSet, declared: rootType }),
  );

  return async (variables, context) => {
    const write = writerFor(variables);
    const reader = actorText(context.actor);
    const execution: Execution = {
      variables,
      data: {},
      faults: [],
      async ask({ service, kind, body }) {
        const source = sources[service];
        const send = () => source.send(kind, body, context);
        const endsAtMs = Math.min(context.endsAtMs, performance.now() + callDeadlinesMs.query);
        const answer = await (isMutation ? send() : sharedReads[service].join({ reader, text: body, endsAtMs }, send));
        return readAnswer(answer);
      },
    };
    if (isMutation) forget(sharedReads, reader);
    if (step !== null) await step(execution);
    if (isMutation) forget(sharedReads, reader);
    return { data: write(execution.data), faults: execution.faults };
  };
}

const isService = (name: string): name is SubgraphName => subgraphNames.some((known) => known === name);

/** Before a mutation and after it: a read that began earlier may not show what it did. */
function forget(sharedReads: OperationSurroundings['sharedReads'], reader: string): void {
  for (const name of subgraphNames) sharedReads[name].forget(reader);
}

function runByReference(planned: PlannedOperation, { graph, sharedReads, reference, logger }: OperationSurroundings): Run {
  const isMutation = planned.operation.operation === OperationTypeNode.MUTATION;
  return async (variables, context) => {
    const reader = actorText(context.actor);
    if (isMutation) forget(sharedReads, reader);
    const { data, errors } = await reference.execute(planned, variables, context);
    if (isMutation) forget(sharedReads, reader);
    if (data === undefined) {
      for (const fault of errors) logFault(fault, { requestId: context.requestId, graph, logger });
      return null;
    }
    return { data: data === null ? null : JSON.stringify(data), faults: errors };
  };
}
