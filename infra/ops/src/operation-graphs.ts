/** The graphs that `ops operations` holds operations against: those of this checkout, or of a folder of supergraphs. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createPlanner, type Planner, type SupergraphPlanner } from '@vitrine/gateway/execution/query-plans';
import { checkOperation, type OperationCheck } from '@vitrine/gateway/operations/operation-check';
import { composeGraph, type GraphName } from './compose.ts';
import { CommandError } from './command.ts';

/** The graphs, each read when it is first asked for. */
export type OperationGraphs = (graph: GraphName) => Promise<SupergraphPlanner>;

/** The folder with the supergraphs that the gateway of this checkout serves. */
export const committedSupergraphs = fileURLToPath(new URL('../../../gateway/supergraphs/generated', import.meta.url));

/** @param folder with `<graph>.supergraph.graphql` files; the schemas of this checkout as they are now when it is undefined */
export function openOperationGraphs(folder: string | undefined): OperationGraphs {
  const opened = new Map<GraphName, Promise<SupergraphPlanner>>();
  const open = async (graph: GraphName): Promise<SupergraphPlanner> => {
    const planner = createPlanner(folder === undefined ? compose(graph) : await readSupergraph(folder, graph));
    // Read now, so that what is wrong with it is told of the file.
    planner.publicSchema();
    return planner;
  };
  return (graph) => {
    const known = opened.get(graph) ?? open(graph);
    opened.set(graph, known);
    return known;
  };
}

function compose(graph: GraphName): string {
  try {
    return composeGraph(graph).supergraphSdl;
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error));
  }
}

async function readSupergraph(folder: string, graph: GraphName): Promise<string> {
  const file = path.join(folder, `${graph}.supergraph.graphql`);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CommandError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Whether a graph can serve an operation: that it fits the schema, and that there is a plan for it, which comes along. */
export function tryOperation(
  planner: SupergraphPlanner,
  body: string,
):
  | (Extract<OperationCheck, { readonly kind: 'fits' }> & { readonly plan: ReturnType<Planner['plan']> })
  | Extract<OperationCheck, { readonly kind: 'unfit' }> {
  const check = checkOperation(body, planner.publicSchema());
  if (check.kind === 'unfit') return check;
  try {
    return { ...check, plan: planner.plan(check.document, check.name) };
  } catch (error) {
    return { kind: 'unfit', reasons: [`It cannot be planned: ${error instanceof Error ? error.message : String(error)}`] };
  }
}
