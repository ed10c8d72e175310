import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Actor } from '@vitrine/runtime/identity';
import { startRedisProxy, type RedisProxy } from '../../../tests/support/redis-proxy.ts';
import { createTestRedis } from '../../../tests/support/stack.ts';
import { newest } from '../src/home-timeline.ts';
import { startTimelineService, until, type TimelineService } from './timeline-service.ts';

type Person = Actor & { role: 'buyer' };

let proxy: RedisProxy;
let timeline: TimelineService;
let [ada, grace] = [] as unknown as [Person, Person];
let ids: string[] = [];

describe('Redis goes away and comes back', () => {
  beforeAll(async () => {
    proxy = await startRedisProxy(await createTestRedis());
    timeline = await startTimelineService({ redisUrl: proxy.url, redisTimeoutMs: 150 });
  });
  afterAll(async () => {
    await timeline.stop();
    await proxy.close();
  });
  beforeEach(async () => {
    await timeline.redisUsable();
    [ada, grace] = [await timeline.person(), await timeline.person()];
    await timeline.follow(ada, grace.accountId);
    ids = [];
    for (let count = 0; count < 12; count += 1) ids.unshift(await timeline.post(count % 2 === 0 ? ada : grace));
    await timeline.fannedOut();
    expect((await timeline.page(ada)).ids).toEqual(ids);
  });
  afterEach(() => proxy.open());

  async function pagesOf(viewer: Person): Promise<string[]> {
    const first = await timeline.page(viewer, { first: 7 });
    const second = await timeline.page(viewer, { first: 7, after: first.endCursor });
    return [...first.ids, ...second.ids];
  }

  test('cut off: the same pages come from PostgreSQL, posts and follows go on', async () => {
    proxy.cut();
    await timeline.redisUsable(false);
    expect(await pagesOf(ada)).toEqual(ids);
    const linus = await timeline.person();
    const older = await timeline.post(linus);
    await timeline.follow(ada, linus.accountId);
    await timeline.unfollow(ada, grace.accountId);
    const newer = await timeline.post(ada);
    const expected = [newer, older, ...ids.filter((_id, index) => index % 2 === 1)];
    expect((await timeline.page(ada)).ids).toEqual(expected);

    // What Redis holds is from before all of this.
    proxy.open();
    await timeline.redisUsable();
    await timeline.fannedOut();
    expect((await timeline.page(ada)).ids).toEqual(expected);
    await until(
      async () =>
        (await timeline.deps.homeCache.read(ada.accountId, newest, 20).catch(() => null))?.postIds.join(',') === expected.join(','),
    );
  });

  test('posts made while it is away reach the timelines that it still holds', async () => {
    proxy.cut();
    await timeline.redisUsable(false);
    const postId = await timeline.post(grace);
    expect((await timeline.pool.query('select from post_fanouts')).rowCount).toBe(1);
    proxy.open();
    await timeline.redisUsable();
    await timeline.fannedOut();
    expect((await timeline.page(ada)).ids).toEqual([postId, ...ids]);
  });

  test('hanging: a page waits for it a few times at most, then not at all, and uses it again when it answers', async () => {
    proxy.hang();
    const spans: number[] = [];
    for (let count = 0; count < 8; count += 1) {
      const begin = performance.now();
      expect((await timeline.page(ada)).ids).toEqual(ids);
      spans.push(performance.now() - begin);
    }
    // Three timeouts open the breaker; of the other pages one a second tries again.
    expect(spans.filter((span) => span >= 140).length).toBeLessThanOrEqual(5);
    expect(await timeline.deps.homeCache.read(ada.accountId, newest, 1).catch((error: unknown) => (error as Error).name)).toBe(
      'HomeCacheUnavailableError',
    );
    proxy.open();
    await timeline.redisUsable();
    expect((await timeline.page(ada)).ids).toEqual(ids);
  });

  test('back after a restart it may have forgotten posts: what another run of it wrote is not read', async () => {
    // The server comes back from a copy in which the last post is missing.
    const forgetful = await timeline.deps.homeCache.read(ada.accountId, newest, 20);
    expect(forgetful?.postIds).toEqual(ids);
    await timeline.deps.homeCache.forget(ada.accountId, forgetful?.followVersion ?? 0, ids.slice(0, 1));
    expect((await timeline.page(ada)).ids).toEqual(ids.slice(1));
    proxy.restart();
    await until(async () => (await timeline.page(ada)).ids.length === ids.length);
    await timeline.redisUsable();
    expect(await pagesOf(ada)).toEqual(ids);
  });
});

test('without any Redis the service starts and serves every timeline', async () => {
  const lost = await startTimelineService({ redisUrl: 'redis://127.0.0.1:1/0' });
  try {
    const [viewer, author] = [await lost.person(), await lost.person()];
    await lost.follow(viewer, author.accountId);
    const [one, two] = [await lost.post(author), await lost.post(viewer)];
    const begin = performance.now();
    expect(await lost.page(viewer, { first: 1 })).toMatchObject({ ids: [two], hasNextPage: true });
    expect(await lost.page(viewer)).toMatchObject({ ids: [two, one], hasNextPage: false });
    expect(performance.now() - begin).toBeLessThan(2_000);
  } finally {
    await lost.stop();
  }
});
