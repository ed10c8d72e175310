-- The life of an order after it is placed: states of payment, fulfilment, return and dispute apart (src/order-moves.ts
-- is the table of legal moves), and a history without gaps. `sequence` counts the order's events and is its version.
alter table orders
  add column payment_state text not null default 'authorized'
    check (payment_state in ('authorized', 'capturing', 'captured', 'voiding', 'voided')),
  add column fulfilment_state text not null default 'unshipped'
    check (fulfilment_state in ('unshipped', 'partially_shipped', 'shipped', 'delivered')),
  add column return_state text not null default 'none'
    check (return_state in ('none', 'requested', 'approved', 'refused', 'received', 'refunded')),
  add column dispute_state text not null default 'none' check (dispute_state in ('none', 'open', 'won', 'lost')),
  -- What went back to the card so far.
  add column refunded_minor integer not null default 0,
  add column cancel_reason text,
  add column shipping_service text not null default 'standard',
  add column void_attempts integer not null default 0,
  add column void_leased_until timestamptz,
  add constraint orders_never_refunded_above_total check (refunded_minor between 0 and total_minor);
update orders set payment_state = case status when 'confirmed' then 'captured' when 'cancelled' then 'voided' else 'authorized' end;
drop index orders_to_capture;
create index orders_to_capture on orders (capture_at) where status = 'placed' and payment_state in ('authorized', 'capturing');
create index orders_to_void on orders (order_id) where payment_state = 'voiding';

-- Every step of an order after it was placed: each event with its sequence, and what led to none (a capture that has to
-- be tried again). Steps before that are in `purchases.steps`. No personal data.
create table order_history (
  position bigint generated always as identity primary key,
  order_id text collate "C" not null,
  buyer_id text collate "C" not null,
  -- Of the event that tells of it; null for a step without one.
  event_id text collate "C",
  sequence integer,
  step text not null,
  cause text not null,
  attempt integer not null default 1,
  detail jsonb not null default '{}',
  at timestamptz not null default clock_timestamp(),
  constraint order_history_event check ((event_id is null) = (sequence is null)),
  constraint order_history_sequence unique (order_id, sequence)
);
create index order_history_of_order on order_history (order_id, position);
create index order_history_of_buyer on order_history (buyer_id, position) where event_id is not null;

alter table purchases
  -- The steps so far: [{ step, at, attempt, cause, detail? }].
  add column steps jsonb not null default '[]',
  add column product_id text,
  -- The app instance that bought, if the access token names one.
  add column device_id text;
update purchases set product_id = input->>'productId';
-- A priced purchase is taken up from its beginning: pricing and reserving are safe to repeat.
update purchases set recovery_point = 'started' where recovery_point = 'quoted';
alter table purchases drop constraint purchases_recovery_point_check,
  add constraint purchases_recovery_point_check
    check (recovery_point in ('started', 'stock_reserved', 'awaiting_buyer', 'compensating', 'finished'));

-- The last purchase of a product by a buyer: its row serializes taps that come at once with different keys.
create table recent_purchases (
  buyer_id text collate "C" not null,
  product_id text collate "C" not null,
  order_id text collate "C" not null,
  -- Until then another purchase of the same is taken for the same tap.
  guarded_until timestamptz not null,
  -- The purchase that this one may follow at once: it came to nothing, or the buyer said that both are meant.
  overrules text collate "C",
  primary key (buyer_id, product_id)
) with (fillfactor = 70);
create index recent_purchases_by_age on recent_purchases (guarded_until);

-- Several ways of shipping, each with its rate; `service` is what the buyer chooses.
alter table shipping_rates
  add column service text not null default 'standard',
  add column title text not null default 'Standard shipping',
  add column min_days integer not null default 3 check (min_days >= 0),
  add column max_days integer not null default 7,
  drop constraint shipping_rates_pkey,
  add primary key (country, service, valid_from),
  add constraint shipping_rates_days check (max_days >= min_days);
insert into shipping_rates (country, valid_from, currency, amount_minor, service, title, min_days, max_days)
values ('US', date '2025-01-01', 'USD', 1499, 'express', 'Express shipping', 1, 2);
