/**
 * What the local stack remembers on disk: small JSON files that are replaced atomically and
 * readable by their owner only, and a lock that dies with the process that holds it.
 */
import { randomUUID } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { identityOf, isSameProcess } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** Where everything of one stack lies: `.local` of the checkout, or a folder below `.test`. */
export type StackFolders = {
  readonly root: string;
  /** Survives restarts; wiped by `--fresh`. */
  readonly data: string;
  readonly logs: string;
  /** Downloads, shared by all stacks of a checkout; never wiped. */
  readonly cache: string;
};

export function stackFolders(root: string, cache = path.join(root, 'cache')): StackFolders {
  const folders = {
    root: path.resolve(root),
    data: path.join(path.resolve(root), 'data'),
    logs: path.join(path.resolve(root), 'logs'),
    cache: path.resolve(cache),
  };
  for (const folder of [folders.root, folders.data, folders.logs, folders.cache]) {
    mkdirSync(folder, { recursive: true });
  }
  return folders;
}

/** The parsed content of a JSON file, or undefined when there is no such file. */
export function readJsonFile(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${file} is not valid JSON; remove it to start without it`, { cause: error });
  }
}

/** Replaces `file` in one step, mode 0600: a reader sees the old content or the new one. */
export function writeJsonFile(file: string, content: unknown): void {
  const temporary = `${file}.${process.pid}.${randomUUID()}`;
  writeFileSync(temporary, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  chmodSync(temporary, 0o600);
  renameSync(temporary, file);
}

/** Held until `release`; a holder that died without releasing does not count as one. */
export type Lock = { readonly release: () => void };

/** Takes the lock, or says who holds it. */
export function tryLock(file: string): Lock | { readonly heldBy: ProcessIdentity } {
  mkdirSync(path.dirname(file), { recursive: true });
  const own = identityOf(process.pid);
  if (own === undefined) throw new Error('this process cannot find itself in the process table');
  const candidate = `${file}.${process.pid}.${randomUUID()}`;
  writeJsonFile(candidate, own);
  try {
    for (;;) {
      try {
        // A hard link is made with its content or not at all, and fails when the name is taken.
        linkSync(candidate, file);
        return { release: () => releaseLock(file, own) };
      } catch (error) {
        if (!isExisting(error)) throw error;
      }
      const holder = readJsonFile(file) as ProcessIdentity | undefined;
      if (holder === undefined) continue;
      if (isSameProcess(holder)) return { heldBy: holder };
      // Renaming first: of two processes that find the same dead holder, one gets the file.
      const dead = `${candidate}.dead`;
      try {
        renameSync(file, dead);
      } catch (error) {
        if (isMissing(error)) continue;
        throw error;
      }
      const moved = readJsonFile(dead) as ProcessIdentity;
      // A third process may have replaced the dead holder in between: give it its lock back.
      if (isSameProcess(moved)) linkSync(dead, file);
      rmSync(dead, { force: true });
    }
  } finally {
    rmSync(candidate, { force: true });
  }
}

/** Runs `action` while holding the lock, waiting for another live holder for as long as it takes. */
export async function withLock<T>(file: string, action: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (;;) {
    const lock = tryLock(file);
    if ('release' in lock) {
      try {
        return await action();
      } finally {
        lock.release();
      }
    }
    await delay(200, undefined, { signal });
  }
}

function releaseLock(file: string, own: ProcessIdentity): void {
  const holder = readJsonFile(file) as ProcessIdentity | undefined;
  if (holder?.pid === own.pid && holder.startedAt === own.startedAt) rmSync(file, { force: true });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function isExisting(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}
