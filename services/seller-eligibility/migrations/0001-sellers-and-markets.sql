-- Who may sell, where buying is open, and what sellers see of their orders.

create table sellers (
  seller_id text primary key,
  account_id text not null constraint sellers_account unique,
  display_name text not null check (char_length(display_name) between 1 and 80),
  country text not null check (country ~ '^[A-Z]{2}$'),
  status text not null check (status in ('invited', 'active', 'suspended')),
  -- Number of the seller's last event.
  sequence integer not null check (sequence > 0),
  -- Milliseconds, so that a cursor made from it by a client of any language is exact.
  invited_at timestamptz(3) not null default now()
);
create index sellers_by_age on sellers (invited_at desc, seller_id desc);

create table seller_status_changes (
  seller_id text not null references sellers,
  sequence integer not null,
  from_status text,
  to_status text not null,
  reason text not null,
  -- Account id.
  changed_by text not null,
  changed_at timestamptz not null default now(),
  primary key (seller_id, sequence)
);

create table markets (
  country text primary key check (country ~ '^[A-Z]{2}$'),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  opens_at timestamptz(3),
  closes_at timestamptz(3),
  buyer_share_bps integer not null check (buyer_share_bps between 0 and 10000),
  undo_window_seconds integer not null check (undo_window_seconds between 0 and 3600),
  -- Decides which buyers are the first to see the button. Never changes: a share that grows keeps those it had.
  rollout_salt text not null default gen_random_uuid()::text,
  -- Number of the market's last event.
  sequence integer not null check (sequence > 0),
  constraint markets_dates check (closes_at > opens_at)
);

create table market_changes (
  country text not null references markets,
  sequence integer not null,
  -- The fields that were set, each as {"from": …, "to": …}.
  changes jsonb not null,
  -- Account id; null for what a migration did.
  changed_by text,
  changed_at timestamptz not null default now(),
  primary key (country, sequence)
);

create function refuse_rewriting_history() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name;
end
$$;
create trigger seller_status_changes_append_only before update or delete or truncate on seller_status_changes
  for each statement execute function refuse_rewriting_history();
create trigger market_changes_append_only before update or delete or truncate on market_changes
  for each statement execute function refuse_rewriting_history();

-- A projection of checkout.order.v1: can be emptied and rebuilt at any time, so nothing here may be set by anything
-- but an event. The buyer is not in it, the seller has no need to know.
create table seller_orders (
  order_id text primary key,
  seller_id text not null,
  status text not null check (status in ('confirmed', 'cancelled')),
  market text not null,
  lines jsonb not null,
  currency text not null,
  subtotal_minor integer not null,
  shipping_minor integer not null,
  tax_minor integer not null,
  total_minor integer not null,
  source_post_id text,
  placed_at timestamptz(3) not null,
  -- Null when the order was cancelled before it was confirmed: its seller never sees it, and the row only remembers
  -- the event, so that an earlier one that arrives late does not bring the order back.
  confirmed_at timestamptz(3),
  cancelled_at timestamptz(3),
  -- Of the event that this row was made from.
  sequence integer not null
);
create index seller_orders_by_seller on seller_orders (seller_id, confirmed_at desc, order_id desc) where confirmed_at is not null;

-- The first market, for one buyer in a hundred. Everything after it is set by an operator.
insert into markets (country, currency, opens_at, buyer_share_bps, undo_window_seconds, sequence)
  values ('US', 'USD', '2025-01-01T00:00:00Z', 100, 60, 1);
insert into market_changes (country, sequence, changes)
  values ('US', 1, '{"currency": {"from": null, "to": "USD"}, "opensAt": {"from": null, "to": "2025-01-01T00:00:00.000Z"}, "buyerShareBps": {"from": null, "to": 100}, "undoWindowSeconds": {"from": null, "to": 60}}');
insert into outbox (event_id, topic, key, type, sequence, payload, correlation_id)
  values (
    'evt_' || uuidv7(), 'seller-eligibility.market.v1', 'US', 'market.changed', 1,
    '{"market": {"country": "US", "currency": "USD", "opensAt": "2025-01-01T00:00:00.000Z", "closesAt": null, "buyerShareBps": 100, "undoWindowSeconds": 60}}',
    'migration-0001'
  );
