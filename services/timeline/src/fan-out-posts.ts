/**
 * Puts new posts into the followers' timelines in Redis, at least once: the work row of a post is taken under a lock,
 * and deleted in the same transaction when Redis has acknowledged the last follower. A process that dies in between
 * lets go of the lock, and another one does the batch again, which changes nothing that is there.
 */
import { withTransaction } from '@vitrine/runtime/database';
import { startLoop, type Loop } from '@vitrine/runtime/loop';
import type { Deps } from './deps.ts';
import { HomeCacheUnavailableError } from './home-cache.ts';
import { advanceFanOuts, deleteFanOuts, takeFanOuts } from './store.ts';

/** Together at most 4,008 Redis commands in flight, which are a few tens of milliseconds of its time. */
const batch = { posts: 8, followersEach: 500 } as const;
const pollIntervalMs = 1_000;

/** Serves one batch. @returns whether there may be more to do at once. */
export async function fanOutBatch({ pool, homeCache }: Pick<Deps, 'pool' | 'homeCache'>): Promise<boolean> {
  return withTransaction(pool, async (transaction) => {
    const fanOuts = await takeFanOuts(transaction, batch);
    if (fanOuts.length === 0) return false;
    await homeCache.add(
      fanOuts.flatMap(({ postId, authorId, followerIds }) => [authorId, ...followerIds].map((viewerId) => ({ viewerId, postId }))),
    );
    const [finished, unfinished] = [fanOuts.filter(isLast), fanOuts.filter((fanOut) => !isLast(fanOut))];
    if (finished.length > 0)
      await deleteFanOuts(
        transaction,
        finished.map(({ postId }) => postId),
      );
    if (unfinished.length > 0)
      await advanceFanOuts(
        transaction,
        unfinished.map(({ postId, followerIds }) => ({ postId, afterFollowerId: followerIds.at(-1) ?? '' })),
      );
    return unfinished.length > 0 || fanOuts.length === batch.posts;
  });
}

const isLast = ({ followerIds }: { readonly followerIds: readonly string[] }): boolean => followerIds.length < batch.followersEach;

/** Starts serving fan-outs. Several processes may: each takes what no other has taken. */
export const startFanOut = (deps: Pick<Deps, 'pool' | 'homeCache' | 'logger'>): Loop =>
  startLoop({
    name: 'fan-out',
    logger: deps.logger,
    intervalMs: pollIntervalMs,
    run: async () => {
      try {
        return await fanOutBatch(deps);
      } catch (error) {
        if (!(error instanceof HomeCacheUnavailableError)) throw error;
        // Who connects to Redis says that it is away, once; the posts wait in their table.
        deps.logger.debug({ err: error }, 'posts wait for Redis');
        return false;
      }
    },
  });
