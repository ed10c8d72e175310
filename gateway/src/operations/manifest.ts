/**
 * Operation manifests as Apollo's tools write them for an app build (`apollo-persisted-query-manifest`, version 1): read
 * with every fault named by its operation, and written for a folder of `.graphql` files.
 * https://www.apollographql.com/docs/graphos/platform/security/persisted-queries
 */
import { createHash } from 'node:crypto';
import { GraphQLError, Kind, OperationTypeNode, parse, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import { isNestedTooDeep, maxNesting, maxTokens } from '../operation-limits.ts';

export type OperationKind = 'query' | 'mutation';

/** One operation as an app names and sends it. */
export interface ManifestOperation {
  /** What the app sends in place of the text; usually the SHA-256 of the text, in hex. */
  readonly id: string;
  readonly name: string;
  readonly kind: OperationKind;
  /** The document: exactly one operation, with the fragments that it spreads. */
  readonly body: string;
}

export type ManifestResult =
  | { readonly kind: 'read'; readonly operations: readonly ManifestOperation[] }
  /** One sentence for each thing that is wrong. */
  | { readonly kind: 'faulty'; readonly faults: readonly string[] };

const format = 'apollo-persisted-query-manifest';
const formatVersion = 1;
/** Longest operation, in characters; one of 2,000 tokens has about 20,000. */
const maxBodyLength = 65_536;
/** Ids go into logs and statistics as they are. */
const idPattern = /^[\w.:+/=-]{1,128}$/;
const looksLikeSha256 = /^[0-9a-f]{64}$/i;

/** Whether an operation can have this id at all. */
export const isOperationId = (value: unknown): value is string => typeof value === 'string' && idPattern.test(value);

/** The id of an operation by its text: the SHA-256 of it, in hex. */
export const operationIdOf = (body: string): string => createHash('sha256').update(body).digest('hex');

/** Whether an id that is written like a SHA-256 is not that of the text; other ids are never at odds with it. */
export const contradictsText = (id: string, body: string): boolean => looksLikeSha256.test(id) && id !== operationIdOf(body);

/** @param text the manifest, JSON */
export function parseManifest(text: string): ManifestResult {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return faulty(`The manifest is not JSON: ${(error as Error).message}.`);
  }
  if (!isObject(value)) return faulty('The manifest is not a JSON object.');
  if (value['format'] !== format)
    return faulty(`The manifest's format has to be "${format}". Have Apollo's tools write that one, not the older list of operations.`);
  if (value['version'] !== formatVersion) return faulty(`The manifest's version has to be ${formatVersion}, the only one there is.`);
  const listed: unknown = value['operations'];
  if (!Array.isArray(listed)) return faulty('The manifest has no list of operations.');
  if (listed.length === 0) return faulty('The manifest lists no operation.');

  const operations = new Map<string, ManifestOperation>();
  const faults: string[] = [];
  for (const [index, entry] of listed.entries()) {
    const read = readEntry(entry, index);
    if (typeof read === 'string') faults.push(read);
    else if (operations.get(read.id)?.body !== read.body && operations.has(read.id))
      faults.push(
        `${read.name}: its id ${read.id} is that of ${operations.get(read.id)?.name} too, with another text. Ids must be unique.`,
      );
    else operations.set(read.id, read);
  }
  return faults.length > 0 ? { kind: 'faulty', faults } : { kind: 'read', operations: [...operations.values()] };
}

const faulty = (fault: string): ManifestResult => ({ kind: 'faulty', faults: [fault] });
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The entry, or what is wrong with it. Members of an entry that the format has not are left aside, as Apollo's tools add some. */
function readEntry(entry: unknown, index: number): ManifestOperation | string {
  if (!isObject(entry)) return `Operation ${index + 1}: is not a JSON object.`;
  const { id, name, type, body } = entry;
  const called = typeof name === 'string' && name !== '' ? name : `Operation ${index + 1}`;
  if (typeof name !== 'string' || name === '') return `${called}: has no name. Every operation of an app needs one.`;
  if (!isOperationId(id)) return `${called}: its id has to be 1 to 128 letters, digits or . _ : + / = -.`;
  if (typeof body !== 'string' || body === '') return `${called}: has no body, which is the operation's text.`;
  if (body.length > maxBodyLength) return `${called}: its text has ${body.length} characters; at most ${maxBodyLength} are taken.`;
  if (type === 'subscription') return `${called}: subscriptions are not served.`;
  if (type !== 'query' && type !== 'mutation') return `${called}: its type has to be query or mutation.`;
  if (contradictsText(id, body))
    return `${called}: its id looks like a SHA-256 and is not that of its text. Write the manifest anew with the build that sends these ids.`;
  const read = readOperation(body);
  if (read.kind === 'unreadable') return `${called}: ${read.reason}`;
  if (read.name !== name) return `${called}: its text is the operation ${read.name}.`;
  if (read.operationKind !== type) return `${called}: its text is a ${read.operationKind}, and its type says ${type}.`;
  return { id, name, kind: type, body };
}

/** An operation's text, parsed. */
export type ReadOperation =
  | {
      readonly kind: 'read';
      readonly name: string;
      readonly operationKind: OperationKind;
      /** Without locations. */
      readonly document: DocumentNode;
      readonly operation: OperationDefinitionNode;
    }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Reads the text of one operation: exactly one, named, a query or a mutation, with fragments and nothing else. */
export function readOperation(body: string): ReadOperation {
  // PostgreSQL keeps no text with it.
  if (body.includes('\0')) return { kind: 'unreadable', reason: 'the text holds the character NUL.' };
  if (isNestedTooDeep(body))
    return { kind: 'unreadable', reason: `the text has more than ${maxNesting} brackets in one another, which is the most that is read.` };
  let document: DocumentNode;
  try {
    document = parse(body, { maxTokens, noLocation: true });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const line = error.locations?.[0]?.line;
    return { kind: 'unreadable', reason: `${line === undefined ? '' : `line ${line}: `}${error.message}` };
  }
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const [operation] = operations;
  if (operation === undefined || operations.length > 1)
    return { kind: 'unreadable', reason: `the text has ${operations.length} operations; exactly one is taken, with its fragments.` };
  if (document.definitions.some(({ kind }) => kind !== Kind.OPERATION_DEFINITION && kind !== Kind.FRAGMENT_DEFINITION))
    return { kind: 'unreadable', reason: 'the text defines types, which an operation cannot.' };
  if (operation.operation === OperationTypeNode.SUBSCRIPTION) return { kind: 'unreadable', reason: 'subscriptions are not served.' };
  if (operation.name === undefined) return { kind: 'unreadable', reason: 'the operation has no name.' };
  return { kind: 'read', name: operation.name.value, operationKind: operation.operation, document, operation };
}

/** The manifest of operations, as JSON text with a line end; sorted by name so that the same operations give the same file. */
export function writeManifest(operations: readonly ManifestOperation[]): string {
  const entries = operations
    .map(({ id, name, kind, body }) => ({ id, name, type: kind, body }))
    .toSorted((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : one.id < other.id ? -1 : 1));
  return `${JSON.stringify({ format, version: formatVersion, operations: entries }, null, 2)}\n`;
}
