import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { newId } from '@vitrine/runtime/ids';
import type { Actor } from '@vitrine/runtime/identity';
import { maxCachedPosts, newest } from '../src/home-timeline.ts';
import { toCursor } from '@vitrine/runtime/page';
import { timelineEntriesStatement, timelineIdsStatement } from '../src/store.ts';
import { startTimelineService, type TimelinePage, type TimelineService } from './timeline-service.ts';

let timeline: TimelineService;
beforeAll(async () => {
  timeline = await startTimelineService();
  await timeline.redisUsable();
});
afterAll(() => timeline.stop());

type Person = Actor & { role: 'buyer' };

/** Writes posts without fan-out, as if they had been there before any timeline. @returns ids, newest first */
async function writePosts(authorId: string, count: number): Promise<string[]> {
  const postIds = Array.from({ length: count }, () => newId('pst'));
  await timeline.pool.query(
    `insert into posts (post_id, author_id, text, created_at, sequence) select id, $2, 'hello', now(), 1 from unnest($1::text[]) id`,
    [postIds, authorId],
  );
  return postIds.toReversed();
}

/** All pages, one after the other. */
async function everything(viewer: Actor, first: number): Promise<string[]> {
  const ids: string[] = [];
  let page: TimelinePage | null = null;
  do {
    page = await timeline.page(viewer, { first, after: page?.endCursor ?? null });
    ids.push(...page.ids);
    if (page.hasNextPage) expect(page.ids).toHaveLength(first);
  } while (page.hasNextPage);
  return ids;
}

/** The SQL statements, by name, and the number of calls of Redis that `work` makes. */
async function costOf(work: () => Promise<unknown>): Promise<{ statements: string[]; redisCalls: number }> {
  const { homeCache } = timeline.deps;
  const calls = (['read', 'beginRebuild', 'finishRebuild', 'add', 'forget'] as const).map((name) => jest.spyOn(homeCache, name));
  const statements = await timeline.statementsOf(work);
  const redisCalls = calls.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
  for (const spy of calls) spy.mockRestore();
  return { statements, redisCalls };
}

describe('what is in a home timeline', () => {
  test('posts of followed accounts and own ones, newest first, with their authors', async () => {
    const [ada, grace, linus, ken] = [await timeline.person(), await timeline.person(), await timeline.person(), await timeline.person()];
    await timeline.follow(ada, grace.accountId);
    await timeline.follow(ada, linus.accountId);
    expect(await timeline.page(ada)).toEqual({ ids: [], hasNextPage: false, endCursor: null });
    const ids: string[] = [];
    for (const author of [grace, linus, ada, grace]) ids.unshift(await timeline.post(author));
    await timeline.post(ken);
    await timeline.fannedOut();
    expect(await timeline.page(ada)).toEqual({ ids, hasNextPage: false, endCursor: expect.any(String) });

    const { data } = await timeline.ask(ada, '{ viewer { id homeTimeline { edges { node { author { id viewerFollows } } } } } }');
    const author = ({ accountId }: Person, viewerFollows: boolean) => ({ node: { author: { id: accountId, viewerFollows } } });
    expect(data).toEqual({
      viewer: {
        id: ada.accountId,
        homeTimeline: { edges: [author(grace, true), author(ada, false), author(linus, true), author(grace, true)] },
      },
    });
  });

  test('an own post is there as soon as it is answered', async () => {
    const ada = await timeline.person();
    for (let count = 1; count <= 5; count += 1) {
      const postId = await timeline.post(ada);
      expect((await timeline.page(ada)).ids[0]).toBe(postId);
    }
  });

  test('following brings in what was posted before, at once and every time', async () => {
    const [ada, grace, linus] = [await timeline.person(), await timeline.person(), await timeline.person()];
    const [one, two] = [await timeline.post(grace), await timeline.post(linus)];
    expect((await timeline.page(ada)).ids).toEqual([]);
    await timeline.follow(ada, grace.accountId);
    expect((await timeline.page(ada)).ids).toEqual([one]);
    await timeline.follow(ada, linus.accountId);
    expect((await timeline.page(ada)).ids).toEqual([two, one]);
    await timeline.unfollow(ada, grace.accountId);
    expect((await timeline.page(ada)).ids).toEqual([two]);
    await timeline.follow(ada, grace.accountId);
    expect((await timeline.page(ada)).ids).toEqual([two, one]);
  });

  test('a post that reaches Redis after its author was unfollowed is not shown', async () => {
    const [ada, grace] = [await timeline.person(), await timeline.person()];
    expect((await timeline.page(ada)).ids).toEqual([]);
    const postId = await timeline.post(grace);
    await timeline.deps.homeCache.add([{ viewerId: ada.accountId, postId }]);
    expect(await timeline.page(ada)).toEqual({ ids: [], hasNextPage: false, endCursor: null });
  });

  test('a flushed Redis changes nothing', async () => {
    const [ada, grace] = [await timeline.person(), await timeline.person()];
    await timeline.follow(ada, grace.accountId);
    for (let count = 0; count < 30; count += 1) await timeline.post(count % 3 === 0 ? ada : grace);
    await timeline.fannedOut();
    const before = await everything(ada, 7);
    expect(before).toHaveLength(30);
    await timeline.redis.flushdb();
    expect(await everything(ada, 7)).toEqual(before);
    expect(await timeline.isCached(ada)).toBe(true);
  });
});

