/**
 * Compiled operations answer what @apollo/gateway's executor answers: thousands of made-up operations over the three
 * supergraphs, asked of subgraphs that fail in every way that a subgraph can. `EXECUTION_CASES` is how many operations for
 * each graph, `EXECUTION_SEED` repeats a run.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { getOperationAST, getVariableValues, parse, validate } from 'graphql';
import { pino } from 'pino';
import { prepareOperation, prepareUncompiled, type OperationSurroundings } from '../src/execution/executable-operation.ts';
import { createReferenceExecutor, type PlannedOperation, type ReferenceExecutor } from '../src/execution/reference-executor.ts';
import { createPlanner } from '../src/execution/query-plans.ts';
import { createSharedReads } from '../src/execution/shared-reads.ts';
import { createTypeTest } from '../src/execution/type-tests.ts';
import { openSupergraphFolder } from '../src/operations/supergraph-folder.ts';
import { graphNames, subgraphNames, type GraphName, type SubgraphName } from '../src/graphs.ts';
import type { RawAnswer } from '../src/subgraph-answer.ts';
import type { SubgraphSource } from '../src/subgraph-source.ts';
import { operationOver } from './support/generated-operations.ts';
import { RandomSubgraph, type Misbehaviour } from './support/random-subgraphs.ts';

const cases = Number(process.env['EXECUTION_CASES'] ?? 100);
const seed = Number(process.env['EXECUTION_SEED'] ?? 20_261_123);

const caller = { actor: { role: 'service' }, requestId: 'equivalence' } as const;
const logger = pino({ level: 'silent' });

const wellBehaved: Misbehaviour = {
  nullWhereAllowed: 0.05,
  nullWhereNotAllowed: 0,
  wrongValue: 0,
  wrongShape: 0,
  missing: 0,
  error: 0,
  noAnswer: 0,
};
/** From what services do every day to what they never should. */
const behaviours: readonly Misbehaviour[] = [
  wellBehaved,
  { ...wellBehaved, nullWhereAllowed: 0.2, error: 0.05 },
  { ...wellBehaved, nullWhereAllowed: 0.15, nullWhereNotAllowed: 0.03 },
  { ...wellBehaved, nullWhereAllowed: 0.1, nullWhereNotAllowed: 0.01, error: 0.03, wrongValue: 0.03 },
  { ...wellBehaved, nullWhereAllowed: 0.1, noAnswer: 0.3, error: 0.03, missing: 0.02 },
  { ...wellBehaved, nullWhereAllowed: 0.1, wrongShape: 0.004, error: 0.02 },
  { ...wellBehaved, nullWhereAllowed: 0.1, error: 0.02 },
];

/** Answers by subgraphs that can be changed between runs. */
function changeableSources(onSend: () => void): {
  readonly sources: Record<SubgraphName, SubgraphSource>;
  readonly use: (name: SubgraphName, source: SubgraphSource) => void;
} {
  const current = new Map<SubgraphName, SubgraphSource>();
  const sourceOf = (name: SubgraphName): SubgraphSource => {
    const now = (): SubgraphSource => {
      const source = current.get(name);
      if (source === undefined) throw new Error(`${name} does not answer yet`);
      return source;
    };
    return {
      send: (kind, body, context) => {
        onSend();
        return now().send(kind, body, context);
      },
      process: (options) => now().process(options),
      close: async () => undefined,
    };
  };
  const sources = {
    timeline: sourceOf('timeline'),
    catalog: sourceOf('catalog'),
    checkout: sourceOf('checkout'),
    'payment-vault': sourceOf('payment-vault'),
    'seller-eligibility': sourceOf('seller-eligibility'),
  };
  return { sources, use: (name, source) => void current.set(name, source) };
}

/**
 * A response in an order of its own: keys sorted, errors sorted. The same error twice is one: the executor asks twice for
 * entities that are equal, and is told twice of an error that names none of them.
 */
function inOrder(body: string): string {
  const sort = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sort);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
        .map(([key, inner]) => [key, sort(inner)]),
    );
  };
  const response = JSON.parse(body) as { readonly errors?: readonly unknown[] };
  const errors =
    response.errors === undefined ? undefined : [...new Set(response.errors.map((error) => JSON.stringify(sort(error))))].toSorted();
  return JSON.stringify(sort({ ...response, ...(errors === undefined ? {} : { errors }) }));
}

describe.each(graphNames)('%s', (graph: GraphName) => {
  const { sources, use } = changeableSources(() => {
    counts.requestsToSubgraphs += 1;
  });
  let surroundings: OperationSurroundings;
  let reference: ReferenceExecutor;
  const counts = { operations: 0, compiled: 0, requestsToSubgraphs: 0, executions: 0, withErrors: 0, notExecuted: 0 };

  beforeAll(async () => {
    const supergraphSdl = (await openSupergraphFolder().read(graph)).supergraphSdl;
    const planner = createPlanner(supergraphSdl);
    reference = createReferenceExecutor({ supergraphSdl, sourceOf: (name) => sources[name as SubgraphName], logger });
    surroundings = {
      graph,
      schema: planner.publicSchema(),
      planner,
      reference,
      sources,
      sharedReads: {
        timeline: createSharedReads<RawAnswer>(),
        catalog: createSharedReads<RawAnswer>(),
        checkout: createSharedReads<RawAnswer>(),
        'payment-vault': createSharedReads<RawAnswer>(),
        'seller-eligibility': createSharedReads<RawAnswer>(),
      },
      isOfType: createTypeTest(supergraphSdl),
      logger,
    };
  });
  afterAll(async () => {
    await reference?.close();
    process.stderr.write(`${graph}: seed ${seed}, ${JSON.stringify(counts)}\n`);
  });

  test('made-up operations are answered alike, whatever the subgraphs answer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.gen(), fc.nat({ max: 1_000_000 }), async (choices, world) => {
        const { source, variables } = operationOver(surroundings.schema, choices);
        const document = parse(source, { noLocation: true });
        fc.pre(validate(surroundings.schema, document).length === 0);
        const operation = getOperationAST(document);
        if (operation === null || operation === undefined) throw new Error('no operation');
        const { coerced, errors } = getVariableValues(surroundings.schema, operation.variableDefinitions ?? [], variables);
        if (coerced === undefined) throw new Error(`variables do not fit: ${errors?.[0]?.message}`);
        const planned: PlannedOperation = { source, document, operation };
        const compiled = prepareOperation(planned, surroundings);
        const uncompiled = prepareUncompiled(planned, surroundings);
        counts.operations += 1;
        if (compiled.mode === 'compiled') counts.compiled += 1;
        else return;
        for (const [run, odds] of behaviours.entries()) {
          for (const name of subgraphNames) use(name, new RandomSubgraph(name, `${world} ${run}`, odds).source);
          // The last time one of them is away.
          const away = subgraphNames[world % subgraphNames.length];
          if (run === behaviours.length - 1 && away !== undefined)
            use(away, new RandomSubgraph(away, '', { ...wellBehaved, noAnswer: 1 }).source);
          const expected = await uncompiled.execute(coerced, caller);
          const given = await compiled.execute(coerced, caller);
          counts.executions += 1;
          if (expected.body.includes('"errors":')) counts.withErrors += 1;
          if (!expected.executed) counts.notExecuted += 1;
          expect({ run, source, executed: given.executed, body: inOrder(given.body) }).toEqual({
            run,
            source,
            executed: expected.executed,
            body: inOrder(expected.body),
          });
        }
      }),
      { numRuns: cases, seed, endOnFailure: true },
    );
    expect(counts.compiled).toBe(counts.operations);
  }, 3_600_000);
});
