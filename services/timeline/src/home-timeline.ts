/** Home timelines: pages of them, and which part is kept in Redis. */
import type { Account } from './account.ts';
import type { Post } from './post.ts';

/** Newest posts of a timeline that Redis keeps; what is older is read from PostgreSQL. */
export const maxCachedPosts = 800;

/** Sorts after every post id: where the first page begins. */
export const newest = '~';

/** A post in somebody's timeline, with what is known about its author on the way. */
export interface TimelineEntry {
  readonly post: Post;
  readonly author: Account;
  /** Whether the viewer follows the author; no for own posts. */
  readonly followed: boolean;
}

/** What Redis holds of a timeline. */
export interface CachedIds {
  /** Newest first. */
  readonly postIds: readonly string[];
  /** The viewer's `follow_version` that it was built at. */
  readonly followVersion: number;
  /** Whether there is nothing older than what Redis holds. */
  readonly complete: boolean;
}