describe('deleted posts', () => {
  test('never appear, and the page is full all the same', async () => {
    const ada = await timeline.person();
    const ids: string[] = [];
    for (let count = 0; count < 12; count += 1) ids.unshift(await timeline.post(ada));
    expect(await everything(ada, 5)).toEqual(ids);
    const [kept, gone] = [ids.filter((_id, index) => index % 3 === 0), ids.filter((_id, index) => index % 3 !== 0)];
    for (const postId of gone) await timeline.deletePost(ada, postId);
    expect(await timeline.page(ada, { first: 3 })).toEqual({
      ids: kept.slice(0, 3),
      hasNextPage: true,
      endCursor: toCursor(kept[2] ?? ''),
    });
    expect(await timeline.page(ada, { first: 4 })).toEqual({ ids: kept, hasNextPage: false, endCursor: expect.any(String) });
  });

  test('are taken out of Redis by the first page that meets them', async () => {
    const ada = await timeline.person();
    const [one, two] = [await timeline.post(ada), await timeline.post(ada)];
    await timeline.page(ada);
    await timeline.deletePost(ada, two);
    const read = () => timeline.page(ada, { first: 1 });
    expect((await read()).ids).toEqual([one]);
    expect(await costOf(read)).toEqual({ statements: ['timeline-entries'], redisCalls: 1 });
  });

  test('a cursor of a deleted post still leads on', async () => {
    const ada = await timeline.person();
    const ids: string[] = [];
    for (let count = 0; count < 4; count += 1) ids.unshift(await timeline.post(ada));
    const { endCursor } = await timeline.page(ada, { first: 2 });
    await timeline.deletePost(ada, ids[1] ?? '');
    expect((await timeline.page(ada, { first: 2, after: endCursor })).ids).toEqual(ids.slice(2));
  });

  test('even a timeline of which everything that Redis holds was deleted goes on in PostgreSQL', async () => {
    const ada = await timeline.person();
    const old = await writePosts(ada.accountId, 5);
    const young = await writePosts(ada.accountId, maxCachedPosts);
    expect((await timeline.page(ada, { first: 1 })).ids).toEqual(young.slice(0, 1));
    await timeline.pool.query('update posts set deleted_at = now() where post_id = any($1)', [young]);
    expect(await timeline.page(ada, { first: 10 })).toEqual({ ids: old, hasNextPage: false, endCursor: toCursor(old[4] ?? '') });
    const postId = await timeline.post(ada);
    expect((await timeline.page(ada, { first: 10 })).ids).toEqual([postId, ...old]);
  });
});

describe('long timelines', () => {
  test('Redis keeps the newest 800 posts and PostgreSQL tells the rest without a gap', async () => {
    const [ada, grace] = [await timeline.person(), await timeline.person()];
    await timeline.follow(ada, grace.accountId);
    const ids = await writePosts(grace.accountId, maxCachedPosts + 60);
    expect(await everything(ada, 100)).toEqual(ids);
    for (let count = 0; count < 3; count += 1) ids.unshift(await timeline.post(count === 1 ? ada : grace));
    await timeline.fannedOut();
    expect(await everything(ada, 70)).toEqual(ids);
    const [key] = await timeline.keysOf(ada);
    expect(await timeline.redis.zcard(key ?? '')).toBe(maxCachedPosts + 1);
  });

  test('a timeline that was whole in Redis still has its end when it has grown beyond 800', async () => {
    const ada = await timeline.person();
    const ids = await writePosts(ada.accountId, maxCachedPosts - 1);
    expect((await timeline.page(ada, { first: 1 })).hasNextPage).toBe(true);
    for (let count = 0; count < 4; count += 1) ids.unshift(await timeline.post(ada));
    expect(await everything(ada, 100)).toEqual(ids);
  });

  test('an old post that reaches Redis late leaves no hole above it', async () => {
    const ada = await timeline.person();
    const late = await writePosts(ada.accountId, 2);
    const old = await writePosts(ada.accountId, 10);
    const young = await writePosts(ada.accountId, maxCachedPosts);
    await timeline.page(ada, { first: 1 });
    // Redis has lost some of its posts to deletion, so that there is room below.
    for (const postId of young.slice(0, 5)) await timeline.deletePost(ada, postId);
    await timeline.page(ada, { first: 1 });
    await timeline.deps.homeCache.add(late.map((postId) => ({ viewerId: ada.accountId, postId })));
    expect(await everything(ada, 90)).toEqual([...young.slice(5), ...old, ...late]);
  });
});

