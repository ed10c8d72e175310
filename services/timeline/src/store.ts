/** Every SQL statement of timeline. The statements of the reading paths are named, so that PostgreSQL plans them once. */
import type { Queryable } from '@vitrine/runtime/database';
import type { Account } from './account.ts';
import type { TimelineEntry } from './home-timeline.ts';
import type { KnownProduct, Post } from './post.ts';

interface AccountRow {
  readonly account_id: string;
  readonly handle: string;
  readonly display_name: string;
  readonly avatar_url: string | null;
}

interface PostRow {
  readonly post_id: string;
  readonly author_id: string;
  readonly text: string;
  readonly product_id: string | null;
  readonly created_at: Date;
}

const toAccount = (row: AccountRow): Account => ({
  id: row.account_id,
  handle: row.handle,
  displayName: row.display_name,
  avatarUrl: row.avatar_url,
});

const toPost = (row: PostRow): Post => ({
  id: row.post_id,
  authorId: row.author_id,
  text: row.text,
  productId: row.product_id,
  createdAt: row.created_at.toISOString(),
});

/** In no particular order; unknown ids are left out. */
export async function findAccounts(db: Queryable, accountIds: readonly string[]): Promise<Account[]> {
  const { rows } = await db.query<AccountRow>({
    name: 'accounts-by-id',
    text: 'select account_id, handle, display_name, avatar_url from accounts where account_id = any($1)',
    values: [accountIds],
  });
  return rows.map(toAccount);
}

export async function findAccountByHandle(db: Queryable, handle: string): Promise<Account | null> {
  const { rows } = await db.query<AccountRow>({
    name: 'account-by-handle',
    text: 'select account_id, handle, display_name, avatar_url from accounts where handle = $1',
    values: [handle],
  });
  return rows[0] === undefined ? null : toAccount(rows[0]);
}

export async function hasAccount(db: Queryable, accountId: string): Promise<boolean> {
  const { rowCount } = await db.query({ name: 'account-exists', text: 'select from accounts where account_id = $1', values: [accountId] });
  return rowCount === 1;
}

/** The constraint that fails when somebody else has the handle. */
export const handleTakenConstraint = 'accounts_handle_taken';

export async function saveAccount(db: Queryable, { id, handle, displayName, avatarUrl }: Account): Promise<void> {
  await db.query(
    `insert into accounts (account_id, handle, display_name, avatar_url) values ($1, $2, $3, $4)
       on conflict (account_id) do update
       set handle = excluded.handle, display_name = excluded.display_name, avatar_url = excluded.avatar_url`,
    [id, handle, displayName, avatarUrl],
  );
}

/** Follows, and counts a change if it is one. */
export async function insertFollow(db: Queryable, followerId: string, followeeId: string): Promise<void> {
  await db.query(
    `with changed as (
       insert into follows (follower_id, followee_id) values ($1, $2) on conflict do nothing returning follower_id
     )
     insert into home_timelines (account_id, follow_version) select follower_id, 1 from changed
       on conflict (account_id) do update set follow_version = home_timelines.follow_version + 1`,
    [followerId, followeeId],
  );
}

/** Stops following, and counts a change if it is one. */
export async function deleteFollow(db: Queryable, followerId: string, followeeId: string): Promise<void> {
  await db.query(
    `with changed as (
       delete from follows where follower_id = $1 and followee_id = $2 returning follower_id
     )
     insert into home_timelines (account_id, follow_version) select follower_id, 1 from changed
       on conflict (account_id) do update set follow_version = home_timelines.follow_version + 1`,
    [followerId, followeeId],
  );
}

/** Which of these accounts the follower follows. */
export async function findFollowed(db: Queryable, followerId: string, accountIds: readonly string[]): Promise<Set<string>> {
  const { rows } = await db.query<{ followee_id: string }>({
    name: 'followed-among',
    text: 'select followee_id from follows where follower_id = $1 and followee_id = any($2)',
    values: [followerId, accountIds],
  });
  return new Set(rows.map((row) => row.followee_id));
}

/** Writes a new post together with the work row of its fan-out. Its first event has the sequence 1. */
export async function insertPost(db: Queryable, post: Post): Promise<void> {
  await db.query({
    name: 'post-insert',
    text: `with post as (
             insert into posts (post_id, author_id, text, product_id, created_at, sequence) values ($1, $2, $3, $4, $5, 1)
             returning post_id, author_id
           )
           insert into post_fanouts (post_id, author_id) select post_id, author_id from post`,
    values: [post.id, post.authorId, post.text, post.productId, post.createdAt],
  });
}

