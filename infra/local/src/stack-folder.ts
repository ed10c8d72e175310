/**
 * A folder that belongs to one running stack at a time. Claiming it ends what a killed starter left
 * running there.
 */
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { openPorts } from './ports.ts';
import type { Ports } from './ports.ts';
import { wipePostgres } from './postgres.ts';
import { endLeftovers, openProcessLedger } from './processes.ts';
import type { ProcessLedger } from './processes.ts';
import { openSecrets } from './secrets.ts';
import type { Secrets } from './secrets.ts';
import { stackFolders, tryLock } from './state.ts';
import type { StackFolders } from './state.ts';

export type ClaimedFolder = {
  readonly folders: StackFolders;
  readonly ledger: ProcessLedger;
  readonly ports: Ports;
  readonly secrets: Secrets;
  /** Names of the processes of an earlier, killed starter that had to be ended. */
  readonly leftovers: readonly string[];
  /** Lets another starter have the folder. */
  readonly release: () => void;
};

/** Another starter that is alive holds the folder. */
export class StackFolderInUseError extends Error {
  override readonly name = 'StackFolderInUseError';
  readonly pid: number;
  constructor(root: string, pid: number) {
    super(`a stack is running from ${root} already (process ${pid})`);
    this.pid = pid;
  }
}

/**
 * @param cache downloads, when they are shared with another stack's folder
 * @throws StackFolderInUseError
 */
export async function claimStackFolder(root: string, cache?: string): Promise<ClaimedFolder> {
  const folders = stackFolders(root, cache);
  const lock = tryLock(lockFile(folders.root));
  if ('heldBy' in lock) throw new StackFolderInUseError(folders.root, lock.heldBy.pid);
  const processFile = path.join(folders.root, 'processes.json');
  return {
    folders,
    leftovers: await endLeftovers(processFile),
    ledger: openProcessLedger(processFile),
    ports: openPorts(folders.root),
    secrets: openSecrets(folders.root),
    release: lock.release,
  };
}

/** Removes all data and logs of a claimed folder; ports, secrets and downloads stay. */
export function wipeStack(folders: StackFolders): void {
  wipePostgres(path.join(folders.data, 'postgres'));
  rmSync(folders.data, { recursive: true, force: true });
  rmSync(folders.logs, { recursive: true, force: true });
  stackFolders(folders.root, folders.cache);
}

/**
 * Ends what still runs from the stack folders directly below `parent` that no live starter holds.
 * @param remove also removes the folders
 */
export async function endAbandonedStacks(parent: string, cache: string, remove: boolean): Promise<void> {
  for (const entry of readdirSync(parent, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const root = path.join(parent, entry.name);
    try {
      if (remove) await removeStackFolder(root, cache);
      else (await claimStackFolder(root, cache)).release();
    } catch (error) {
      if (!(error instanceof StackFolderInUseError)) throw error;
    }
  }
}

/** Ends what runs from the folder without a starter, and removes the folder. @throws StackFolderInUseError */
export async function removeStackFolder(root: string, cache: string): Promise<void> {
  const claimed = await claimStackFolder(root, cache);
  wipeStack(claimed.folders);
  rmSync(claimed.folders.root, { recursive: true, force: true });
}

function lockFile(root: string): string {
  return path.join(root, 'lock.json');
}
