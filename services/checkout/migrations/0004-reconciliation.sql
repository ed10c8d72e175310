-- What the reconciler keeps: where it is, what it looks at again, and the divergences that it found. A purchase without a
-- divergence writes nothing here.

-- One row. Whoever holds its lease reconciles.
create table reconciler (
  singleton boolean primary key default true check (singleton),
  lease_token uuid,
  leased_until timestamptz,
  -- Purchases up to this order id have been compared once. Order ids are UUIDv7: a range of ids is one of time.
  purchases_after text collate "C" not null,
  -- Steps of order_history up to this position have had their orders compared.
  changes_after bigint not null,
  -- Events of order_history up to this position have been looked for in the topic.
  events_after bigint not null,
  -- The sweep over all orders, oldest first; null while none is under way.
  sweep_after text collate "C",
  sweep_started_at timestamptz,
  sweep_ended_at timestamptz,
  sweep_requested_at timestamptz,
  last_pass jsonb,
  compared bigint not null default 0,
  repairs bigint not null default 0,
  opened bigint not null default 0
);
insert into reconciler (purchases_after, changes_after, events_after)
select 'ord_' || substr(hex, 1, 8) || '-' || substr(hex, 9) || '-7000-8000-000000000000', position, position
  from (select lpad(to_hex((extract(epoch from now()) * 1000)::bigint), 12, '0') as hex) as made,
       (select coalesce(max(position), 0) as position from order_history) as history;

-- Orders that are looked at again: a purchase under way, a divergence that was seen once, a case that is not over.
create table reconciliation_watch (
  order_id text collate "C" primary key,
  -- When each kind of divergence was seen first: { kind: RFC 3339 }.
  suspicions jsonb not null default '{}',
  looks integer not null default 0,
  look_at timestamptz not null
);
create index reconciliation_watch_due on reconciliation_watch (look_at);

-- Events that were not found in the topic although they should be there.
create table missing_events (
  event_id text collate "C" primary key,
  order_id text collate "C" not null,
  sequence integer not null,
  attempts integer not null default 0,
  since timestamptz not null default now(),
  look_at timestamptz not null
);

-- Divergences, one row for each kind and order. Nothing personal is in `detail`: states and amounts.
create table reconciliation_cases (
  case_id text collate "C" primary key,
  kind text not null,
  -- Null for one that is of no single order.
  order_id text collate "C",
  -- `repairing`: by rule. `open`: a person has to look. `repaired`: the rule has worked. `closed`: by a person, or it went away.
  state text not null check (state in ('repairing', 'open', 'repaired', 'closed')),
  detail jsonb not null default '{}',
  repair_attempts integer not null default 0,
  -- Of the refund that repairs it, chosen before payment-vault is asked.
  refund_id text collate "C",
  first_seen timestamptz not null default now(),
  last_seen timestamptz not null default now(),
  times_opened integer not null default 1,
  closed_by text check (closed_by in ('reconciler', 'operator')),
  close_reason text check (close_reason in ('WENT_AWAY', 'FIXED_BY_HAND', 'FALSE_ALARM', 'ACCEPTED')),
  closed_at timestamptz,
  constraint reconciliation_cases_once unique nulls not distinct (kind, order_id),
  constraint reconciliation_cases_closed check ((state = 'closed') = (close_reason is not null and closed_by is not null))
);
create index reconciliation_cases_live on reconciliation_cases (order_id) where state in ('repairing', 'open');
