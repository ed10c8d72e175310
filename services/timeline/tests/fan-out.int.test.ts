import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '@vitrine/runtime/ids';
import type { Actor } from '@vitrine/runtime/identity';
import type { Deps } from '../src/deps.ts';
import { fanOutBatch, startFanOut } from '../src/fan-out-posts.ts';
import { maxCachedPosts, newest } from '../src/home-timeline.ts';
import { readHomeTimeline } from '../src/read-home-timeline.ts';
import { findTimelineIds } from '../src/store.ts';
import { logger, startTimelineService, type TimelineService } from './timeline-service.ts';

type Person = Actor & { role: 'buyer' };

let timeline: TimelineService;
beforeAll(async () => {
  // Without the loop: the tests say when posts are fanned out.
  timeline = await startTimelineService({ fanOut: false });
  await timeline.redisUsable();
});
afterAll(() => timeline.stop());

const waiting = async () =>
  (await timeline.pool.query<{ post_id: string }>('select post_id from post_fanouts order by post_id')).rows.map((row) => row.post_id);
const fanOutAll = async () => {
  while (await fanOutBatch(timeline.deps));
};
/** The posts that Redis holds for a viewer, newest first. */
async function cachedIds(viewer: Person): Promise<string[]> {
  return [...((await timeline.deps.homeCache.read(viewer.accountId, newest, maxCachedPosts))?.postIds ?? [])];
}
async function follower(author: Person): Promise<Person> {
  const viewer = await timeline.person();
  await timeline.follow(viewer, author.accountId);
  return viewer;
}

test('a post goes into the timelines that exist, and makes none for those who are away', async () => {
  const author = await timeline.person();
  const [present, away] = [await follower(author), await follower(author)];
  await timeline.page(present);
  const postId = await timeline.post(author);
  expect(await cachedIds(present)).toEqual([]);
  await fanOutAll();
  expect(await cachedIds(present)).toEqual([postId]);
  expect(await timeline.keysOf(away)).toEqual([]);
  expect(await timeline.page(away)).toMatchObject({ ids: [postId] });
});

test('a crash between the commit and the fan-out loses no post: the next process finds its work row', async () => {
  const author = await timeline.person();
  const viewer = await follower(author);
  await timeline.page(viewer);
  const postId = await timeline.post(author);
  expect(await waiting()).toEqual([postId]);
  expect(await cachedIds(viewer)).toEqual([]);

  const loop = startFanOut({ pool: timeline.pool, homeCache: timeline.deps.homeCache, logger });
  await timeline.fannedOut();
  await loop.stop();
  expect(await cachedIds(viewer)).toEqual([postId]);
});

test('a crash in the middle of a fan-out loses no post and doubles none', async () => {
  const author = await timeline.person();
  const viewers = [await follower(author), await follower(author)];
  for (const viewer of viewers) await timeline.page(viewer);
  const postId = await timeline.post(author);
  const { homeCache } = timeline.deps;
  const dying: Deps['homeCache'] = {
    ...homeCache,
    async add(additions) {
      await homeCache.add(additions.slice(0, 2));
      throw new Error('the process dies here');
    },
  };
  await expect(fanOutBatch({ pool: timeline.pool, homeCache: dying })).rejects.toThrow('the process dies here');
  expect(await waiting()).toEqual([postId]);
  await fanOutAll();
  expect(await waiting()).toEqual([]);
  for (const viewer of viewers) expect(await cachedIds(viewer)).toEqual([postId]);
});

test('an author with more followers than fit into a batch reaches all of them, also over a crash', async () => {
  const author = await timeline.person();
  const followerIds = Array.from({ length: 1_203 }, () => newId('usr'));
  await timeline.pool.query('insert into follows (follower_id, followee_id) select id, $2 from unnest($1::text[]) id', [
    followerIds,
    author.accountId,
  ]);
  const one = await timeline.post(author);
  const served: string[] = [];
  let calls = 0;
  const homeCache: Deps['homeCache'] = {
    ...timeline.deps.homeCache,
    async add(additions) {
      calls += 1;
      if (calls === 2) throw new Error('the process dies here');
      served.push(...additions.filter(({ postId }) => postId === one).map(({ viewerId }) => viewerId));
      await Promise.resolve();
    },
  };
  expect(await fanOutBatch({ pool: timeline.pool, homeCache })).toBe(true);
  await expect(fanOutBatch({ pool: timeline.pool, homeCache })).rejects.toThrow('the process dies here');
  while (await fanOutBatch({ pool: timeline.pool, homeCache }));
  const counts = new Map<string, number>();
  for (const viewerId of served) counts.set(viewerId, (counts.get(viewerId) ?? 0) + 1);
  expect([...counts.keys()].toSorted()).toEqual([author.accountId, ...followerIds].toSorted());
  for (const followerId of followerIds) expect(counts.get(followerId)).toBe(1);
  expect(await waiting()).toEqual([]);
});