/** Marks a post as deleted. Null when there is none of this author that is not. */
export async function deletePost(
  db: Queryable,
  postId: string,
  authorId: string,
): Promise<{ readonly post: Post; readonly sequence: number } | null> {
  const { rows } = await db.query<PostRow & { readonly sequence: number }>(
    `update posts set deleted_at = now(), sequence = sequence + 1
      where post_id = $1 and author_id = $2 and deleted_at is null
      returning post_id, author_id, text, product_id, created_at, sequence`,
    [postId, authorId],
  );
  return rows[0] === undefined ? null : { post: toPost(rows[0]), sequence: rows[0].sequence };
}

/** Posts that are not deleted, in no particular order. */
export async function findPosts(db: Queryable, postIds: readonly string[]): Promise<Post[]> {
  const { rows } = await db.query<PostRow>({
    name: 'posts-by-id',
    text: 'select post_id, author_id, text, product_id, created_at from posts where post_id = any($1) and deleted_at is null',
    values: [postIds],
  });
  return rows.map(toPost);
}

/** A post whether it is deleted or not: for the author who repeats the call that made it. */
export async function findPostEvenDeleted(db: Queryable, postId: string): Promise<Post | null> {
  const { rows } = await db.query<PostRow>({
    name: 'post-even-deleted',
    text: 'select post_id, author_id, text, product_id, created_at from posts where post_id = $1',
    values: [postId],
  });
  return rows[0] === undefined ? null : toPost(rows[0]);
}

/** $1 viewer, $2 before, $3 limit. One row at least: without a post when there is none. Index: posts_by_author. */
export const timelineIdsStatement = `
  select viewer.follow_version, page.post_id
    from (select coalesce((select follow_version from home_timelines where account_id = $1), 0) as follow_version) viewer
    left join lateral (
      select newest.post_id
        from (select followee_id as author_id from follows where follower_id = $1 union all select $1) authors
       cross join lateral (
               select post_id from posts
                where author_id = authors.author_id and deleted_at is null and post_id collate "POSIX" < $2
                order by post_id collate "POSIX" desc limit $3
             ) newest
       order by newest.post_id desc limit $3
    ) page on true
   order by page.post_id desc`;

/** The newest posts before `before` of those whom the viewer follows, and of the viewer: ids, newest first. */
export async function findTimelineIds(
  db: Queryable,
  viewerId: string,
  before: string,
  limit: number,
): Promise<{ readonly followVersion: number; readonly postIds: string[] }> {
  const { rows } = await db.query<{ follow_version: number; post_id: string | null }>({
    name: 'timeline-ids',
    text: timelineIdsStatement,
    values: [viewerId, before, limit],
  });
  return { followVersion: rows[0]?.follow_version ?? 0, postIds: rows.flatMap((row) => row.post_id ?? []) };
}

/** $1 viewer, $2 post ids. One row at least: without a post when none of these belongs into the timeline. */
export const timelineEntriesStatement = `
  select viewer.follow_version, post.post_id, post.author_id, post.text, post.product_id, post.created_at,
         author.account_id, author.handle, author.display_name, author.avatar_url, follow.followee_id is not null as followed
    from (select coalesce((select follow_version from home_timelines where account_id = $1), 0) as follow_version) viewer
    left join (
      posts post
      join accounts author on author.account_id = post.author_id
      left join follows follow on follow.follower_id = $1 and follow.followee_id = post.author_id
    ) on post.post_id = any($2) and post.deleted_at is null and (post.author_id = $1 or follow.followee_id is not null)
   order by post.post_id desc`;

/**
 * Those of the posts that belong into the viewer's timeline now (not deleted; the author is followed, or the viewer),
 * newest first.
 */
export async function findTimelineEntries(
  db: Queryable,
  viewerId: string,
  postIds: readonly string[],
): Promise<{ readonly followVersion: number; readonly entries: TimelineEntry[] }> {
  type Row = AccountRow & PostRow & { readonly followed: boolean };
  const { rows } = await db.query<{ readonly follow_version: number } & (Row | { readonly post_id: null })>({
    name: 'timeline-entries',
    text: timelineEntriesStatement,
    values: [viewerId, postIds],
  });
  return {
    followVersion: rows[0]?.follow_version ?? 0,
    entries: rows.flatMap((row) => (row.post_id === null ? [] : { post: toPost(row), author: toAccount(row), followed: row.followed })),
  };
}

