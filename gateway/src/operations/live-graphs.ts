/**
 * The graphs as they are served now, each with its safelist. A new supergraph is built beside the one in use, with every
 * operation of the list, and takes its place at once; requests under way end on the graph that they began with. One that
 * would break an operation, or cannot be built, does not take its place.
 */
import { createHash } from 'node:crypto';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { PlanNode } from '@apollo/query-planner';
import type { Logger } from '@vitrine/runtime/telemetry';
import type { StoredPlans } from '../execution/query-plans.ts';
import { graphNames, type GraphName } from '../graphs.ts';
import type { KeptPlans } from './kept-plans.ts';
import { shapeBreaks, shapeOf } from './operation-shape.ts';
import {
  fitOperation,
  makeReady,
  type FittingOperation,
  type OperationFault,
  type PreparingGraph,
  type RegisteredOperation,
  type SafelistedOperation,
} from './safelisted-operation.ts';

/** What a graph is built from. */
export interface GraphFiles {
  readonly supergraphSdl: string;
  /** The schema that clients see, as it was composed with the supergraph; derived from that when it is not given. */
  readonly publicSdl?: string;
  /** Plans of operations that are known; worth nothing for another supergraph. */
  readonly plans?: StoredPlans;
}

/** A graph with its safelist; another object after each reload. */
export interface LiveGraph<Executable, Graph extends PreparingGraph<Executable>> {
  readonly graph: Graph;
  /** Those that are ready; others of the list may still be to be planned. */
  readonly operations: ReadonlyMap<string, SafelistedOperation<Executable>>;
}

export type ReloadOutcome =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'reloaded' }
  /** The graph before goes on. */
  | { readonly kind: 'refused'; readonly reason: string; readonly faults: readonly OperationFault[] };

export interface LiveGraphs<Executable, Graph extends PreparingGraph<Executable>> {
  current(name: GraphName): LiveGraph<Executable, Graph>;
  /** Runs `work` on the graph as it is now, which is not closed before `work` has ended. */
  run<Result>(name: GraphName, work: (live: LiveGraph<Executable, Graph>) => Promise<Result>): Promise<Result>;
  /**
   * An operation of the list as the graph is now. One that has no plan yet is planned at once, which takes up to 150 ms, and
   * the first time half a second; undefined for one that cannot be planned, and for one that is not in the list.
   */
  find(name: GraphName, id: string): SafelistedOperation<Executable> | undefined;
  /**
   * Serves exactly these operations from now on. Those without a plan are planned later.
   * @returns those that do not fit their graph; they are not served
   */
  setOperations(registered: readonly RegisteredOperation[]): Promise<readonly OperationFault[]>;
  /** From now on operations without a plan are planned one after the other, with at least half of the time left to whatever else there is to do. */
  startPlanning(): void;
  /** Reads the supergraphs again and serves those that are others than before, with every operation ready. */
  reload(): Promise<Readonly<Record<GraphName, ReloadOutcome>>>;
  /** Waits for what is under way, then closes every graph. */
  close(): Promise<void>;
}

interface Served<Executable, Graph extends PreparingGraph<Executable>> extends LiveGraph<Executable, Graph> {
  readonly operations: Map<string, SafelistedOperation<Executable>>;
  /** By id, those that are still to be planned. */
  readonly unplanned: Map<string, FittingOperation>;
  readonly sdlHash: string;
  /** Ids of operations that this graph cannot serve. */
  readonly unfit: Map<string, OperationFault>;
  underWay: number;
  /** Called when nothing is under way any more. */
  whenIdle: (() => void) | undefined;
}

