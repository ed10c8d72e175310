/**
 * The operations among the gateway's own files: those of the pages and of the official apps. They are served without a
 * row in PostgreSQL; the id of each is the SHA-256 of its file.
 */
import { readdir, readFile } from 'node:fs/promises';
import { graphNames, type GraphName } from '../graphs.ts';
import { operationIdOf, readOperation, type ManifestOperation } from './manifest.ts';
import type { RegisteredOperation } from './safelisted-operation.ts';

const folders = ['../../pages/operations/', '../../operations/'].map((path) => new URL(path, import.meta.url));

export async function readBuiltInOperations(): Promise<readonly RegisteredOperation[]> {
  const operations: RegisteredOperation[] = [];
  for (const folder of folders) for (const graph of graphNames) operations.push(...(await readFolder(folder, graph)));
  return operations;
}

async function readFolder(folder: URL, graph: GraphName): Promise<readonly RegisteredOperation[]> {
  let read: readonly ManifestOperation[];
  try {
    read = await readOperationFiles(new URL(`${graph}/`, folder));
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'ENOENT') return [];
    throw error;
  }
  return read.map((operation) => ({ graph, apps: [], ...operation }));
}

/**
 * The operations of the `.graphql` files right in a folder, one in each.
 * @throws Error that names a file that is no operation
 */
export async function readOperationFiles(folder: URL | string): Promise<readonly ManifestOperation[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.graphql')).toSorted();
  return Promise.all(
    files.map(async (file) => {
      const body = await readFile(typeof folder === 'string' ? `${folder}/${file}` : new URL(file, folder), 'utf8');
      const read = readOperation(body);
      if (read.kind === 'unreadable') throw new Error(`${file}: ${read.reason}`);
      return { id: operationIdOf(body), name: read.name, kind: read.operationKind, body };
    }),
  );
}