/** A product with its seller; null when nothing has been heard of it. */
export async function findProduct(db: Queryable, productId: string): Promise<KnownProduct | null> {
  const { rows } = await db.query<{ seller_id: string; discontinued: boolean; account_id: string | null; status: string | null }>({
    name: 'product-with-seller',
    text: `select product.seller_id, product.discontinued, seller.account_id, seller.status
             from products product left join sellers seller using (seller_id) where product.product_id = $1`,
    values: [productId],
  });
  const row = rows[0];
  if (row === undefined) return null;
  const seller = row.account_id === null || row.status === null ? null : { accountId: row.account_id, status: row.status };
  return { sellerId: row.seller_id, discontinued: row.discontinued, seller };
}

/** Remembers a product, unless something newer is known. */
export async function saveProduct(
  db: Queryable,
  product: { readonly productId: string; readonly sellerId: string; readonly discontinued: boolean; readonly sequence: number },
): Promise<void> {
  await db.query({
    name: 'product-save',
    text: `insert into products (product_id, seller_id, discontinued, sequence) values ($1, $2, $3, $4)
             on conflict (product_id) do update
             set seller_id = excluded.seller_id, discontinued = excluded.discontinued, sequence = excluded.sequence
             where products.sequence < excluded.sequence`,
    values: [product.productId, product.sellerId, product.discontinued, product.sequence],
  });
}

/** Remembers a seller, unless something newer is known. */
export async function saveSeller(
  db: Queryable,
  seller: { readonly sellerId: string; readonly accountId: string; readonly status: string; readonly sequence: number },
): Promise<void> {
  await db.query({
    name: 'seller-save',
    text: `insert into sellers (seller_id, account_id, status, sequence) values ($1, $2, $3, $4)
             on conflict (seller_id) do update
             set account_id = excluded.account_id, status = excluded.status, sequence = excluded.sequence
             where sellers.sequence < excluded.sequence`,
    values: [seller.sellerId, seller.accountId, seller.status, seller.sequence],
  });
}

/** A post on its way into timelines, with the followers whose turn it is. */
export interface FanOut {
  readonly postId: string;
  readonly authorId: string;
  /** Fewer than asked for when these are the last ones; none for a post that has been deleted. */
  readonly followerIds: string[];
}

/** Takes the oldest fan-outs that no other process has taken. They stay taken until the transaction ends. */
export async function takeFanOuts(
  transaction: Queryable,
  limits: { readonly posts: number; readonly followersEach: number },
): Promise<FanOut[]> {
  const { rows } = await transaction.query<{ post_id: string; author_id: string; follower_id: string | null }>({
    name: 'fan-outs-take',
    text: `with taken as materialized (
             select post_id, author_id, after_follower_id from post_fanouts order by post_id limit $1 for update skip locked
           )
           select taken.post_id, taken.author_id, follower.follower_id
             from taken
             join posts using (post_id)
             left join lateral (
               select follower_id from follows
                where followee_id = taken.author_id and follower_id > taken.after_follower_id
                order by follower_id limit $2
             ) follower on posts.deleted_at is null
            order by taken.post_id, follower.follower_id`,
    values: [limits.posts, limits.followersEach],
  });
  return [...Map.groupBy(rows, (row) => row.post_id)].map(([postId, group]) => ({
    postId,
    authorId: group[0]?.author_id ?? '',
    followerIds: group.flatMap((row) => row.follower_id ?? []),
  }));
}

export async function deleteFanOuts(transaction: Queryable, postIds: readonly string[]): Promise<void> {
  await transaction.query({ name: 'fan-outs-delete', text: 'delete from post_fanouts where post_id = any($1)', values: [postIds] });
}

/** Notes up to which follower a post has been fanned out. */
export async function advanceFanOuts(
  transaction: Queryable,
  progress: readonly { readonly postId: string; readonly afterFollowerId: string }[],
): Promise<void> {
  await transaction.query({
    name: 'fan-outs-advance',
    text: `update post_fanouts set after_follower_id = reached.follower_id
             from unnest($1::text[], $2::text[]) as reached (post_id, follower_id) where post_fanouts.post_id = reached.post_id`,
    values: [progress.map(({ postId }) => postId), progress.map(({ afterFollowerId }) => afterFollowerId)],
  });
}
