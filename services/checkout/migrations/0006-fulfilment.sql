-- Parcels and their news, cancellations of confirmed orders, receipts.

create function refuse_rewriting() returns trigger language plpgsql as $$
begin
  raise exception '% is never rewritten', tg_table_name using errcode = 'restrict_violation';
end
$$;

create table shipments (
  shipment_id text collate "C" primary key,
  order_id text not null references orders (order_id),
  -- What of the order is in it: [{ productId, quantity }].
  lines jsonb not null,
  carrier text not null check (carrier in ('usps', 'ups', 'fedex', 'dhl', 'ontrac', 'other')),
  -- For the buyer, when the carrier is another one.
  carrier_name text check (char_length(carrier_name) between 1 and 40),
  -- Leads to the addressee: shown to the buyer and the seller only.
  tracking_number text check (char_length(tracking_number) between 4 and 40),
  tracking_url text check (tracking_url ~ '^https://' and char_length(tracking_url) <= 500),
  status text not null default 'shipped'
    check (status in ('shipped', 'in_transit', 'out_for_delivery', 'delivery_failed', 'awaiting_pickup', 'delivered', 'returned_to_sender')),
  -- When it got to this status.
  status_at timestamptz not null,
  shipped_at timestamptz not null,
  -- Account id.
  created_by text not null,
  created_at timestamptz not null default now(),
  constraint shipments_carrier_name check ((carrier = 'other') = (carrier_name is not null))
);
create index shipments_of_order on shipments (order_id, shipment_id);

-- How many pieces of each line are on their way or have arrived. Kept by the trigger below; no statement of ours writes it.
create table shipped_pieces (
  order_id text not null references orders (order_id),
  product_id text not null,
  ordered integer not null,
  shipped integer not null,
  primary key (order_id, product_id),
  constraint shipped_pieces_never_above_ordered check (shipped between 0 and ordered)
);

create function count_shipped_pieces() returns trigger language plpgsql as $$
declare
  line record;
  pieces_ordered integer;
begin
  if tg_op = 'UPDATE' and (old.status = 'returned_to_sender') = (new.status = 'returned_to_sender') then
    return null;
  end if;
  for line in select l->>'productId' as product_id, (l->>'quantity')::integer as quantity from jsonb_array_elements(new.lines) as l loop
    if line.quantity < 1 then
      raise exception 'a parcel holds at least one piece of each of its lines' using errcode = 'check_violation';
    end if;
    select (o->>'quantity')::integer into strict pieces_ordered
      from orders, jsonb_array_elements(lines) as o where order_id = new.order_id and o->>'productId' = line.product_id;
    insert into shipped_pieces as s (order_id, product_id, ordered, shipped)
    values (new.order_id, line.product_id, pieces_ordered, case when new.status = 'returned_to_sender' then 0 else line.quantity end)
    on conflict (order_id, product_id) do update
      set shipped = s.shipped + case when new.status = 'returned_to_sender' then -line.quantity else line.quantity end;
  end loop;
  return null;
end
$$;
create trigger shipments_count_pieces after insert or update of status on shipments for each row execute function count_shipped_pieces();
create trigger shipments_keep_terms
  before update of shipment_id, order_id, lines, carrier, carrier_name, tracking_number, tracking_url, shipped_at, created_by, created_at on shipments
  for each row execute function refuse_rewriting();
create trigger shipments_stay before delete on shipments for each row execute function refuse_rewriting();

-- News of parcels, as it was told; `at` is when it happened.
create table shipment_events (
  position bigint generated always as identity primary key,
  shipment_id text collate "C" not null references shipments (shipment_id),
  status text not null,
  at timestamptz not null,
  recorded_at timestamptz not null default clock_timestamp()
);
create index shipment_events_of_shipment on shipment_events (shipment_id, position);
create trigger shipment_events_append_only before update or delete on shipment_events for each row execute function refuse_rewriting();

-- What payment-vault is told of arrived orders: how long it keeps their addresses goes by it.
create table delivery_reports (
  order_id text primary key references orders (order_id),
  delivered_at timestamptz not null,
  attempts integer not null default 0,
  -- When it is to be tried next; null once payment-vault knows.
  due_at timestamptz default now()
);
create index delivery_reports_due on delivery_reports (due_at) where due_at is not null;

-- Orders that were cancelled after they had been confirmed: by whom, why, and the refund of what was left of the money.
create table cancellations (
  order_id text primary key references orders (order_id),
  cancelled_by text not null check (cancelled_by in ('buyer', 'seller', 'schedule')),
  -- Null when nobody gave one.
  reason text check (reason in (
    'CHANGED_MIND', 'ORDERED_BY_MISTAKE', 'TAKES_TOO_LONG', 'FOUND_ELSEWHERE',
    'OUT_OF_STOCK', 'DAMAGED', 'CANNOT_SHIP_THERE', 'PRICING_ERROR', 'ASKED_BY_BUYER', 'SUSPECTED_FRAUD', 'OTHER')),
  -- Null when nothing was left to refund.
  refund_id text collate "C",
  cancelled_at timestamptz not null,
  constraint cancellations_by_seller_have_a_reason check (cancelled_by <> 'seller' or reason is not null)
);
create trigger cancellations_append_only before update or delete on cancellations for each row execute function refuse_rewriting();

-- Confirmed orders of which nothing was shipped, the longest waiting first.
create index orders_to_ship on orders (confirmed_at) where status = 'confirmed' and fulfilment_state = 'unshipped';

-- Receipts, made of what cannot change any more (below) the first time that one is asked for.
create table receipts (
  order_id text primary key references orders (order_id),
  number text not null constraint receipts_number unique,
  content jsonb not null,
  -- SHA-256 over the content, hexadecimal.
  hash text not null check (hash ~ '^[0-9a-f]{64}$'),
  created_at timestamptz not null default now()
);
create trigger receipts_append_only before update or delete on receipts for each row execute function refuse_rewriting();

-- What was bought, for how much and on which terms stands from the moment that it is placed. Triggers on columns cost
-- nothing to statements that leave these alone.
create trigger orders_keep_terms
  before update of order_id, buyer_id, seller_id, market, currency, lines, subtotal_minor, shipping_minor, tax_minor, total_minor,
                   shipping_service, source_post_id, placed_at on orders
  for each row execute function refuse_rewriting();
create trigger orders_keep_confirmation before update of confirmed_at on orders
  for each row when (old.confirmed_at is not null and new.confirmed_at is distinct from old.confirmed_at) execute function refuse_rewriting();
create trigger purchases_keep_quote before update of quote on purchases
  for each row when (old.recovery_point = 'finished' and new.quote is distinct from old.quote) execute function refuse_rewriting();
