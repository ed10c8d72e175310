/** The graphs and the safelist of a gateway process, put together: what is served now, and how it is brought up to date. */
import type { Logger } from '@vitrine/runtime/telemetry';
import type { ExecutableOperation } from '../execution/executable-operation.ts';
import { loadFederatedGraph, type FederatedGraph } from '../federated-graph.ts';
import type { SubgraphName } from '../graphs.ts';
import type { SubgraphSource } from '../subgraph-source.ts';
import { readBuiltInOperations } from './built-in-operations.ts';
import { createLiveGraphs, type LiveGraphs } from './live-graphs.ts';
import { createOperationSafelist, type OperationSafelist } from './operation-safelist.ts';
import type { OperationStore } from './operation-store.ts';
import { openSupergraphFolder, watchSupergraphs } from './supergraph-folder.ts';

export interface LiveOperations {
  readonly graphs: LiveGraphs<ExecutableOperation, FederatedGraph>;
  readonly safelist: OperationSafelist<ExecutableOperation>;
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
  readonly store: OperationStore;
  /** Brings the database up to date; repeated until it has succeeded. */
  readonly migrate: () => Promise<void>;
  readonly logger: Logger;
}): Promise<LiveOperations> {
  const { sources, store, migrate, logger } = options;
  const folder = openSupergraphFolder(options.supergraphFolder);
  const graphs = await createLiveGraphs({
    read: (name) => folder.read(name),
    build: (name, files) => loadFederatedGraph({ name, ...files, sources, logger }),
    logger,
  });
  const safelist = await createOperationSafelist({ liveGraphs: graphs, builtIn: await readBuiltInOperations(), store, migrate, logger });
  const watch = watchSupergraphs({ folder, reload: () => graphs.reload(), logger });
  return {
    graphs,
    safelist,
    reload: () => watch.wake(),
    async close() {
      await watch.stop();
      await safelist.close();
      await graphs.close();
    },
  };
}
