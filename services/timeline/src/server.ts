/** timeline's HTTP server: the subgraph, and nothing that other services call. */
import { readFileSync } from 'node:fs';
import { access } from '@vitrine/contracts/access';
import { sharedSdl } from '@vitrine/contracts/shared-sdl';
import { createServer, registerSubgraph, type ServerOptions } from '@vitrine/runtime/server';
import { createContext, type Context } from './context.ts';
import type { Deps } from './deps.ts';
import { resolvers } from './resolvers.ts';

const sdl = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8');

/** Builds the server without listening. */
export function buildServer(deps: Deps, options: Pick<ServerOptions, 'identityKeys' | 'readiness'>) {
  const server = createServer({ name: 'timeline', logger: deps.logger, ...options });
  registerSubgraph<Context>(server, {
    sdl: [sharedSdl, sdl],
    resolvers,
    access: access.timeline,
    context: (request) => createContext(deps, request.identity),
  });
  return server;
}
