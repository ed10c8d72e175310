/** Graphs whose operations say what they were prepared with, and notice when they are executed after their graph was closed. */
import { buildSchema, type GraphQLSchema } from 'graphql';
import type { GraphName } from '../../src/graphs.ts';
import type { GraphFiles } from '../../src/operations/live-graphs.ts';
import type { PreparingGraph } from '../../src/operations/safelisted-operation.ts';

export interface TestExecutable {
  /** @returns the number of the graph that it was prepared by */
  execute(): Promise<number>;
}

export interface TestGraph extends PreparingGraph<TestExecutable> {
  readonly number: number;
  readonly isClosed: () => boolean;
}

export interface TestGraphs {
  readonly build: (name: GraphName, files: GraphFiles) => Promise<TestGraph>;
  /** Every graph that was built, in order. */
  readonly built: TestGraph[];
  /** Names of operations in the order in which they were prepared. */
  readonly prepared: string[];
}

/** @param options.execute what an operation waits for before it answers */
export function createTestGraphs(options: { readonly execute?: () => Promise<void> } = {}): TestGraphs {
  const built: TestGraph[] = [];
  const prepared: string[] = [];
  return {
    built,
    prepared,
    async build(name, { supergraphSdl }) {
      const schema: GraphQLSchema = buildSchema(supergraphSdl);
      const number = built.length;
      let closed = false;
      const graph: TestGraph = {
        name,
        schema,
        number,
        isClosed: () => closed,
        prepare({ source, operation }) {
          if (source.includes('unplannable')) throw new Error('there is no way to it');
          prepared.push(operation.name?.value ?? '');
          return {
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
