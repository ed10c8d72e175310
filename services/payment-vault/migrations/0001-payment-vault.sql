-- payment-vault: buyers' keys, cards as Stripe references, addresses as ciphertext, payments, and who was shown what.

-- Data keys, one for each buyer, wrapped by the master key. Without its row a buyer's ciphertexts cannot be read by anyone.
create table buyer_keys (
  buyer_id text not null,
  version integer not null,
  wrapped_key bytea not null,
  master_key_id text not null,
  created_at timestamptz not null default now(),
  primary key (buyer_id, version)
);

-- One Stripe customer for each buyer. The row, with the idempotency key, is there before Stripe is called.
create table stripe_customers (
  buyer_id text primary key,
  stripe_key text not null,
  stripe_customer_id text unique,
  created_at timestamptz not null default now()
);

-- SetupIntents by the buyer's idempotency key. Their client secrets are never stored.
create table card_setups (
  buyer_id text not null,
  idempotency_key text not null,
  stripe_key text not null,
  setup_intent_id text,
  created_at timestamptz not null default now(),
  primary key (buyer_id, idempotency_key)
);

-- Cards. One that is being deleted can no longer be used; its row goes when Stripe has let it go.
create table payment_methods (
  id text primary key,
  buyer_id text not null,
  stripe_payment_method_id text not null unique,
  brand text not null,
  last4 text not null check (last4 ~ '^[0-9]{4}$'),
  exp_month integer not null check (exp_month between 1 and 12),
  exp_year integer not null check (exp_year between 2000 and 9999),
  fingerprint text,
  status text not null default 'active' check (status in ('active', 'deleting')),
  is_default boolean not null default false,
  created_at timestamptz not null default now(),
  check (status = 'active' or not is_default)
);
create index payment_methods_of_buyer on payment_methods (buyer_id);
create unique index payment_methods_one_default on payment_methods (buyer_id) where is_default;
create unique index payment_methods_same_card on payment_methods (buyer_id, fingerprint) where status = 'active';

-- Payment methods that have to be detached at Stripe, each recorded before the call.
create table detachments (
  stripe_payment_method_id text primary key,
  stripe_key text not null,
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  created_at timestamptz not null default now()
);
create index detachments_due on detachments (next_attempt_at);

-- Addresses. Country and region are kept in clear because tax depends on them; everything else is in the ciphertext.
create table addresses (
  id text primary key,
  buyer_id text not null,
  country text not null check (country ~ '^[A-Z]{2}$'),
  region text not null,
  ciphertext bytea not null,
  key_version integer not null,
  is_default boolean not null default false,
  created_at timestamptz not null default now()
);
create index addresses_of_buyer on addresses (buyer_id);
create unique index addresses_one_default on addresses (buyer_id) where is_default;

-- One payment for each order. A row without a payment id is a tombstone: the order was voided before it was authorized.
-- Whoever holds the lease talks to Stripe about the order; `void_requested_at` may be set by others at any time.
create table payments (
  order_id text primary key,
  payment_id text unique,
  buyer_id text,
  seller_id text,
  payment_method_id text,
  address_id text,
  amount_minor integer check (amount_minor >= 0),
  currency text,
  status text not null check (status in ('started', 'requires_action', 'authorized', 'captured', 'declined', 'voided')),
  decline_reason text,
  stripe_customer_id text,
  stripe_payment_method_id text,
  stripe_payment_intent_id text unique,
  authorize_key text,
  capture_key text,
  void_key text,
  -- When a PaymentIntent may first have reached Stripe; null when certainly none has.
  sent_at timestamptz,
  capture_requested_at timestamptz,
  void_requested_at timestamptz,
  authorized_at timestamptz,
  captured_at timestamptz,
  ended_at timestamptz,
  -- When the settle loop has to find out at Stripe what became of it; null when there is nothing to find out.
  settle_at timestamptz,
  settle_attempts integer not null default 0,
  attempts integer not null default 0,
  lease_token text,
  leased_until timestamptz,
  correlation_id text,
  sequence integer not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (
    case when payment_id is null then status = 'voided'
    else num_nulls(buyer_id, seller_id, payment_method_id, address_id, amount_minor, currency, stripe_customer_id,
                   stripe_payment_method_id, authorize_key, correlation_id) = 0
    end
  )
);
create index payments_to_settle on payments (settle_at) where settle_at is not null;

-- The address that an order ships to, as it was at the purchase. Goes when the payment is declined or voided.
create table order_addresses (
  order_id text primary key references payments,
  buyer_id text not null,
  ciphertext bytea not null,
  key_version integer not null,
  created_at timestamptz not null default now()
);

-- Who may read an order's address, and until when. Readable only once the payment is captured.
create table grants (
  order_id text not null references payments,
  seller_id text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  primary key (order_id, seller_id)
);

-- Each time a seller was shown something of a buyer. Rows are only ever added.
create table disclosures (
  id text primary key,
  buyer_id text not null,
  seller_id text not null,
  order_id text not null,
  fields text[] not null,
  disclosed_at timestamptz not null default now()
);
create index disclosures_of_buyer on disclosures (buyer_id, id desc);
