/** Pages of a list that is sorted by an instant and an id, newest first: opaque cursors that name a row. */
import { PublicError } from '@vitrine/runtime/errors';
import { isId, type IdPrefix } from '@vitrine/runtime/ids';

/** A place in the list: the rows after it are older. */
export interface Position {
  readonly at: Date;
  readonly id: string;
}

export interface PageRequest {
  readonly first: number;
  /** Null for the first page. */
  readonly after: Position | null;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly hasNextPage: boolean;
}

const maxPageSize = 100;

export const toCursor = ({ at, id }: Position): string => Buffer.from(`${at.getTime()} ${id}`).toString('base64url');

/** @throws PublicError BAD_USER_INPUT for a size out of range, or a cursor that is not one of a list of such ids. */
export function parsePage(args: { readonly first: number; readonly after?: string | null }, prefix: IdPrefix): PageRequest {
  if (args.first < 1 || args.first > maxPageSize) throw new PublicError('BAD_USER_INPUT', `first must be 1 to ${maxPageSize}.`);
  if (args.after === undefined || args.after === null) return { first: args.first, after: null };
  const [time = '', id = '', ...rest] = Buffer.from(args.after, 'base64url').toString().split(' ');
  const at = new Date(/^\d{1,15}$/.test(time) ? Number(time) : Number.NaN);
  if (Number.isNaN(at.getTime()) || !isId(prefix, id) || rest.length > 0)
    throw new PublicError('BAD_USER_INPUT', 'after is not a cursor of this list: pass the endCursor of the page before.');
  return { first: args.first, after: { at, id } };
}

/** Cuts a page out of rows that were read one more than asked for. */
export function toPage<Row>(rows: readonly Row[], first: number): Page<Row> {
  return { rows: rows.slice(0, first), hasNextPage: rows.length > first };
}
