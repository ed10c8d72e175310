/**
 * Home timelines in Redis: every command of the service. Redis proposes which posts are on a page and PostgreSQL
 * decides, so whatever Redis loses costs a rebuild, never a post. A call that cannot be made fails fast.
 */
import { randomUUID } from 'node:crypto';
import { Redis, type Callback, type ClientContext, type Result } from 'ioredis';
import { createCircuitBreaker } from '@vitrine/runtime/circuit-breaker';
import type { Logger } from '@vitrine/runtime/telemetry';
import { homeCacheScripts } from './home-cache-scripts.ts';
import { maxCachedPosts, type CachedIds } from './home-timeline.ts';

declare module 'ioredis' {
  interface RedisCommander<Context extends ClientContext> {
    timelineRead(key: string, before: string, count: number, ttlMs: number): Result<string[] | null, Context>;
    timelineBegin(key: string, token: string, wantedVersion: number | '', ttlMs: number): Result<0 | 1, Context>;
    timelineFinish(
      key: string,
      token: string,
      followVersion: number,
      complete: 0 | 1,
      maxPosts: number,
      ttlMs: number,
      ...postIds: string[]
    ): Result<0 | 1, Context>;
    timelineAdd(key: string, postId: string, maxPosts: number, callback?: Callback<0 | 1>): Result<0 | 1, Context>;
    timelineForget(key: string, followVersion: number, maxPosts: number, ...postIds: string[]): Result<0 | 1, Context>;
  }
}

/** Redis cannot be used at the moment. */
export class HomeCacheUnavailableError extends Error {
  override readonly name = 'HomeCacheUnavailableError';
}

/** Posts to be put into a viewer's timeline. */
export interface CacheAddition {
  readonly viewerId: string;
  readonly postId: string;
}

/** All of it throws `HomeCacheUnavailableError` when Redis does not answer in time. */
export interface HomeCache {
  /** The newest `count` posts before `before`. Null when the timeline has to be rebuilt. */
  read(viewerId: string, before: string, count: number): Promise<CachedIds | null>;
  /**
   * Announces a rebuild. To be called *before* PostgreSQL is read: a post whose fan-out ran earlier has been committed
   * and will be read, one whose fan-out runs later is kept by Redis, so no post falls in between.
   * @param wantedVersion follow version that a timeline which is there must have to be kept; null keeps any
   * @returns a token for `finishRebuild`; null when there is nothing to rebuild any more
   */
  beginRebuild(viewerId: string, wantedVersion: number | null): Promise<string | null>;
  /** Writes what was read, unless the rebuild has been overtaken by another one. */
  finishRebuild(viewerId: string, token: string, timeline: CachedIds): Promise<void>;
  /** Adds posts to the timelines among these that exist. A repeat changes nothing. */
  add(additions: readonly CacheAddition[]): Promise<void>;
  /** Takes posts out of a timeline, if it is still the one that was read. */
  forget(viewerId: string, followVersion: number, postIds: readonly string[]): Promise<void>;
  /** Closes the connection. */
  close(): void;
}

export interface HomeCacheOptions {
  readonly url: string;
  /** How long to wait for an answer. */
  readonly timeoutMs: number;
  readonly logger: Logger;
}

/** A timeline is dropped when nobody has read it for 6 to 7 days. */
const timelineTtlMs = 7 * 24 * 60 * 60_000;
/** Longer than PostgreSQL may take for a statement (15 s). */
const rebuildTtlMs = 30_000;
const failureThreshold = 3;
const pauseMs = 1_000;

/** Connects in the background and goes on trying for ever. */
export function createHomeCache({ url, timeoutMs, logger }: HomeCacheOptions): HomeCache {
  const redis = new Redis(url, {
    scripts: homeCacheScripts,
    commandTimeout: timeoutMs,
    connectTimeout: 2_000,
    disconnectTimeout: 200,
    // A peer that has vanished without a word is given up, and connected to anew.
    socketTimeout: timeoutMs * 10,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, 1_000),
  });
  const breaker = createCircuitBreaker({ failureThreshold, pauseMs });
  // A Redis that was restarted, or replaced by its replica, may have forgotten the last moments and still look whole:
  // the timelines of one run of the server are not read in another.
  let runId: string | null = null;
  let closing = false;
  let lossReported = false;

  redis.on('error', (error) => logger.debug({ err: error }, 'Redis connection failed'));
  redis.on('close', () => {
    runId = null;
    if (lossReported || closing) return;
    lossReported = true;
    logger.warn('there is no connection to Redis; timelines are read from PostgreSQL');
  });
  redis.on('ready', () => {
    redis.info('server').then(
      (text) => {
        runId = /^run_id:(\w{8})/m.exec(text)?.[1] ?? null;
        if (runId === null) logger.error('Redis does not tell its run id; timelines are read from PostgreSQL');
        else if (lossReported) logger.info('Redis is connected again');
        lossReported = false;
      },
      (error: unknown) => {
        logger.warn({ err: error }, 'Redis did not answer after it was connected; connecting again');
        redis.disconnect(true);
      },
    );
  });

  const attempt = async <Answer>(call: (keyOf: (viewerId: string) => string) => Promise<Answer>): Promise<Answer> => {
    if (runId === null || !breaker.allows()) throw new HomeCacheUnavailableError('Redis is not available');
    const prefix = `timeline:home:${runId}:`;
    try {
      const answer = await call((viewerId) => prefix + viewerId);
      if (breaker.succeeded()) logger.info('Redis answers again');
      return answer;
    } catch (error) {
      logger.debug({ err: error }, 'Redis call failed');
      if (breaker.failed()) logger.warn({ err: error }, 'Redis does not answer; timelines are read from PostgreSQL');
      throw new HomeCacheUnavailableError('Redis did not answer', { cause: error });
    }
  };

  return {
    async read(viewerId, before, count) {
      const answer = await attempt((keyOf) => redis.timelineRead(keyOf(viewerId), before, count, timelineTtlMs));
      if (answer === null) return null;
      const [marker = '', ...postIds] = answer;
      const [version, state] = marker.slice(1).split(':');
      return { postIds, followVersion: Number(version), complete: state === 'complete' };
    },

    async beginRebuild(viewerId, wantedVersion) {
      const token = randomUUID();
      const begun = await attempt((keyOf) => redis.timelineBegin(keyOf(viewerId), token, wantedVersion ?? '', rebuildTtlMs));
      return begun === 1 ? token : null;
    },

    async finishRebuild(viewerId, token, { postIds, followVersion, complete }) {
      await attempt((keyOf) =>
        redis.timelineFinish(keyOf(viewerId), token, followVersion, complete ? 1 : 0, maxCachedPosts, timelineTtlMs, ...postIds),
      );
    },

    async add(additions) {
      if (additions.length === 0) return;
      await attempt(async (keyOf) => {
        const pipeline = redis.pipeline();
        for (const { viewerId, postId } of additions) pipeline.timelineAdd(keyOf(viewerId), postId, maxCachedPosts);
        const answers = await pipeline.exec();
        const failure = answers === null ? new Error('the pipeline was given up') : answers.find(([error]) => error !== null)?.[0];
        if (failure !== undefined && failure !== null) throw failure;
      });
    },

    async forget(viewerId, followVersion, postIds) {
      await attempt((keyOf) => redis.timelineForget(keyOf(viewerId), followVersion, maxCachedPosts, ...postIds));
    },

    close() {
      closing = true;
      redis.disconnect();
    },
  };
}
