/** The service in this process, on a database and a Redis of the test file's own, called through its GraphQL endpoint. */
import { randomBytes, randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { Redis } from 'ioredis';
import { createPool, type Pool } from '@vitrine/runtime/database';
import { identityHeader, parseIdentityKeys, signIdentity, type Actor } from '@vitrine/runtime/identity';
import { newId } from '@vitrine/runtime/ids';
import { createLogger } from '@vitrine/runtime/telemetry';
import { createTestDatabase, createTestRedis } from '../../../tests/support/stack.ts';
import type { Deps } from '../src/deps.ts';
import { startFanOut } from '../src/fan-out-posts.ts';
import { createHomeCache } from '../src/home-cache.ts';
import { buildServer } from '../src/server.ts';

const identityKeys = parseIdentityKeys(`gateway>timeline:k1:${randomBytes(32).toString('base64')}`);
export const logger = createLogger({ name: 'timeline', level: 'silent' });

export interface Answer {
  readonly status: number;
  // The tests say what they expect with matchers.
  readonly data?: Record<string, never> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

export interface TimelinePage {
  readonly ids: readonly string[];
  readonly hasNextPage: boolean;
  readonly endCursor: string | null;
}

export type TimelineService = Awaited<ReturnType<typeof startTimelineService>>;

export const buyer = (): Actor & { role: 'buyer' } => ({ role: 'buyer', accountId: newId('usr'), country: 'US' });
export const seller = (): Actor & { role: 'seller' } => ({ role: 'seller', accountId: newId('usr'), sellerId: newId('sel') });

export async function startTimelineService(
  options: {
    readonly redisUrl?: string;
    readonly redisTimeoutMs?: number;
    readonly fanOut?: boolean;
    readonly wrap?: (deps: Deps) => Deps;
  } = {},
) {
  const database = await createTestDatabase('timeline');
  const redisUrl = await createTestRedis();
  const pool: Pool = createPool({ url: database.url, size: 10, name: 'timeline-test', logger });
  const redis = new Redis(redisUrl);
  // Generous timeouts: the machine of a test may be busy, and a page from PostgreSQL would hide what Redis holds.
  const cacheOptions = { url: options.redisUrl ?? redisUrl, timeoutMs: options.redisTimeoutMs ?? 5_000, logger };
  const homeCache = createHomeCache(cacheOptions);
  const fanOut = options.fanOut === false ? null : startFanOut({ pool, homeCache, logger });
  const plain: Deps = { pool, homeCache, logger, wakeRelay: () => {}, wakeFanOut: () => fanOut?.wake() };
  const deps = options.wrap?.(plain) ?? plain;
  const server = buildServer(deps, { identityKeys, readiness: {} });
  await server.ready();

  const ask = async (actor: Actor, query: string, variables: object = {}): Promise<Answer> => {
    const identity = signIdentity(identityKeys, { from: 'gateway', to: 'timeline', actor, requestId: randomUUID() });
    const response = await server.inject({
      method: 'POST',
      url: '/graphql',
      headers: { [identityHeader]: identity },
      payload: { query, variables },
    });
    return { status: response.statusCode, ...response.json<Omit<Answer, 'status'>>() };
  };

  const mutate = async (
    actor: Actor,
    name: string,
    fields: string,
    input: object,
    idempotencyKey: string = randomUUID(),
  ): Promise<Record<string, unknown>> => {
    const type = name === 'unfollowAccount' ? 'FollowAccountInput' : `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
    const document = `mutation ($input: ${type}!) { ${name}(input: $input) { __typename ... on UserError { message } ${fields} } }`;
    const { data, errors } = await ask(actor, document, { input: { idempotencyKey, ...input } });
    if (data === null || data === undefined)
      throw new Error(errors?.map(({ extensions, message }) => `${extensions.code}: ${message}`).join(', '));
    return data[name] as unknown as Record<string, unknown>;
  };

  const refusals = `... on InvalidInputError { path } ... on NotFoundError { id } ... on IdempotencyKeyReusedError { idempotencyKey } ... on IdempotencyKeyInFlightError { retryAfterMs }`;
  const saveProfile = (actor: Actor, input: object, key?: string) =>
    mutate(
      actor,
      'saveProfile',
      `... on InvalidInputError { path } ... on HandleTakenError { handle } ... on IdempotencyKeyReusedError { idempotencyKey } ... on IdempotencyKeyInFlightError { retryAfterMs } ... on SaveProfileSuccess { account { id handle displayName avatarUrl } }`,
      input,
      key,
    );
  const follow = (actor: Actor, accountId: string, key?: string) =>
    mutate(actor, 'followAccount', `${refusals} ... on FollowAccountSuccess { account { id viewerFollows } }`, { accountId }, key);
  const unfollow = (actor: Actor, accountId: string, key?: string) =>
    mutate(actor, 'unfollowAccount', `${refusals} ... on FollowAccountSuccess { account { id viewerFollows } }`, { accountId }, key);
  const createPost = (actor: Actor, input: object, key?: string) =>
    mutate(
      actor,
      'createPost',
      `${refusals} ... on CreatePostSuccess { post { id text createdAt author { id } product { id } } }`,
      input,
      key,
    );
  const deletePost = (actor: Actor, postId: string, key?: string) =>
    mutate(actor, 'deletePost', `${refusals} ... on DeletePostSuccess { postId }`, { postId }, key);

  return {
    database,
    pool,
    redis,
    deps,
    fanOut,
    ask,
    saveProfile,
    follow,
    unfollow,
    createPost,
    deletePost,

    /** A buyer with a profile. */
    async person(): Promise<Actor & { role: 'buyer' }> {
      const actor = buyer();
      await saveProfile(actor, { handle: `p_${randomBytes(6).toString('hex')}`, displayName: 'A person' });
      return actor;
    },

    /** Posts a text. @returns the id */
    async post(actor: Actor, text = 'hello'): Promise<string> {
      const { post } = await createPost(actor, { text });
      return (post as { id: string }).id;
    },

    async page(actor: Actor, args: { readonly first?: number; readonly after?: string | null } = {}): Promise<TimelinePage> {
      const { data, errors } = await ask(
        actor,
        'query ($first: Int!, $after: String) { viewer { homeTimeline(first: $first, after: $after) { edges { cursor node { id } } pageInfo { hasNextPage endCursor } } } }',
        { first: args.first ?? 20, after: args.after ?? null },
      );
      if (errors !== undefined) throw new Error(errors.map(({ message }) => message).join(', '));
      const { homeTimeline } = (
        data as unknown as { viewer: { homeTimeline: { edges: { node: { id: string } }[]; pageInfo: Omit<TimelinePage, 'ids'> } } }
      ).viewer;
      return { ids: homeTimeline.edges.map(({ node }) => node.id), ...homeTimeline.pageInfo };
    },

    /** Names of the statements that `work` runs outside of transactions. */
    async statementsOf(work: () => Promise<unknown>): Promise<string[]> {
      const spy = jest.spyOn(pool, 'query');
      try {
        await work();
        return spy.mock.calls.map((call) => (call as unknown as readonly { readonly name: string }[])[0]?.name ?? '');
      } finally {
        spy.mockRestore();
      }
    },

    /** Keys of a viewer's timeline in Redis: one, or none. */
    keysOf: (actor: { readonly accountId: string }): Promise<string[]> => redis.keys(`timeline:home:*:${actor.accountId}`),

    /** Whether Redis holds a timeline of the viewer that can be read. */
    async isCached(actor: { readonly accountId: string }): Promise<boolean> {
      const [key] = await redis.keys(`timeline:home:*:${actor.accountId}`);
      return key !== undefined && (await redis.zrange(key, '0', '0'))[0]?.startsWith('!') === true;
    },

    /** Waits until no post waits to be put into timelines. */
    async fannedOut(): Promise<void> {
      await until(async () => (await pool.query('select from post_fanouts')).rowCount === 0);
    },

    /** Waits until the service has its connection to Redis, or has lost it. */
    async redisUsable(usable = true): Promise<void> {
      await until(async () => {
        const answer = await homeCache.read('usr_nobody', '~', 1).then(
          () => true,
          () => false,
        );
        return answer === usable;
      });
    },

    async stop(): Promise<void> {
      await server.close();
      await fanOut?.stop();
      homeCache.close();
      redis.disconnect();
      await pool.end();
      await database.drop();
    },
  };
}

/** Waits for a condition. */
export async function until(condition: () => Promise<boolean> | boolean, timeoutMs = 15_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('the condition did not come true in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
