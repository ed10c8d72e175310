/** The graphs and the safelist of a gateway process, put together: what is served now, and how it is brought up to date. */
import type { Logger } from '@vitrine/runtime/telemetry';
import { loadFederatedGraph } from '../federated-graph.ts';
import type { SubgraphName } from '../graphs.ts';
import type { PreparedOperation } from '../prepared-operation.ts';
import { serveGraph, type ServedGraph } from '../served-graph.ts';
import type { SubgraphSource } from '../subgraph-source.ts';
import { readBuiltInOperations } from './built-in-operations.ts';
import { createKeptPlans } from './kept-plans.ts';
import { createLiveGraphs, type LiveGraphs } from './live-graphs.ts';
import { createOperationSafelist, type OperationSafelist } from './operation-safelist.ts';
import type { OperationStore } from './operation-store.ts';
import type { PlanStore } from './plan-store.ts';
import { openSupergraphFolder, watchSupergraphs } from './supergraph-folder.ts';

export interface LiveOperations {
  readonly graphs: LiveGraphs<PreparedOperation, ServedGraph>;
  readonly safelist: OperationSafelist<PreparedOperation>;
  /** To be called once requests can come: operations without a plan are planned from then on. Before, only a request has one planned. */
  startPlanning(): void;
  /** Looks at once whether the supergraphs are others by now; otherwise that is done every second. */
  reload(): void;
  /** Waits for requests that are under way, then closes the graphs. The subgraphs' sources stay open. */
  close(): Promise<void>;
}

/** @throws when a graph cannot be built */
export async function openLiveOperations(options: {
  /** Folder of the supergraphs; the committed ones unless told. */
  readonly supergraphFolder?: string;
  readonly sources: Readonly<Record<SubgraphName, SubgraphSource>>;
  /** Whether clients may ask for the schema. */
  readonly introspection: boolean;
  readonly store: OperationStore;
  readonly planStore: PlanStore;
  /** Brings the database up to date; repeated until it has succeeded. */
  readonly migrate: () => Promise<void>;
  readonly logger: Logger;
}): Promise<LiveOperations> {
  const { sources, introspection, store, planStore, migrate, logger } = options;
  const keptPlans = createKeptPlans({ store: planStore, logger });
  const folder = openSupergraphFolder(options.supergraphFolder);
  const graphs = await createLiveGraphs({
    read: (name) => folder.read(name),
    build: async (name, files) => serveGraph(await loadFederatedGraph({ name, ...files, sources, logger }), { introspection }),
    keptPlans,
    logger,
  });
  const safelist = await createOperationSafelist({ liveGraphs: graphs, builtIn: await readBuiltInOperations(), store, migrate, logger });
  const watch = watchSupergraphs({ folder, reload: () => graphs.reload(), logger });
  return {
    graphs,
    safelist,
    startPlanning: () => graphs.startPlanning(),
    reload: () => watch.wake(),
    async close() {
      await watch.stop();
      await safelist.close();
      await graphs.close();
      await keptPlans.close();
    },
  };
}
