/**
 * Follows an account, or stops to. Each change counts up the follower's follow version in the same transaction; with
 * that, the timeline in Redis is out of date from the commit on, without Redis being told.
 */
import type { Transaction } from '@vitrine/runtime/database';
import { runIdempotent, type IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import { isId } from '@vitrine/runtime/ids';
import type { Call, Deps } from './deps.ts';
import { deleteFollow, hasAccount, insertFollow } from './store.ts';

export type FollowAccountResult =
  | { readonly kind: 'changed'; readonly accountId: string }
  | { readonly kind: 'not_found'; readonly accountId: string }
  | { readonly kind: 'own_account' }
  | IdempotencyRefusal;

type Change = (transaction: Transaction, followerId: string, followeeId: string) => Promise<void>;

const change =
  (operation: 'followAccount' | 'unfollowAccount', apply: Change) =>
  async (deps: Pick<Deps, 'pool'>, call: Call, followeeId: string): Promise<FollowAccountResult> => {
    const { accountId: followerId, idempotencyKey } = call;
    if (followeeId === followerId) return { kind: 'own_account' };
    if (!isId('usr', followeeId)) return { kind: 'not_found', accountId: followeeId };
    return runIdempotent<FollowAccountResult>(
      deps.pool,
      { actorId: followerId, operation, idempotencyKey, input: { accountId: followeeId } },
      async (transaction) => {
        if (!(await hasAccount(transaction, followeeId))) return { kind: 'not_found', accountId: followeeId };
        await apply(transaction, followerId, followeeId);
        return { kind: 'changed', accountId: followeeId };
      },
      (result) => result.kind === 'changed',
    );
  };

/** Following an account that is followed already changes nothing and succeeds. */
export const followAccount = change('followAccount', insertFollow);

/** Not following an account that is not followed changes nothing and succeeds. */
export const unfollowAccount = change('unfollowAccount', deleteFollow);
