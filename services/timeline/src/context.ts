/** What the resolvers of one request share, and who is allowed what by role. */
import DataLoader from 'dataloader';
import { PublicError } from '@vitrine/runtime/errors';
import type { Identity } from '@vitrine/runtime/identity';
import type { Account } from './account.ts';
import type { Deps } from './deps.ts';
import type { Author, Post } from './post.ts';
import { findAccounts, findFollowed, findPosts } from './store.ts';

export interface Context {
  readonly deps: Deps;
  readonly identity: Identity;
  /** Accounts by id; null for one without a profile. */
  readonly accounts: DataLoader<string, Account | null>;
  /** Posts by id; null for one that is deleted or was never there. */
  readonly posts: DataLoader<string, Post | null>;
  /** Whether the signed-in buyer follows an account. */
  readonly followed: DataLoader<string, boolean>;
}

export function createContext(deps: Deps, identity: Identity): Context {
  return {
    deps,
    identity,
    accounts: byId((ids) => findAccounts(deps.pool, ids)),
    posts: byId((ids) => findPosts(deps.pool, ids)),
    followed: new DataLoader(async (accountIds) => {
      const followed = await findFollowed(deps.pool, requireBuyer(identity), accountIds);
      return accountIds.map((accountId) => followed.has(accountId));
    }),
  };
}

const byId = <Row extends { readonly id: string }>(find: (ids: readonly string[]) => Promise<Row[]>): DataLoader<string, Row | null> =>
  new DataLoader(async (ids) => {
    const rows = new Map((await find(ids)).map((row) => [row.id, row]));
    return ids.map((id) => rows.get(id) ?? null);
  });

/** The account of the buyer behind a call; null when it is made for somebody else. */
export const findBuyer = ({ actor }: Identity): string | null => (actor.role === 'buyer' ? actor.accountId : null);

/**
 * The account of the buyer behind a call.
 * @throws PublicError FORBIDDEN when it is made for somebody else.
 */
export function requireBuyer(identity: Identity): string {
  const accountId = findBuyer(identity);
  if (accountId === null) throw new PublicError('FORBIDDEN', 'Only a buyer can do this. Sign in to the app as a buyer.');
  return accountId;
}

/**
 * The account that may post and have a profile: a buyer's or a seller's.
 * @throws PublicError FORBIDDEN for anybody else.
 */
export function requireAuthor({ actor }: Identity): Author {
  if (actor.role === 'buyer') return { accountId: actor.accountId, sellerId: null };
  if (actor.role === 'seller') return { accountId: actor.accountId, sellerId: actor.sellerId };
  throw new PublicError('FORBIDDEN', 'Only buyers and sellers have a profile and posts.');
}
