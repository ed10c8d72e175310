/** The folder with the composed supergraphs, and who is told when one of its files is another. */
import { readFile, stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { startLoop, type Loop } from '@vitrine/runtime/loop';
import type { Logger } from '@vitrine/runtime/telemetry';
import type { StoredPlans } from '../execution/query-plans.ts';
import { graphNames, type GraphName } from '../graphs.ts';
import type { GraphFiles, ReloadOutcome } from './live-graphs.ts';

export interface SupergraphFolder {
  /** @throws when a file is not there or cannot be read; plans may be missing */
  read(name: GraphName): Promise<GraphFiles>;
  /** A text that changes when a file is written anew, or put in the place of another. */
  state(): Promise<string>;
}

/** @throws the error, unless it says that there is no such file */
function absent(error: unknown): undefined {
  if ((error as { readonly code?: unknown }).code !== 'ENOENT') throw error;
}

/** The supergraphs that are committed with the gateway. */
const committed = new URL('../../supergraphs/generated/', import.meta.url);

/** @param path of the folder; the committed one unless told */
export function openSupergraphFolder(path?: string): SupergraphFolder {
  const folder = path === undefined ? committed : pathToFileURL(`${path}/`);
  const supergraphOf = (name: GraphName): URL => new URL(`${name}.supergraph.graphql`, folder);
  return {
    async read(name) {
      const [supergraphSdl, publicSdl, plans] = await Promise.all([
        readFile(supergraphOf(name), 'utf8'),
        readFile(new URL(`${name}.api.graphql`, folder), 'utf8'),
        readFile(new URL(`${name}.plans.json`, folder), 'utf8').catch(absent),
      ]);
      return { supergraphSdl, publicSdl, plans: plans === undefined ? undefined : (JSON.parse(plans) as StoredPlans) };
    },
    async state() {
      const stats = await Promise.all(graphNames.map((name) => stat(supergraphOf(name), { bigint: true })));
      return stats.map(({ ino, size, mtimeNs }) => `${ino}:${size}:${mtimeNs}`).join(' ');
    },
  };
}

const pollMs = 1_000;

/** Has the graphs reloaded when a file changes; `wake` looks at once. A refused one is tried again, as the safelist may have changed. */
export function watchSupergraphs(options: {
  readonly folder: SupergraphFolder;
  readonly reload: () => Promise<Readonly<Record<GraphName, ReloadOutcome>>>;
  readonly logger: Logger;
  readonly intervalMs?: number;
}): Loop {
  const { folder, reload, logger } = options;
  let seen: string | undefined;
  return startLoop({
    name: 'supergraphs',
    logger,
    intervalMs: options.intervalMs ?? pollMs,
    async run() {
      const state = await folder.state();
      if (state === seen) return false;
      const outcomes = await reload();
      // Read before the files were: what was written since is another state.
      seen = graphNames.some((name) => outcomes[name].kind === 'refused') ? undefined : state;
      return false;
    },
  });
}
