/**
 * Pages of a connection (Relay Cursor Connections Specification) of rows that are sorted by id, newest first: ids are
 * UUIDv7. A cursor is opaque and names the last row of a page.
 */
import { PublicError } from './errors.ts';
import { isId, type IdPrefix } from './ids.ts';

export interface PageRequest {
  /** 1 to 100. Read one row more: it tells whether there is a next page. */
  readonly first: number;
  /** Id of the last row of the page before; null for the first page. */
  readonly afterId: string | null;
}

const maxPageSize = 100;

export const toCursor = (id: string): string => Buffer.from(id).toString('base64url');

/** @throws PublicError BAD_USER_INPUT for a size out of range, or a cursor that is not one of rows with such ids. */
export function parsePage(args: { readonly first: number; readonly after?: string | null }, prefix: IdPrefix): PageRequest {
  const { first, after } = args;
  if (first < 1 || first > maxPageSize) throw new PublicError('BAD_USER_INPUT', `first must be 1 to ${maxPageSize}.`);
  if (after === undefined || after === null) return { first, afterId: null };
  const afterId = Buffer.from(after, 'base64url').toString();
  if (!isId(prefix, afterId) || toCursor(afterId) !== after)
    throw new PublicError('BAD_USER_INPUT', 'after is not a cursor of this list: pass the endCursor of the page before.');
  return { first, afterId };
}

/** A page out of `found`: up to `first` + 1 rows, newest first. */
export function toConnection<Row>(found: readonly Row[], { first }: PageRequest, idOf: (row: Row) => string) {
  const edges = found.slice(0, first).map((node) => ({ cursor: toCursor(idOf(node)), node }));
  return { edges, pageInfo: { hasNextPage: found.length > first, endCursor: edges.at(-1)?.cursor ?? null } };
}
