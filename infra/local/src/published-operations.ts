/** The operations that the buyers' apps and pages are built with, by the names of their files beside the gateway. */
import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

const folders = ['../../../gateway/pages/operations/buyer/', '../../../gateway/operations/buyer/'].map(
  (folder) => new URL(folder, import.meta.url),
);

const texts = new Map(
  folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((file) => file.endsWith('.graphql'))
      .map((file) => [file.slice(0, -'.graphql'.length), readFileSync(new URL(file, folder), 'utf8')] as const),
  ),
);

/**
 * The text of an operation of the buyers' graph.
 * @param name of its file, such as `place-order`
 * @throws Error when there is none
 */
export function publishedOperation(name: string): string {
  const text = texts.get(name);
  if (text === undefined) throw new Error(`there is no operation ${name} in gateway/pages/operations/buyer or gateway/operations/buyer`);
  return text;
}

/** What an app sends in place of the text: its SHA-256, in hex. */
export const operationIdOf = (text: string): string => hash('sha256', text);
