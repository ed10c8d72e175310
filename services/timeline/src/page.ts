/** Pages of a connection: opaque cursors that name the last post. */
import { PublicError } from '@vitrine/runtime/errors';
import { isId } from '@vitrine/runtime/ids';

const maxPageSize = 100;

export const toCursor = (postId: string): string => Buffer.from(postId).toString('base64url');

/** @throws PublicError BAD_USER_INPUT for a size out of range, or a cursor that is not one. */
export function parsePage(args: { readonly first: number; readonly after?: string | null }): {
  readonly first: number;
  readonly before: string | null;
} {
  const { first, after } = args;
  if (first < 1 || first > maxPageSize) throw new PublicError('BAD_USER_INPUT', `first must be 1 to ${maxPageSize}.`);
  if (after === undefined || after === null) return { first, before: null };
  const before = Buffer.from(after, 'base64url').toString();
  if (!isId('pst', before) || toCursor(before) !== after)
    throw new PublicError('BAD_USER_INPUT', 'after is not a cursor: pass the endCursor of the page before.');
  return { first, before };
}
