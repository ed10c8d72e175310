-- Ids are compared byte by byte everywhere ("C"), as Redis sorts them: a UUIDv7 then sorts by time in both.

-- The public face of an account. An account that has not saved a profile has no row.
create table accounts (
  account_id text collate "C" primary key,
  handle text not null constraint accounts_handle_taken unique check (handle ~ '^[a-z0-9_]{2,30}$'),
  display_name text not null check (char_length(display_name) between 1 and 60),
  avatar_url text
);

create table posts (
  post_id text collate "C" primary key,
  author_id text collate "C" not null references accounts,
  text text not null check (char_length(text) between 1 and 500),
  product_id text collate "C",
  created_at timestamptz not null,
  deleted_at timestamptz,
  -- Counts the events of this post.
  sequence integer not null
);
-- A home timeline is merged from the newest posts of each author. "POSIX" is the order of "C" under another name: the
-- primary key, which the planner would walk from the end until it has met enough posts of an author (all of them, for an
-- author without any), can then not serve that statement.
create index posts_by_author on posts (author_id, post_id collate "POSIX" desc) where deleted_at is null;

-- A follower need not have a profile.
create table follows (
  follower_id text collate "C" not null,
  followee_id text collate "C" not null references accounts,
  created_at timestamptz not null default now(),
  primary key (follower_id, followee_id),
  check (follower_id <> followee_id)
);
create index follows_by_followee on follows (followee_id, follower_id);

-- Counts the changes to whom an account follows. A timeline in Redis names the count that it was built at; with another
-- one here it is out of date, whatever became of Redis in between.
create table home_timelines (
  account_id text collate "C" primary key,
  follow_version integer not null
);

-- Posts that still have to be added to timelines in Redis. A row is written with its post and deleted when every
-- follower has been served, so that a crash in between loses none.
create table post_fanouts (
  post_id text collate "C" primary key references posts,
  author_id text collate "C" not null,
  -- Followers up to here have been served.
  after_follower_id text collate "C" not null default ''
);

-- What catalog and seller-eligibility tell of their own.
create table products (
  product_id text collate "C" primary key,
  seller_id text collate "C" not null,
  discontinued boolean not null,
  sequence integer not null
);
create table sellers (
  seller_id text collate "C" primary key,
  account_id text collate "C" not null,
  status text not null,
  sequence integer not null
);