describe('what a page costs', () => {
  const document =
    '{ viewer { homeTimeline(first: 20) { edges { node { id text author { handle viewerFollows } product { id } } } pageInfo { hasNextPage } } } }';

  test('in the usual case one call of Redis and one statement, with authors and whom one follows', async () => {
    const [ada, grace] = [await timeline.person(), await timeline.person()];
    await timeline.follow(ada, grace.accountId);
    await writePosts(grace.accountId, 40);
    await timeline.page(ada);
    expect(await costOf(() => timeline.ask(ada, document))).toEqual({ statements: ['timeline-entries'], redisCalls: 1 });
  });

  test('an empty timeline is kept in Redis, too', async () => {
    const ada = await timeline.person();
    await timeline.page(ada);
    expect(await timeline.isCached(ada)).toBe(true);
    expect(await costOf(() => timeline.ask(ada, document))).toEqual({ statements: ['timeline-entries'], redisCalls: 1 });
  });

  test('a timeline that is read lives for a week, and others go', async () => {
    const ada = await timeline.person();
    await timeline.page(ada);
    const [key = ''] = await timeline.keysOf(ada);
    const weekMs = 7 * 24 * 60 * 60_000;
    expect(await timeline.redis.pttl(key)).toBeGreaterThan(weekMs - 60_000);
    await timeline.redis.pexpire(key, weekMs / 2);
    await timeline.page(ada);
    expect(await timeline.redis.pttl(key)).toBeGreaterThan(weekMs - 60_000);
  });
});

test.each([{ first: 0 }, { first: 101 }, { after: 'nonsense' }, { after: '' }])('the page %j is refused', async (args) => {
  const ada = await timeline.person();
  const { data, errors } = await timeline.ask(
    ada,
    'query ($first: Int! = 20, $after: String) { viewer { id homeTimeline(first: $first, after: $after) { edges { cursor } } } }',
    {
      first: 20,
      ...args,
    },
  );
  expect({ data, code: errors?.[0]?.extensions.code }).toEqual({
    data: { viewer: { id: ada.accountId, homeTimeline: null } },
    code: 'BAD_USER_INPUT',
  });
});

test('with 50,000 posts the statements of the timeline read only what belongs to the page', async () => {
  const viewer = await timeline.person();
  const authors: Person[] = [];
  for (let count = 0; count < 25; count += 1) authors.push(await timeline.person());
  const postIds = Array.from({ length: 50_000 }, () => newId('pst'));
  await timeline.pool.query(
    `insert into posts (post_id, author_id, text, created_at, sequence)
     select id, ($2::text[])[1 + position % 25], 'hello', now(), 1 from unnest($1::text[]) with ordinality as row (id, position)`,
    [postIds, authors.map(({ accountId }) => accountId)],
  );
  for (const { accountId } of authors.slice(0, 5)) await timeline.follow(viewer, accountId);
  await timeline.pool.query('vacuum analyze posts, follows, accounts, home_timelines');

  const connection = await timeline.pool.connect();
  const nodesOf = async (statement: string, types: string, values: readonly string[]) => {
    await connection.query(`prepare explained (${types}) as ${statement}`);
    // The plan that a named statement has for good, whatever its values.
    await connection.query('set plan_cache_mode = force_generic_plan');
    const { rows } = await connection.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `explain (analyze, timing off, format json) execute explained (${values.join(', ')})`,
    );
    await connection.query('deallocate explained');
    return flatten(rows[0]?.['QUERY PLAN'][0].Plan).filter((node) => node['Relation Name'] === 'posts');
  };
  try {
    const ids = await nodesOf(timelineIdsStatement, 'text, text, int', [
      `'${viewer.accountId}'`,
      `'${newest}'`,
      String(maxCachedPosts + 1),
    ]);
    expect(ids.map((node) => [node['Node Type'], node['Index Name']])).toEqual([['Index Only Scan', 'posts_by_author']]);
    // Five followed authors and the viewer, at most a page of each.
    expect(ids[0]?.['Actual Rows']).toBeLessThanOrEqual(maxCachedPosts + 1);
    expect(ids[0]?.['Actual Loops']).toBe(6);

    const page = postIds.filter((_id, index) => index % 25 === 0).slice(0, 21);
    const entries = await nodesOf(timelineEntriesStatement, 'text, text[]', [
      `'${viewer.accountId}'`,
      `array[${page.map((id) => `'${id}'`).join(', ')}]`,
    ]);
    expect(entries.map((node) => node['Index Name'] ?? node['Node Type'])).not.toContain('Seq Scan');
    for (const node of entries) expect((node['Actual Rows'] ?? 0) * (node['Actual Loops'] ?? 0)).toBeLessThanOrEqual(page.length);
  } finally {
    await connection.query('reset plan_cache_mode');
    connection.release();
  }
}, 60_000);

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly Plans?: readonly PlanNode[];
}

const flatten = (node: PlanNode | undefined): PlanNode[] => (node === undefined ? [] : [node, ...(node.Plans ?? []).flatMap(flatten)]);
