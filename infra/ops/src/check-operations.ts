/** `ops operations check`: which operations a schema would break, for which apps, and how much they are used. */
import { readBuiltInOperations } from '@vitrine/gateway/operations/built-in-operations';
import { checkOperation } from '@vitrine/gateway/operations/operation-check';
import { shapeBreaks, shapeOf } from '@vitrine/gateway/operations/operation-shape';
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
  /** Whether it is one of the gateway's own files only, which nobody published. */
  readonly isOwnFile: boolean;
  /** App versions that the schema breaks; of an own file those that used it, `unknown` for callers that do not say. */
  readonly apps: readonly AppUse[];
  readonly reasons: readonly string[];
}

/** An operation that was used, and is neither published nor among the gateway's files: there is no text to check. */
export interface UncheckedOperation {
  readonly graph: GraphName;
  readonly id: string;
  readonly apps: readonly AppUse[];
}

export interface OperationsCheck {
  readonly checked: number;
  readonly broken: readonly BrokenOperation[];
  readonly unchecked: readonly UncheckedOperation[];
}

const isOf =
  (graph: GraphName, id: string) =>
  (each: { readonly graph: GraphName; readonly operationId: string }): boolean =>
    each.graph === graph && each.operationId === id;
const named = ({ platform, version }: AppVersion): string => `${platform} ${version}`;
const counted = ({ platform, version }: AppVersion): string => named({ platform, version: countedVersion(version) });

const appUse = ({ platform, version, uses }: UseTotal): AppUse => ({ platform, version, uses });

/**
 * Holds every published operation, and those among the gateway's files, against the graphs.
 * @param served the graphs that the gateway's files were written for
 */
export async function checkOperations(
  stored: PublishedOperations,
  graphs: OperationGraphs,
  served: OperationGraphs,
): Promise<OperationsCheck> {
  const broken: BrokenOperation[] = [];
  const unchecked: UncheckedOperation[] = [];
  let checked = 0;
  for (const graph of graphNames) {
    const planner = await graphs(graph);
    const published = stored.operations.filter((operation) => operation.graph === graph);
    const ids = new Set(published.map(({ id }) => id));
    const files = (await readBuiltInOperations()).filter((operation) => operation.graph === graph && !ids.has(operation.id));
    const servedSchema = (await served(graph)).publicSchema();
    for (const { id, name, body, apps } of [...published, ...files]) {
      const isOwnFile = !ids.has(id);
      checked += 1;
      const uses = stored.uses.filter(isOf(graph, id));
      const useOf = (app: AppVersion): AppUse => ({
        platform: app.platform,
        version: app.version,
        uses: uses.filter((use) => counted(use) === counted(app)).reduce((sum, use) => sum + use.uses, 0),
      });
      const check = tryOperation(planner, body);
      if (check.kind === 'unfit') {
        broken.push({ graph, id, name, isOwnFile, apps: isOwnFile ? uses.map(appUse) : apps.map(useOf), reasons: check.reasons });
        continue;
      }
      if (isOwnFile) {
        const before = checkOperation(body, servedSchema);
        const breaks = before.kind === 'fits' ? shapeBreaks(shapeOf(servedSchema, before.document), planner.publicSchema()) : [];
        if (breaks.length > 0) broken.push({ graph, id, name, isOwnFile, apps: uses.map(appUse), reasons: breaks });
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
      if (affected.length > 0) broken.push({ graph, id, name, isOwnFile, apps: affected, reasons: [...reasons] });
    }
    const known = new Set([...ids, ...files.map(({ id }) => id)]);
    const usesOfGraph = stored.uses.filter((use) => use.graph === graph && !known.has(use.operationId));
    for (const [id, uses] of Map.groupBy(usesOfGraph, ({ operationId }) => operationId))
      unchecked.push({ graph, id, apps: uses.map(appUse) });
  }
  return { checked, broken, unchecked };
}

/** For people: each broken operation with its apps and reasons, and what could not be checked. */
export function describeCheck({ checked, broken, unchecked }: OperationsCheck, days: number): string {
  const usesOf = (apps: readonly AppUse[]): readonly string[] =>
    apps.map((app) => {
      const who = app.platform === 'unknown' ? `${app.version} app` : named(app);
      return `  ${who}: used ${app.uses} ${app.uses === 1 ? 'time' : 'times'} in the last ${days} days`;
    });
  const lines = broken.flatMap(({ graph, id, name, isOwnFile, apps, reasons }) => [
    `${graph} ${name} (${id.slice(0, 12)})`,
    ...(isOwnFile ? ["  among the gateway's own files"] : []),
    ...usesOf(apps),
    ...reasons.map((reason) => `  - ${reason}`),
  ]);
  if (lines.length === 0) lines.push(`All ${checked} operations can go on as they are.`);
  if (unchecked.length > 0) lines.push("Not checked, for they are neither published any more nor among the gateway's files:");
  lines.push(...unchecked.flatMap(({ graph, id, apps }) => [`${graph} (${id.slice(0, 12)})`, ...usesOf(apps)]));
  return lines.join('\n');
}
