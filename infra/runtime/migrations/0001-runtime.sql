-- What the runtime keeps in every service's database.

-- Events that a committed change has to publish. `position` is taken inside the change's transaction, so for one key
-- (whose changes are serialised by a row lock) it rises in commit order; between keys it may not.
create table outbox (
  position bigint generated always as identity primary key,
  event_id text not null unique,
  topic text not null,
  key text not null,
  type text not null,
  sequence integer not null,
  payload jsonb not null,
  correlation_id text not null,
  causation_id text,
  occurred_at timestamptz not null default now(),
  published_at timestamptz
);
create index outbox_unpublished on outbox (position) where published_at is null;
create index outbox_published on outbox (published_at) where published_at is not null;

-- Events that have been applied, in the same transaction as their effect.
create table inbox (
  consumer_group text not null,
  event_id text not null,
  applied_at timestamptz not null default now(),
  primary key (consumer_group, event_id)
);

-- Results of mutations by idempotency key, in the same transaction as their effect.
create table idempotency_keys (
  actor_id text not null,
  operation text not null,
  key text not null,
  input_hash bytea not null,
  result jsonb not null,
  created_at timestamptz not null default now(),
  primary key (actor_id, operation, key)
);
create index idempotency_keys_created on idempotency_keys (created_at);