test('two processes share the work: no post waits for a process that hangs on another one', async () => {
  const author = await timeline.person();
  const viewer = await follower(author);
  await timeline.page(viewer);
  const [first, second] = [await timeline.post(author), await timeline.post(author)];
  const hanging = await timeline.pool.connect();
  await hanging.query('begin');
  await hanging.query('select from post_fanouts where post_id = $1 for update', [first]);
  await fanOutAll();
  expect(await cachedIds(viewer)).toEqual([second]);
  await hanging.query('rollback');
  hanging.release();
  await fanOutAll();
  expect(await cachedIds(viewer)).toEqual([second, first]);
});

test('a post that was deleted before its turn is not fanned out', async () => {
  const author = await timeline.person();
  const viewer = await follower(author);
  await timeline.page(viewer);
  const postId = await timeline.post(author);
  await timeline.deletePost(author, postId);
  await fanOutAll();
  expect(await waiting()).toEqual([]);
  expect(await cachedIds(viewer)).toEqual([]);
});

describe('a rebuild that meets a fan-out', () => {
  /** The dependencies of a reader that stops at a gate within its rebuild. */
  function gated(at: 'begin' | 'finish') {
    let open = () => {};
    let reached = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const arrival = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const { homeCache } = timeline.deps;
    const pass = async <Result>(call: () => Promise<Result>): Promise<Result> => {
      reached();
      await gate;
      return call();
    };
    const deps: Deps = {
      ...timeline.deps,
      homeCache: {
        ...homeCache,
        beginRebuild: (viewerId, version) =>
          at === 'begin' ? pass(() => homeCache.beginRebuild(viewerId, version)) : homeCache.beginRebuild(viewerId, version),
        finishRebuild: (viewerId, token, ids) =>
          at === 'finish' ? pass(() => homeCache.finishRebuild(viewerId, token, ids)) : homeCache.finishRebuild(viewerId, token, ids),
      },
    };
    return { deps, open, arrival };
  }

  test('keeps a post that was committed and fanned out after PostgreSQL had been read', async () => {
    const author = await timeline.person();
    const viewer = await follower(author);
    const before = await timeline.post(author);
    await fanOutAll();
    const { deps, open, arrival } = gated('finish');
    const reading = readHomeTimeline(deps, viewer.accountId, { first: 20, afterId: null });
    await arrival;
    const after = await timeline.post(author);
    await fanOutAll();
    open();
    await reading;
    expect(await waiting()).toEqual([]);
    expect(await cachedIds(viewer)).toEqual([after, before]);
  });

  test('finds a post that was fanned out before the rebuild had been announced', async () => {
    const author = await timeline.person();
    const viewer = await follower(author);
    const { deps, open, arrival } = gated('begin');
    const reading = readHomeTimeline(deps, viewer.accountId, { first: 20, afterId: null });
    await arrival;
    const postId = await timeline.post(author);
    await fanOutAll();
    open();
    expect((await reading).entries.map(({ post }) => post.id)).toEqual([postId]);
    expect(await cachedIds(viewer)).toEqual([postId]);
  });

  test('writes nothing when Redis was flushed during it: a post may have found no timeline since', async () => {
    const author = await timeline.person();
    const viewer = await follower(author);
    const before = await timeline.post(author);
    await fanOutAll();
    const { deps, open, arrival } = gated('finish');
    const reading = readHomeTimeline(deps, viewer.accountId, { first: 20, afterId: null });
    await arrival;
    await timeline.redis.flushdb();
    const after = await timeline.post(author);
    await fanOutAll();
    open();
    expect((await reading).entries.map(({ post }) => post.id)).toEqual([before]);
    expect(await timeline.keysOf(viewer)).toEqual([]);
    expect((await timeline.page(viewer)).ids).toEqual([after, before]);
  });

  test('and another rebuild at the same time: the slow one overwrites nothing', async () => {
    const author = await timeline.person();
    const viewer = await follower(author);
    const { deps, open, arrival } = gated('finish');
    const reading = readHomeTimeline(deps, viewer.accountId, { first: 20, afterId: null });
    await arrival;
    const one = await timeline.post(author);
    await fanOutAll();
    expect((await timeline.page(viewer)).ids).toEqual([one]);
    const two = await timeline.post(author);
    await fanOutAll();
    open();
    await reading;
    expect(await cachedIds(viewer)).toEqual([two, one]);
  });

  test('whom one follows changes during the rebuild: the page after it is right', async () => {
    const [author, other] = [await timeline.person(), await timeline.person()];
    const viewer = await follower(author);
    const [mine, others] = [await timeline.post(author), await timeline.post(other)];
    await fanOutAll();
    const { deps, open, arrival } = gated('finish');
    const reading = readHomeTimeline(deps, viewer.accountId, { first: 20, afterId: null });
    await arrival;
    await timeline.follow(viewer, other.accountId);
    open();
    await reading;
    expect((await timeline.page(viewer)).ids).toEqual([others, mine]);
    expect(await cachedIds(viewer)).toEqual([others, mine]);
  });

  test('a timeline whose rebuild died can be read, and is rebuilt by the next reader', async () => {
    const author = await timeline.person();
    const viewer = await follower(author);
    await timeline.deps.homeCache.beginRebuild(viewer.accountId, null);
    const postId = await timeline.post(author);
    await fanOutAll();
    expect(await timeline.isCached(viewer)).toBe(false);
    const [key = ''] = await timeline.keysOf(viewer);
    expect(await timeline.redis.pttl(key)).toBeLessThanOrEqual(30_000);
    expect((await timeline.page(viewer)).ids).toEqual([postId]);
    expect(await timeline.isCached(viewer)).toBe(true);
    expect(await timeline.redis.zrange(key, '0', '-1')).toEqual(['!1:complete', postId]);
  });

  test('20 times, with everything at once: Redis ends up with every post', async () => {
    const loops = [1, 2].map(() => startFanOut({ pool: timeline.pool, homeCache: timeline.deps.homeCache, logger }));
    try {
      for (let run = 0; run < 20; run += 1) {
        const authors = [await timeline.person(), await timeline.person()];
        const viewer = await timeline.person();
        for (const author of authors) await timeline.follow(viewer, author.accountId);
        const wake = () => {
          for (const loop of loops) loop.wake();
        };
        const posting = authors.map(async (author) => {
          const ids: string[] = [];
          for (let count = 0; count < 4; count += 1) {
            ids.push(await timeline.post(author));
            wake();
          }
          return ids;
        });
        let ended = false;
        const reading = [1, 2].map(async () => {
          while (!ended) await timeline.page(viewer);
        });
        const flushing = (async () => {
          while (!ended) {
            const keys = await timeline.keysOf(viewer);
            if (keys.length > 0) await timeline.redis.del(keys);
          }
        })();
        const posted = (await Promise.all(posting)).flat();
        ended = true;
        await Promise.all([...reading, flushing]);
        await timeline.fannedOut();
        await timeline.page(viewer);
        // Newest first is by id, in Redis as in PostgreSQL.
        expect(await cachedIds(viewer)).toEqual(posted.toSorted().toReversed());
      }
    } finally {
      for (const loop of loops) await loop.stop();
    }
  }, 60_000);
});

