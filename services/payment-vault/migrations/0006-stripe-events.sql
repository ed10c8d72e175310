-- What Stripe tells of by itself: events by reference, and disputes.

-- Events of Stripe, each once, whether they came by webhook or were found in Stripe's list. An event says that something
-- changed; what it changed to is read at Stripe when the event is applied. Rows outlast Stripe's list (30 days), so that
-- an event that comes late is still known.
create table stripe_events (
  event_id text primary key,
  type text not null,
  -- What it is about, `pi_…`, `re_…`, `du_…`, `pm_…`, `cus_…`, `acct_…`.
  object_id text not null,
  stripe_payment_intent_id text,
  -- From the object's metadata, for an intent whose id we do not have yet.
  order_id text,
  occurred_at timestamptz not null,
  received_at timestamptz not null default now(),
  source text not null check (source in ('webhook', 'list')),
  applied_at timestamptz,
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now()
);
create index stripe_events_open on stripe_events (next_attempt_at) where applied_at is null;
create index stripe_events_applied on stripe_events (applied_at) where applied_at is not null;

-- Up to when Stripe's list of events has been read. One process reads at a time.
create table stripe_event_cursor (
  only_one boolean primary key default true check (only_one),
  read_until timestamptz not null,
  leased_until timestamptz
);

-- Disputes of card payments (https://docs.stripe.com/api/disputes/object), as Stripe showed them last.
create table disputes (
  id text primary key,
  stripe_dispute_id text not null unique,
  order_id text not null references payments,
  amount_minor integer not null check (amount_minor >= 0),
  currency text not null,
  -- Stripe's words; new ones may come.
  reason text not null,
  status text not null,
  evidence_due_at timestamptz,
  opened_at timestamptz not null,
  closed_at timestamptz,
  updated_at timestamptz not null default now()
);
create index disputes_of_order on disputes (order_id);

-- A card that Stripe let go without being asked: it is shown as such, and cannot be used.
alter table payment_methods drop constraint payment_methods_status_check;
alter table payment_methods add constraint payment_methods_status_check check (status in ('active', 'deleting', 'withdrawn'));
