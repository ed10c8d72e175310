/** `ops operations publish`: an app build's manifest, checked against its graph and stored with its plans, all of it or nothing. */
import { deprecationsOf } from '@vitrine/gateway/operations/operation-check';
import { keptPlanDays, operationPlan } from '@vitrine/gateway/operations/kept-plans';
import { parseManifest, type ManifestOperation } from '@vitrine/gateway/operations/manifest';
import { shapeOf, type OperationShape } from '@vitrine/gateway/operations/operation-shape';
import type { AppVersion, OperationStore } from '@vitrine/gateway/operations/operation-store';
import type { OperationPlan, PlanStore } from '@vitrine/gateway/operations/plan-store';
import type { GraphName } from './compose.ts';
import { CommandError } from './command.ts';
import { tryOperation, type OperationGraphs } from './operation-graphs.ts';

export interface Published {
  readonly app: AppVersion;
  readonly graph: GraphName;
  readonly operations: number;
  /** Those that no app had before. */
  readonly newOperations: number;
  /** Those that this app version had not before. */
  readonly newForApp: number;
  /** Operations that use what is deprecated. */
  readonly deprecated: readonly { readonly name: string; readonly uses: readonly string[] }[];
}

/** @throws CommandError that names every operation which cannot be published, and why; nothing is stored then */
export async function publishOperations(
  stores: { readonly operations: OperationStore; readonly plans: PlanStore },
  graphs: OperationGraphs,
  publication: { readonly manifest: string; readonly app: AppVersion; readonly graph: GraphName },
): Promise<Published> {
  const { app, graph } = publication;
  const manifest = parseManifest(publication.manifest);
  if (manifest.kind === 'faulty') throw refusal('The manifest cannot be published', manifest.faults);
  const planner = await graphs(graph);
  const schema = planner.publicSchema();
  const accepted: (ManifestOperation & { readonly shape: OperationShape })[] = [];
  const deprecated: { readonly name: string; readonly uses: readonly string[] }[] = [];
  const plans: OperationPlan[] = [];
  const faults: string[] = [];
  for (const operation of manifest.operations) {
    const check = tryOperation(planner, operation.body);
    if (check.kind === 'unfit') {
      faults.push(...check.reasons.map((reason) => `${operation.name}: ${reason}`));
      continue;
    }
    accepted.push({ ...operation, shape: shapeOf(schema, check.document) });
    plans.push(operationPlan({ id: operation.id, source: operation.body }, check.plan));
    const uses = deprecationsOf(schema, check.document);
    if (uses.length > 0) deprecated.push({ name: operation.name, uses });
  }
  if (faults.length > 0) throw refusal(`The manifest does not fit the ${graph} graph`, faults);
  const result = await stores.operations.publish(graph, app, accepted, { planningHash: planner.planningHash, plans });
  if (result.kind === 'other-text') {
    const nameOf = (id: string): string => accepted.find((operation) => operation.id === id)?.name ?? id;
    throw refusal(
      'Ids of the manifest are taken',
      result.ids.map(
        (id) => `${nameOf(id)}: its id ${id} was published with another text. An id keeps its text for ever; give this one a new id.`,
      ),
    );
  }
  await stores.plans.prune(keptPlanDays);
  const { newOperations, newPublications } = result;
  return { app, graph, operations: accepted.length, newOperations, newForApp: newPublications, deprecated };
}

const refusal = (what: string, faults: readonly string[]): CommandError =>
  new CommandError(`${what}; nothing was stored.\n${faults.map((fault) => `- ${fault}`).join('\n')}`);
