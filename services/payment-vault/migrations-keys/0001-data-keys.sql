-- Wrapped data keys, in a schema and under a role of their own: the role of the vault's data has no right here.

-- Every master key that ever wrapped a data key. A retired one wraps nothing any more, and never again.
create table master_keys (
  id text primary key,
  first_used_at timestamptz not null default now(),
  retired_at timestamptz
);

-- One key for each owner and version. A destroyed key's row stays, without the key: its version is never used again, and
-- data that comes back from a backup can be told to be an erased owner's.
create table data_keys (
  owner_id text not null,
  version integer not null check (version > 0),
  wrapped_key bytea,
  master_key_id text not null references master_keys,
  created_at timestamptz not null default now(),
  destroyed_at timestamptz,
  primary key (owner_id, version),
  check ((wrapped_key is null) = (destroyed_at is not null))
);
create index data_keys_by_master_key on data_keys (master_key_id, owner_id, version) where wrapped_key is not null;
create index data_keys_destroyed on data_keys (destroyed_at, owner_id, version) where destroyed_at is not null;
