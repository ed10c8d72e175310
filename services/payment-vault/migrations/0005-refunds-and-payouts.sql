-- Money after the authorization: captures of a part, refunds, and the sellers' shares.

-- `capture_minor`: what was asked to be captured. `captured_minor`: what Stripe shows as captured.
-- `refund_reserved_minor`: refunds that are made or may still be; `refunded_minor`: those that are made.
-- `seller_share_minor`: what of `amount_minor` is the seller's; null for a payment older than shares.
alter table payments
  add column capture_minor integer check (capture_minor between 1 and amount_minor),
  add column captured_minor integer check (captured_minor between 0 and amount_minor),
  add column refund_reserved_minor integer not null default 0 check (refund_reserved_minor >= 0),
  add column refunded_minor integer not null default 0 check (refunded_minor between 0 and refund_reserved_minor),
  add column seller_share_minor integer check (seller_share_minor between 0 and amount_minor),
  add column stripe_charge_id text,
  -- Somebody has heard of a change at Stripe since the lease was taken.
  add column woken boolean not null default false;
update payments set captured_minor = amount_minor where status = 'captured';
alter table payments add constraint payments_captured check (status <> 'captured' or captured_minor is not null);

-- Refunds of an order, each written with its key before Stripe is called. One without a key was made by somebody at
-- Stripe and taken in. `started` and `pending` are not over; `refused` never came to be; `failed` came to nothing.
create table refunds (
  refund_id text primary key,
  order_id text not null references payments,
  amount_minor integer not null check (amount_minor > 0),
  -- Null for one that was made at Stripe.
  reason text,
  status text not null check (status in ('started', 'refused', 'pending', 'refunded', 'failed')),
  -- Why it was refused, or failed.
  end_reason text,
  stripe_refund_id text unique,
  stripe_key text,
  -- When a call with this key was first made.
  sent_at timestamptz,
  -- When Stripe answered this key with a failure of its own, which it does for ever.
  key_spent_at timestamptz,
  refunded_at timestamptz,
  settle_at timestamptz,
  settle_attempts integer not null default 0,
  lease_token text,
  leased_until timestamptz,
  correlation_id text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check ((stripe_key is null) = (reason is null))
);
create index refunds_of_order on refunds (order_id);
create index refunds_to_settle on refunds (settle_at) where settle_at is not null;

-- The sellers' accounts at Stripe, one each; the key is there before Stripe is called.
create table seller_accounts (
  seller_id text primary key,
  stripe_key text not null,
  -- When a call with this key was first made.
  sent_at timestamptz not null default now(),
  stripe_account_id text unique,
  -- As Stripe showed it at `checked_at`.
  checked_at timestamptz,
  status text not null default 'pending' check (status in ('pending', 'active', 'restricted')),
  -- When Stripe is asked again how the account stands; null when only an event or the seller changes that.
  refresh_at timestamptz,
  refresh_attempts integer not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index seller_accounts_to_refresh on seller_accounts (refresh_at) where refresh_at is not null;

-- Account links by the seller's idempotency key. The links themselves are never stored.
create table payout_setups (
  seller_id text not null references seller_accounts,
  idempotency_key text not null,
  stripe_key text not null,
  created_at timestamptz not null default now(),
  primary key (seller_id, idempotency_key)
);

-- What a seller got of an order. Whoever holds the lease takes the next step towards what is due.
create table seller_shares (
  order_id text primary key references payments,
  seller_id text not null,
  transferred_minor integer not null default 0 check (transferred_minor >= 0),
  reversed_minor integer not null default 0 check (reversed_minor between 0 and transferred_minor),
  last_step integer not null default 0,
  -- When the loop compares it with what is due; null when it is even, or waits for the seller's account.
  share_at timestamptz,
  -- What is due may have changed since the lease was taken.
  woken boolean not null default false,
  -- It waits until the seller's account can take money.
  waits_for_account boolean not null default false,
  attempts integer not null default 0,
  lease_token text,
  leased_until timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index seller_shares_due on seller_shares (share_at) where share_at is not null;
create index seller_shares_waiting on seller_shares (seller_id) where waits_for_account;

-- One transfer or reversal each, with amount and key written before Stripe is called. At most one of an order is open.
create table share_steps (
  order_id text not null references seller_shares,
  step integer not null check (step > 0),
  kind text not null check (kind in ('transfer', 'reversal')),
  amount_minor integer not null check (amount_minor > 0),
  -- Where a transfer goes.
  stripe_account_id text not null,
  -- The transfer that a reversal takes back.
  reversed_step integer,
  -- `refused`: Stripe did not take it; no money moved.
  status text not null default 'started' check (status in ('started', 'done', 'refused')),
  -- Stripe's code for it.
  refusal text,
  stripe_key text not null,
  sent_at timestamptz not null default now(),
  key_spent_at timestamptz,
  -- `tr_…` or `trr_…`
  stripe_id text unique,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (order_id, step),
  foreign key (order_id, reversed_step) references share_steps (order_id, step),
  check ((kind = 'reversal') = (reversed_step is not null))
);
create unique index share_steps_one_open on share_steps (order_id) where status = 'started';
