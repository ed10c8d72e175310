/**
 * Reads a page of a home timeline. Ids come from Redis, from PostgreSQL when Redis is away, and from PostgreSQL below
 * what Redis keeps; every page is checked against PostgreSQL, so that no answer depends on what Redis holds. In the
 * usual case that is one call of Redis and one statement.
 */
import type { PageRequest } from '@vitrine/runtime/page';
import { unreachable } from '@vitrine/runtime/errors';
import { HomeCacheUnavailableError } from './home-cache.ts';
import { maxCachedPosts, newest, type CachedIds, type TimelineEntry } from './home-timeline.ts';
import type { Deps } from './deps.ts';
import { findTimelineEntries, findTimelineIds } from './store.ts';

export interface HomeTimelinePage {
  /** Newest first. */
  readonly entries: readonly TimelineEntry[];
  readonly hasNextPage: boolean;
}

type ReadDeps = Pick<Deps, 'pool' | 'homeCache' | 'logger'>;

/** Where the next ids come from. */
type Source =
  | { readonly kind: 'cache' }
  /** What a rebuild has just read. */
  | { readonly kind: 'rebuilt'; readonly timeline: CachedIds }
  | { readonly kind: 'database' };

interface Slice {
  readonly postIds: readonly string[];
  /** The version that Redis holds the timeline at; null for ids that PostgreSQL has just told. */
  readonly followVersion: number | null;
  /** Where older posts come from; null when there are none. */
  readonly next: Source | null;
}

/** Ids of posts that have gone are passed over in growing steps, at most this many at once. */
const maxSliceLength = 200;

export async function readHomeTimeline(deps: ReadDeps, viewerId: string, page: PageRequest): Promise<HomeTimelinePage> {
  const start = page.afterId ?? newest;
  const wanted = page.first + 1;
  const entries: TimelineEntry[] = [];
  let source: Source | null = { kind: 'cache' };
  let before = start;
  let count = wanted;

  while (source !== null && entries.length < wanted) {
    const slice: Slice | Source = await readSlice(deps, viewerId, source, before, count);
    if ('kind' in slice) {
      source = slice;
      continue;
    }
    // What Redis says about an empty page may be out of date, what PostgreSQL says is not.
    if (slice.followVersion === null && slice.postIds.length === 0) {
      source = slice.next;
      continue;
    }
    const checked = await findTimelineEntries(deps.pool, viewerId, slice.postIds);
    if (slice.followVersion !== null && slice.followVersion !== checked.followVersion) {
      // Whom the viewer follows has changed since Redis was written.
      source = await rebuild(deps, viewerId, checked.followVersion);
      entries.length = 0;
      before = start;
      count = wanted;
      continue;
    }
    entries.push(...checked.entries);
    if (slice.followVersion !== null && checked.entries.length < slice.postIds.length) {
      await forgetGone(deps, viewerId, slice.followVersion, slice.postIds, checked.entries);
    }
    source = slice.next;
    before = slice.postIds.at(-1) ?? before;
    count = Math.min(count * 2, maxSliceLength);
  }
  return { entries: entries.slice(0, page.first), hasNextPage: entries.length > page.first };
}

/** The next ids, or another source when this one cannot tell. */
async function readSlice(deps: ReadDeps, viewerId: string, source: Source, before: string, count: number): Promise<Slice | Source> {
  switch (source.kind) {
    case 'cache': {
      const cached = await readCache(deps, viewerId, before, count);
      if (cached === 'unavailable') return { kind: 'database' };
      if (cached === null) return rebuild(deps, viewerId, null);
      return {
        postIds: cached.postIds,
        followVersion: cached.followVersion,
        next: cached.postIds.length === count ? source : below(cached),
      };
    }
    case 'rebuilt': {
      const older = source.timeline.postIds.filter((postId) => postId < before);
      const postIds = older.slice(0, count);
      return { postIds, followVersion: null, next: older.length > count ? source : below(source.timeline) };
    }
    case 'database': {
      const { postIds } = await findTimelineIds(deps.pool, viewerId, before, count);
      return { postIds, followVersion: null, next: postIds.length === count ? source : null };
    }
    default:
      return unreachable(source);
  }
}

const below = (timeline: CachedIds): Source | null => (timeline.complete ? null : { kind: 'database' });

async function readCache(
  { homeCache, logger }: ReadDeps,
  viewerId: string,
  before: string,
  count: number,
): Promise<CachedIds | null | 'unavailable'> {
  try {
    return await homeCache.read(viewerId, before, count);
  } catch (error) {
    if (!(error instanceof HomeCacheUnavailableError)) throw error;
    logger.debug({ err: error }, 'timeline read from PostgreSQL');
    return 'unavailable';
  }
}

/** Reads the newest part of a timeline anew and offers it to Redis. */
async function rebuild({ pool, homeCache, logger }: ReadDeps, viewerId: string, wantedVersion: number | null): Promise<Source> {
  try {
    const token = await homeCache.beginRebuild(viewerId, wantedVersion);
    // Another request has been faster. What it wrote may be gone again already, so this page does not go back there.
    if (token === null) return { kind: 'database' };
    const timeline = await readNewest(pool, viewerId);
    await homeCache.finishRebuild(viewerId, token, timeline);
    return { kind: 'rebuilt', timeline };
  } catch (error) {
    if (!(error instanceof HomeCacheUnavailableError)) throw error;
    logger.debug({ err: error }, 'timeline not rebuilt in Redis');
    return { kind: 'database' };
  }
}

async function readNewest(pool: Deps['pool'], viewerId: string): Promise<CachedIds> {
  const { postIds, followVersion } = await findTimelineIds(pool, viewerId, newest, maxCachedPosts + 1);
  return { postIds: postIds.slice(0, maxCachedPosts), followVersion, complete: postIds.length <= maxCachedPosts };
}

/** Deleted posts stay in Redis until somebody meets them. */
async function forgetGone(
  { homeCache, logger }: ReadDeps,
  viewerId: string,
  followVersion: number,
  postIds: readonly string[],
  entries: readonly TimelineEntry[],
): Promise<void> {
  const present = new Set(entries.map(({ post }) => post.id));
  try {
    await homeCache.forget(
      viewerId,
      followVersion,
      postIds.filter((postId) => !present.has(postId)),
    );
  } catch (error) {
    if (!(error instanceof HomeCacheUnavailableError)) throw error;
    logger.debug({ err: error }, 'deleted posts stay in Redis for now');
  }
}
