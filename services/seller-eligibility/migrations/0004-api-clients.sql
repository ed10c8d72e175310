-- The programs with which sellers call the partner graph by themselves, and the keys that these prove themselves with.
create table api_clients (
  client_id text primary key,
  seller_id text not null references sellers,
  name text not null check (char_length(name) between 1 and 80),
  scopes text[] not null check (cardinality(scopes) > 0),
  -- Empty: it may call from any address.
  ip_allow_list cidr[] not null,
  -- Account ids.
  created_by text not null,
  created_at timestamptz(3) not null default now(),
  updated_by text,
  updated_at timestamptz(3),
  revoked_by text,
  revoked_at timestamptz(3),
  constraint api_clients_updated check ((updated_at is null) = (updated_by is null)),
  constraint api_clients_revoked check ((revoked_at is null) = (revoked_by is null))
);
create index api_clients_by_seller on api_clients (seller_id, created_at) where revoked_at is null;

create table api_client_keys (
  key_id text primary key,
  client_id text not null references api_clients,
  -- SHA-256 of a secret of 256 random bits. The secret itself is kept nowhere.
  secret_hash bytea check (octet_length(secret_hash) = 32),
  -- A public JSON Web Key (RFC 7517), without anything that is not needed to check a signature.
  public_key jsonb,
  -- Account ids.
  created_by text not null,
  created_at timestamptz(3) not null default now(),
  -- Null: it ends only when it is revoked.
  expires_at timestamptz(3),
  revoked_by text,
  revoked_at timestamptz(3),
  -- Of the last call that was made with it, to the minute.
  last_used_at timestamptz(0),
  -- Where that call came from: no more exact than a /24 of IPv4 or a /48 of IPv6.
  last_used_network cidr,
  constraint api_client_keys_kind check ((secret_hash is null) <> (public_key is null)),
  constraint api_client_keys_revoked check ((revoked_at is null) = (revoked_by is null)),
  constraint api_client_keys_used check (last_used_at is not null or last_used_network is null)
);
create index api_client_keys_by_client on api_client_keys (client_id, created_at);