test('what Redis holds is what PostgreSQL tells, after a time of random changes', async () => {
  const people: Person[] = [];
  for (let count = 0; count < 5; count += 1) people.push(await timeline.person());
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(Math.random() * items.length)] as Item;
  const posted: { readonly author: Person; readonly postId: string }[] = [];
  for (let step = 0; step < 150; step += 1) {
    const [one, two] = [pick(people), pick(people)];
    const kind = Math.random();
    if (kind < 0.4) posted.push({ author: one, postId: await timeline.post(one) });
    else if (kind < 0.55 && one !== two) await timeline.follow(one, two.accountId);
    else if (kind < 0.65 && one !== two) await timeline.unfollow(one, two.accountId);
    else if (kind < 0.75 && posted.length > 0) {
      const { author, postId } = pick(posted);
      await timeline.deletePost(author, postId);
    } else if (kind < 0.9) await timeline.page(one, { first: 1 + Math.floor(Math.random() * 10) });
    else await fanOutBatch(timeline.deps);
  }
  await fanOutAll();
  for (const viewer of people) {
    const { postIds } = await findTimelineIds(timeline.pool, viewer.accountId, newest, 100);
    expect((await timeline.page(viewer, { first: 100 })).ids).toEqual(postIds);
    // The page has rebuilt what was out of date and taken out what was gone.
    expect(await cachedIds(viewer)).toEqual(postIds);
  }
});
