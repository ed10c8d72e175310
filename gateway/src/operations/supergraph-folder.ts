/** The folder with the composed supergraphs, and who is told when one of its files is another. */
import { readFile, stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { startLoop, type Loop } from '@vitrine/runtime/loop';
import type { Logger } from '@vitrine/runtime/telemetry';
import { supergraphHash, type StoredPlans } from '../execution/query-plans.ts';
import { graphNames, type GraphName } from '../graphs.ts';
import type { GraphFiles, ReloadOutcome } from './live-graphs.ts';

export interface SupergraphFolder {
  /**
   * A supergraph with what was derived from it, as far as that is of the same one already: the files may be written one after the other.
   * @throws when there is no supergraph, or a file cannot be read
   */
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
  const fileOf = (name: GraphName, ending: string): URL => new URL(`${name}.${ending}`, folder);
  return {
    async read(name) {
      const [supergraphSdl, publicSdl, plansText] = await Promise.all([
        readFile(fileOf(name, 'supergraph.graphql'), 'utf8'),
        readFile(fileOf(name, 'api.graphql'), 'utf8').catch(absent),
        readFile(fileOf(name, 'plans.json'), 'utf8').catch(absent),
      ]);
      const plans = plansText === undefined ? undefined : (JSON.parse(plansText) as StoredPlans);
      // Plans say which supergraph they are of; where they are of another, the schema may be as well.
      return plans?.supergraphHash === supergraphHash(supergraphSdl) ? { supergraphSdl, publicSdl, plans } : { supergraphSdl };
    },
    async state() {
      const states = graphNames.flatMap((name) =>
        ['supergraph.graphql', 'api.graphql', 'plans.json'].map(async (ending) => {
          const found = await stat(fileOf(name, ending), { bigint: true }).catch(absent);
          return found === undefined ? 'none' : `${found.ino}:${found.size}:${found.mtimeNs}`;
        }),
      );
      return (await Promise.all(states)).join(' ');
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