/** @throws when one of the graphs cannot be built */
export async function createLiveGraphs<Executable, Graph extends PreparingGraph<Executable>>(options: {
  readonly read: (name: GraphName) => Promise<GraphFiles>;
  // The intersection lets both types be inferred.
  readonly build: (name: GraphName, files: GraphFiles) => Promise<Graph & PreparingGraph<Executable>>;
  /** Plans that processes leave to each other. */
  readonly keptPlans: Pick<KeptPlans, 'find' | 'keep'>;
  readonly logger: Logger;
}): Promise<LiveGraphs<Executable, Graph>> {
  const { read, build, keptPlans, logger } = options;
  type Serving = Served<Executable, Graph>;
  const hashOf = ({ supergraphSdl, publicSdl = '' }: GraphFiles): string =>
    createHash('sha256').update(`${supergraphSdl}\0${publicSdl}`).digest('hex');
  const serve = (graph: Graph, sdlHash: string): Serving => ({
    graph,
    sdlHash,
    operations: new Map(),
    unplanned: new Map(),
    unfit: new Map(),
    underWay: 0,
    whenIdle: undefined,
  });
  const first = async (name: GraphName): Promise<Serving> => {
    const files = await read(name);
    return serve(await build(name, files), hashOf(files));
  };
  const [buyer, partner, ops] = await Promise.all([first('buyer'), first('partner'), first('ops')]);
  const serving: Record<GraphName, Serving> = { buyer, partner, ops };
  /** What each graph has to serve, by id. */
  const registered: Record<GraphName, ReadonlyMap<string, RegisteredOperation>> = { buyer: new Map(), partner: new Map(), ops: new Map() };
  /** The answer for a supergraph that was refused, which holds until it or the list is another. */
  const refusals = new Map<GraphName, { readonly sdlHash: string; readonly outcome: ReloadOutcome }>();
  const closing = new Set<Promise<void>>();

  let isServing = false;

  // Changes of the list and of the graphs wait for each other: each sees the whole of what was before it.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(change: () => Promise<Result>): Promise<Result> => {
    const next = last.then(change, change);
    last = next.catch(() => undefined);
    return next;
  };

  /** A turn for whatever else there is to do; once requests are served at least half of the time is left to them. */
  const giveWay = async (beganAtMs: number): Promise<void> => {
    if (isServing) await pause(performance.now() - beganAtMs);
    else await nextTurn();
  };
  const planningOf = ({ graph }: Serving) => ({ graph: graph.name, planningHash: graph.plans.planningHash });
  /** @param plan undefined to have it made. @returns why the operation cannot be served, if so */
  const ready = (live: Serving, fitting: FittingOperation, plan: PlanNode | null | undefined): OperationFault | undefined => {
    live.unplanned.delete(fitting.id);
    const result = makeReady<Executable>(live.graph, fitting, plan);
    if (result.kind === 'unfit') {
      live.unfit.set(fitting.id, result.fault);
      return result.fault;
    }
    live.operations.set(fitting.id, result.operation);
    if (result.made !== undefined) keptPlans.keep(planningOf(live), fitting, result.made);
    return undefined;
  };
  /** Makes operations ready that have a plan. @returns the others */
  const add = async (live: Serving, wanted: Iterable<RegisteredOperation>): Promise<readonly FittingOperation[]> => {
    const unknown: FittingOperation[] = [];
    for (const each of wanted) {
      const beganAtMs = performance.now();
      const fit = fitOperation(live.graph, each);
      if (fit.kind === 'unfit') live.unfit.set(each.id, fit.fault);
      else {
        const plan = live.graph.plans.known(fit.operation.document, fit.operation.name);
        if (plan === undefined) unknown.push(fit.operation);
        else ready(live, fit.operation, plan);
      }
      await giveWay(beganAtMs);
    }
    const kept = await keptPlans.find(planningOf(live), unknown);
    const unplanned: FittingOperation[] = [];
    for (const each of unknown) {
      const beganAtMs = performance.now();
      const plan = kept.get(each.id);
      if (plan === undefined) unplanned.push(each);
      else {
        ready(live, each, plan);
        await giveWay(beganAtMs);
      }
    }
    return unplanned;
  };

  const planNow = (live: Serving, fitting: FittingOperation): void => {
    const fault = ready(live, fitting, undefined);
    if (fault !== undefined)
      logger.error({ operations: [describeFault(fault)] }, 'an operation of the safelist cannot be planned and is not served');
  };
  let mayPlan = false;
  let planning: Promise<void> | undefined;
  const nextUnplanned = (): (() => void) | undefined => {
    for (const name of graphNames) {
      const live = serving[name];
      const [fitting] = live.unplanned.values();
      if (fitting !== undefined) return () => planNow(live, fitting);
    }
    return undefined;
  };
  const planAll = async (): Promise<void> => {
    // A turn first: nothing of it is part of what has asked for it.
    await nextTurn();
    for (let plan = nextUnplanned(); mayPlan && plan !== undefined; plan = nextUnplanned()) {
      const beganAtMs = performance.now();
      plan();
      await pause(performance.now() - beganAtMs);
    }
    planning = undefined;
  };
  const planRest = (): void => {
    if (mayPlan) planning ??= planAll();
  };
  const closeWhenIdle = (old: Serving): void => {
    const closed = (async () => {
      if (old.underWay > 0) await new Promise<void>((resolve) => (old.whenIdle = resolve));
      try {
        await old.graph.close();
      } catch (error) {
        logger.warn({ err: error, graph: old.graph.name }, 'a graph that is no longer served could not be closed');
      }
    })();
    closing.add(closed);
    void closed.then(() => closing.delete(closed));
  };

  /** What the operations served now would lose. */
  const lossesOf = (now: Serving, next: Serving): OperationFault[] => {
    const losses: OperationFault[] = [];
    for (const { id, name, apps } of registered[now.graph.name].values()) {
      const served = now.operations.get(id) ?? now.unplanned.get(id);
      // One that is not served now either does not hold up the graph that may serve it.
      if (served === undefined) continue;
      const reasons = next.unfit.get(id)?.reasons ?? shapeBreaks(shapeOf(now.graph.schema, served.document), next.graph.schema);
      if (reasons.length > 0) losses.push({ graph: now.graph.name, id, name, apps, reasons });
    }
    return losses;
  };

  const reloadOne = async (name: GraphName): Promise<ReloadOutcome> => {
    const now = serving[name];
    let sdlHash = 'unread';
    const refused = (reason: string, faults: readonly OperationFault[] = []): ReloadOutcome => {
      logger.error({ graph: name, reason, operations: faults.map(describeFault) }, 'the new supergraph is refused, the one before goes on');
      const outcome: ReloadOutcome = { kind: 'refused', reason, faults };
      refusals.set(name, { sdlHash, outcome });
      return outcome;
    };
    let graph: Graph;
    try {
      const files = await read(name);
      sdlHash = hashOf(files);
      const before = refusals.get(name);
      if (sdlHash === before?.sdlHash) return before.outcome;
      refusals.delete(name);
      if (sdlHash === now.sdlHash) return { kind: 'unchanged' };
      graph = await build(name, files);
    } catch (error) {
      return refused(`It cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
    const next = serve(graph, sdlHash);
    for (const each of await add(next, registered[name].values())) {
      const beganAtMs = performance.now();
      ready(next, each, undefined);
      await giveWay(beganAtMs);
    }
    const losses = lossesOf(now, next);
    if (losses.length > 0) {
      closeWhenIdle(next);
      return refused('It would break operations that are in use. Retire the app versions that have them, or keep what they use.', losses);
    }
    serving[name] = next;
    closeWhenIdle(now);
    logger.info({ graph: name, operations: next.operations.size }, 'a new supergraph is served');
    return { kind: 'reloaded' };
  };

  return {
    current: (name) => serving[name],

    async run(name, work) {
      isServing = true;
      const live = serving[name];
      live.underWay += 1;
      try {
        return await work(live);
      } finally {
        live.underWay -= 1;
        if (live.underWay === 0) live.whenIdle?.();
      }
    },

    find(name, id) {
      const live = serving[name];
      const unplanned = live.unplanned.get(id);
      if (unplanned !== undefined) planNow(live, unplanned);
      return live.operations.get(id);
    },

    setOperations: (wanted) =>
      inTurn(async () => {
        refusals.clear();
        for (const name of graphNames) {
          const live = serving[name];
          const next = new Map(wanted.filter(({ graph }) => graph === name).map((each) => [each.id, each]));
          registered[name] = next;
          for (const known of [live.operations, live.unplanned, live.unfit])
            for (const id of known.keys()) if (!next.has(id)) known.delete(id);
          const unplanned = await add(
            live,
            [...next.values()].filter(({ id }) => !live.operations.has(id) && !live.unplanned.has(id) && !live.unfit.has(id)),
          );
          for (const each of unplanned) live.unplanned.set(each.id, each);
        }
        planRest();
        return graphNames.flatMap((name) => [...serving[name].unfit.values()]);
      }),

    startPlanning() {
      mayPlan = true;
      planRest();
    },

    reload: () =>
      inTurn(async () => ({ buyer: await reloadOne('buyer'), partner: await reloadOne('partner'), ops: await reloadOne('ops') })),

    async close() {
      mayPlan = false;
      await last;
      await planning;
      for (const name of graphNames) closeWhenIdle(serving[name]);
      await Promise.all(closing);
    },
  };
}

/** One line about an operation that a graph cannot serve. */
export const describeFault = ({ name, id, apps, reasons }: OperationFault): string =>
  `${name} (${id.slice(0, 12)}${apps.length === 0 ? '' : `; ${apps.map(({ platform, version }) => `${platform} ${version}`).join(', ')}`}): ${reasons.join(' ')}`;
