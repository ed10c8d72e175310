/** `ops token`: an access token for a seeded account of the local stack, to try the graphs with. Development only. */
import { parseArgs } from 'node:util';
import { findSeededAccount } from '@vitrine/local/identity-accounts';
import { graphResources, type Graph } from '@vitrine/local/identity-graphs';
import { DevelopmentTokenError, fetchDevelopmentToken } from '@vitrine/local/identity-tokens';
import { findRunningStack } from '@vitrine/local/stack';
import { CommandError, StackNotRunningError, UsageError, type Command } from './command.ts';

const isGraph = (value: string): value is Graph => Object.hasOwn(graphResources, value);

function readOptions(args: readonly string[]): { readonly handle: `@${string}`; readonly graph: Graph } {
  let values: { readonly handle?: string; readonly graph?: string };
  try {
    ({ values } = parseArgs({ args: [...args], options: { handle: { type: 'string' }, graph: { type: 'string' } } }));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const account = findSeededAccount(values.handle ?? '');
  if (account === undefined) throw new UsageError('--handle has to name a seeded account, for example @ada.');
  const graph = values.graph ?? 'buyer';
  if (!isGraph(graph)) throw new UsageError('--graph has to be buyer, partner or ops.');
  return { handle: account.handle, graph };
}

export const tokenCommand: Command = {
  summary: 'prints an access token for a seeded account of the local stack',
  usage: `Usage: npm run -s ops -- token --handle <@handle> [--graph buyer|partner|ops]

  curl -s "$GATEWAY/graphql/buyer" -H "authorization: Bearer $(npm run -s ops -- token --handle @ada)" \\
    -H 'content-type: application/json' -d '{"query":"{ viewer { id } }"}'`,
  async run(args, { out }) {
    const { handle, graph } = readOptions(args);
    const stack = findRunningStack();
    if (stack === undefined) throw new StackNotRunningError('No local stack is running: start it with `npm start`.');
    try {
      out(await fetchDevelopmentToken({ issuer: stack.identityProviderUrl, clientSecret: stack.developmentClientSecret, handle, graph }));
    } catch (error) {
      if (error instanceof DevelopmentTokenError)
        throw new CommandError(`${handle} gets no token for the ${graph} graph: ${error.message}`);
      throw error;
    }
  },
};
