/**
 * Graphs whose operations say what they were prepared with, and notice when they are executed after their graph was closed.
 * Their planner, which is counted, says of each plan by which supergraph it was made.
 */
import type { PlanNode } from '@apollo/query-planner';
import { buildSchema, OperationTypeNode, print, type DocumentNode, type GraphQLSchema } from 'graphql';
import type { GraphName } from '../../src/graphs.ts';
import type { KeptPlans } from '../../src/operations/kept-plans.ts';
import type { GraphFiles } from '../../src/operations/live-graphs.ts';
import { operationIdOf } from '../../src/operations/manifest.ts';
import type { PreparingGraph } from '../../src/operations/safelisted-operation.ts';

export interface TestExecutable {
  /** @returns the number of the graph that it was prepared by */
  execute(): Promise<number>;
  readonly plan: PlanNode | null;
}

export interface TestGraph extends PreparingGraph<TestExecutable> {
  readonly number: number;
  readonly isClosed: () => boolean;
}

/** Nobody leaves a plan to anybody. */
export const noKeptPlans: Pick<KeptPlans, 'find' | 'keep'> = { find: async () => new Map(), keep: () => undefined };

export interface TestGraphs {
  readonly build: (name: GraphName, files: GraphFiles) => Promise<TestGraph>;
  /** Every graph that was built, in order. */
  readonly built: TestGraph[];
  /** Names of operations in the order in which they were prepared. */
  readonly prepared: string[];
  /** Names of operations in the order in which the planner planned them. */
  readonly planned: string[];
}

const isUnplannable = (document: DocumentNode): boolean => print(document).includes('unplannable');

/** The plan that such a graph makes. */
export const testPlan = (supergraphSdl: string, operationName: string): PlanNode => ({
  kind: 'Fetch',
  serviceName: 'catalog',
  variableUsages: [],
  operation: `${operationName} by ${operationIdOf(supergraphSdl)}`,
  operationName,
  operationKind: OperationTypeNode.QUERY,
});

/**
 * @param options.execute what an operation waits for before it answers
 * @param options.hasPlans whether plans came with the supergraph, of everything that can be planned; true unless told
 */
export function createTestGraphs(options: { readonly execute?: () => Promise<void>; readonly hasPlans?: boolean } = {}): TestGraphs {
  const built: TestGraph[] = [];
  const prepared: string[] = [];
  const planned: string[] = [];
  return {
    built,
    prepared,
    planned,
    async build(name, { supergraphSdl }) {
      const schema: GraphQLSchema = buildSchema(supergraphSdl);
      const number = built.length;
      let closed = false;
      const graph: TestGraph = {
        name,
        schema,
        number,
        isClosed: () => closed,
        plans: {
          planningHash: operationIdOf(supergraphSdl),
          known(document, name = '') {
            if (options.hasPlans === false || isUnplannable(document)) return undefined;
            return testPlan(supergraphSdl, name);
          },
          plan(document, name = '') {
            planned.push(name);
            if (isUnplannable(document)) throw new Error('there is no way to it');
            return testPlan(supergraphSdl, name);
          },
        },
        prepare({ operation, plan }) {
          prepared.push(operation.name?.value ?? '');
          return {
            plan,
            async execute() {
              if (closed) throw new Error('executed on a closed graph');
              await options.execute?.();
              if (closed) throw new Error('the graph was closed while the operation was under way');
              return number;
            },
          };
        },
        async close() {
          closed = true;
        },
      };
      built.push(graph);
      return graph;
    },
  };
}
