/** Other gateways, in a workspace of their own that is installed when it is needed first. Nothing of it is part of Vitrine. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createHash } from 'node:crypto';
import { baseEnvironment, runCommand } from '@vitrine/local/processes';
import type { Surroundings } from './gateway-surroundings.ts';

const workspace = path.join(import.meta.dirname, 'rivals');

const entries = {
  'apollo-server': 'apollo-server.js',
  'hive-gateway': 'node_modules/@graphql-hive/gateway/dist/bin.js',
} as const;

/** What Node runs. */
export const rivalEntry = (rival: keyof typeof entries): string => path.join(workspace, entries[rival]);

/** Exactly what the workspace's lock file names. @throws Error with the end of the log when it cannot be had */
export async function installRivals({ claimed }: Surroundings, write: (line: string) => void, signal: AbortSignal): Promise<void> {
  const wanted = createHash('sha256')
    .update(readFileSync(path.join(workspace, 'pnpm-lock.yaml')))
    .digest('hex');
  const mark = path.join(workspace, 'node_modules', '.installed');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return;
  write('installing the other gateways');
  const command = {
    name: 'install-rivals',
    command: 'npx',
    args: ['-y', packageManager(), 'install', '--frozen-lockfile', '--reporter=silent'],
    cwd: workspace,
    env: baseEnvironment(),
    logFile: path.join(claimed.folders.logs, 'install-rivals.log'),
    ledger: claimed.ledger,
  };
  await runCommand(command, signal);
  writeFileSync(mark, wanted);
}

/** The one that installs Vitrine itself: `pnpm@…`. */
function packageManager(): string {
  const { scripts } = JSON.parse(readFileSync(path.join(workspace, '../../../package.json'), 'utf8')) as {
    readonly scripts: { readonly setup: string };
  };
  const found = /pnpm@[\d.]+/.exec(scripts.setup)?.[0];
  if (found === undefined) throw new Error('package.json does not say which pnpm installs');
  return found;
}
