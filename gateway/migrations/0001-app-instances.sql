-- Official apps: the instances that have proven to be one, and which versions are served.

-- An installation of an app, by the attested key in its secure hardware and the DPoP key that its tokens are bound to.
-- A new attested key for the same DPoP key takes the place of the one before; rows stay as a record.
create table app_instances (
  instance_id text collate "C" primary key,
  -- Thumbprint of the DPoP key (RFC 7638).
  jkt text collate "C" not null check (char_length(jkt) = 43),
  -- SHA-256 of the attested public key's point, base64.
  key_id text collate "C" not null check (char_length(key_id) = 44),
  -- SubjectPublicKeyInfo, DER.
  public_key bytea not null,
  platform text not null check (platform in ('ios', 'android')),
  app_id text not null,
  version text not null,
  environment text not null check (environment in ('production', 'development')),
  -- Of the last assertion that was accepted. Strictly rising.
  counter bigint not null default 0 check (counter >= 0),
  -- Who was signed in when it was registered.
  account_id text collate "C" not null,
  created_at timestamptz not null default now(),
  last_seen_on date not null default current_date,
  revoked_at timestamptz
);
create unique index app_instances_live on app_instances (jkt) where revoked_at is null;
create index app_instances_by_key on app_instances (jkt, key_id);
create index app_instances_by_account on app_instances (account_id, created_at);

-- The oldest version of a platform's app that is served. A platform without a row has none.
create table app_versions (
  platform text primary key check (platform in ('ios', 'android')),
  minimum_version text not null,
  store_url text not null,
  updated_at timestamptz not null default now()
);

-- Certificates of attestation chains that are trusted no more, such as those of keys that have leaked.
create table revoked_certificates (
  -- Lower-case hexadecimal without leading zeros, as Google publishes them.
  serial_number text collate "C" primary key check (serial_number ~ '^(0|[1-9a-f][0-9a-f]*)$'),
  reason text not null,
  added_at timestamptz not null default now()
);
