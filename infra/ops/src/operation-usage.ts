/** `ops operations usage`: how often each operation was used by which app version, and what it uses that is deprecated. */
import { readBuiltInOperations } from '@vitrine/gateway/operations/built-in-operations';
import { checkOperation, deprecationsOf } from '@vitrine/gateway/operations/operation-check';
import type { StoredOperation, UseTotal } from '@vitrine/gateway/operations/operation-store';
import type { GraphName } from './compose.ts';
import type { OperationGraphs } from './operation-graphs.ts';

export interface OperationUsage {
  readonly graph: GraphName;
  readonly id: string;
  /** Null for an operation that is neither published nor among the gateway's files any more. */
  readonly name: string | null;
  /** What it uses that is deprecated, a sentence for each. */
  readonly deprecated: readonly string[];
  /** By app version, the most used first; `unknown` for callers that do not say. */
  readonly apps: readonly Pick<UseTotal, 'platform' | 'version' | 'uses' | 'failures' | 'lastDay'>[];
}

export async function describeUses(
  uses: readonly UseTotal[],
  operations: readonly StoredOperation[],
  graphs: OperationGraphs,
): Promise<readonly OperationUsage[]> {
  const known = new Map([...(await readBuiltInOperations()), ...operations].map((each) => [`${each.graph} ${each.id}`, each]));
  const usage: OperationUsage[] = [];
  for (const key of new Set([...uses.map(({ graph, operationId }) => `${graph} ${operationId}`), ...known.keys()])) {
    const own = uses.filter(({ graph, operationId }) => `${graph} ${operationId}` === key);
    const operation = known.get(key);
    const graph = operation?.graph ?? own[0]?.graph;
    const id = operation?.id ?? own[0]?.operationId;
    if (graph === undefined || id === undefined) continue;
    usage.push({
      graph,
      id,
      name: operation?.name ?? null,
      deprecated: operation === undefined ? [] : await deprecationsIn(operation.body, graph, graphs),
      apps: own
        .map(({ platform, version, uses: times, failures, lastDay }) => ({ platform, version, uses: times, failures, lastDay }))
        .toSorted((one, other) => other.uses - one.uses),
    });
  }
  return usage;
}

async function deprecationsIn(body: string, graph: GraphName, graphs: OperationGraphs): Promise<readonly string[]> {
  const schema = (await graphs(graph)).publicSchema();
  const check = checkOperation(body, schema);
  return check.kind === 'fits' ? deprecationsOf(schema, check.document) : [];
}

/** For people: a line for each app version of each operation. */
export function usageLines(usage: readonly OperationUsage[]): string {
  const lines = usage.flatMap(({ graph, id, name, deprecated, apps }) => [
    `${graph} ${name ?? 'not published any more'} (${id.slice(0, 12)})${apps.length === 0 ? ': not used' : ''}`,
    ...apps.map(
      ({ platform, version, uses, failures, lastDay }) =>
        `  ${platform === 'unknown' ? `${version} app` : `${platform} ${version}`}: ${uses}, ${failures} failed, last on ${lastDay}`,
    ),
    ...deprecated.map((sentence) => `  deprecated: ${sentence}`),
  ]);
  return lines.length === 0 ? 'There are no operations.' : lines.join('\n');
}
