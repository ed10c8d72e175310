/** `ops operations check`: which published operations a schema would break, for which apps, and how much they are used. */
import { readBuiltInOperations } from '@vitrine/gateway/operations/built-in-operations';
import { shapeBreaks } from '@vitrine/gateway/operations/operation-shape';
import type { AppVersion, Publication, StoredOperation, UseTotal } from '@vitrine/gateway/operations/operation-store';
import { countedVersion } from '@vitrine/gateway/operations/operation-uses';
import { graphNames, type GraphName } from './compose.ts';
import { tryOperation, type OperationGraphs } from './operation-graphs.ts';

/** What is published and in force, and how often it was used lately. */
export interface PublishedOperations {
  readonly operations: readonly StoredOperation[];
  readonly publications: readonly Publication[];
  readonly uses: readonly UseTotal[];
}

export interface AppUse extends AppVersion {
  /** In the last days that were asked for. */
  readonly uses: number;
}

export interface BrokenOperation {
  readonly graph: GraphName;
  readonly id: string;
  readonly name: string;
  /** App versions that the schema breaks; none for an operation of the gateway's own files. */
  readonly apps: readonly AppUse[];
  readonly reasons: readonly string[];
}

export interface OperationsCheck {
  readonly checked: number;
  readonly broken: readonly BrokenOperation[];
}

const isOf =
  (graph: GraphName, id: string) =>
  (each: { readonly graph: GraphName; readonly operationId: string }): boolean =>
    each.graph === graph && each.operationId === id;
const named = ({ platform, version }: AppVersion): string => `${platform} ${version}`;
const counted = ({ platform, version }: AppVersion): string => named({ platform, version: countedVersion(version) });

/** Holds every published operation, and those among the gateway's files, against the graphs. */
export async function checkOperations(stored: PublishedOperations, graphs: OperationGraphs): Promise<OperationsCheck> {
  const broken: BrokenOperation[] = [];
  let checked = 0;
  for (const graph of graphNames) {
    const planner = await graphs(graph);
    const published = stored.operations.filter((operation) => operation.graph === graph);
    const ids = new Set(published.map(({ id }) => id));
    const files = (await readBuiltInOperations()).filter((operation) => operation.graph === graph && !ids.has(operation.id));
    for (const { id, name, body, apps } of [...published, ...files]) {
      checked += 1;
      const uses = stored.uses.filter(isOf(graph, id));
      const useOf = (app: AppVersion): AppUse => ({
        platform: app.platform,
        version: app.version,
        uses: uses.filter((use) => counted(use) === counted(app)).reduce((sum, use) => sum + use.uses, 0),
      });
      const check = tryOperation(planner, body);
      if (check.kind === 'unfit') {
        broken.push({ graph, id, name, apps: apps.map(useOf), reasons: check.reasons });
        continue;
      }
      // Each app by the schema that it was built with.
      const reasons = new Set<string>();
      const affected: AppUse[] = [];
      for (const publication of stored.publications.filter(isOf(graph, id))) {
        const breaks = shapeBreaks(publication.shape, planner.publicSchema());
        if (breaks.length > 0) affected.push(useOf(publication));
        for (const reason of breaks) reasons.add(reason);
      }
      if (affected.length > 0) broken.push({ graph, id, name, apps: affected, reasons: [...reasons] });
    }
  }
  return { checked, broken };
}

/** For people: each broken operation with its apps and reasons. */
export function describeCheck({ checked, broken }: OperationsCheck, days: number): string {
  if (broken.length === 0) return `All ${checked} operations can go on as they are.`;
  const lines = broken.flatMap(({ graph, id, name, apps, reasons }) => [
    `${graph} ${name} (${id.slice(0, 12)})`,
    ...(apps.length === 0 ? ["  among the gateway's own files"] : []),
    ...apps.map((app) => `  ${named(app)}: used ${app.uses} ${app.uses === 1 ? 'time' : 'times'} in the last ${days} days`),
    ...reasons.map((reason) => `  - ${reason}`),
  ]);
  return lines.join('\n');
}
