-- The safelist: operations that app builds were published with, which build has which, and how often each is used.

-- Grows by one with each change of what is below and in force: a gateway reads the list again when it is not what it was.
create table operation_revision (
  only_row boolean primary key default true check (only_row),
  revision bigint not null default 0
);
insert into operation_revision default values;

-- The text of an id never changes. Ids are compared byte by byte.
create table operations (
  graph text not null check (graph in ('buyer', 'partner', 'ops')),
  operation_id text collate "C" not null check (char_length(operation_id) between 1 and 128),
  name text not null,
  kind text not null check (kind in ('query', 'mutation')),
  body text not null check (char_length(body) between 1 and 65536),
  created_at timestamptz not null default now(),
  primary key (graph, operation_id)
);

-- An app version that has the operation. `shape` is what its code was generated for: the types that it reads and the
-- inputs that it may send, as the schema was then. An operation is in force while one of these is not retired.
create table operation_publications (
  platform text not null check (platform in ('ios', 'android', 'web')),
  version text collate "C" not null check (char_length(version) between 1 and 64),
  graph text not null,
  operation_id text collate "C" not null,
  shape jsonb not null,
  published_at timestamptz not null default now(),
  retired_at timestamptz,
  primary key (platform, version, graph, operation_id),
  foreign key (graph, operation_id) references operations
);
create index operation_publications_in_force on operation_publications (graph, operation_id) where retired_at is null;

-- How often an operation was executed, by day (UTC) and app version; built-in ones too, which are no rows above.
-- Platform and version are 'unknown' for callers that say none; the version is 'other' past those that are told apart.
create table operation_uses (
  day date not null,
  graph text not null,
  operation_id text collate "C" not null,
  platform text not null,
  version text collate "C" not null,
  uses bigint not null check (uses > 0),
  failures bigint not null check (failures between 0 and uses),
  primary key (day, graph, operation_id, platform, version)
);
