-- What catalog owns: products with their stock, the ledger of stock moves, and what is held for orders.

-- Sellers as seller-eligibility's events tell of them: who may change products. `sequence` is that of the last event
-- applied, so an event that comes late or again changes nothing.
create table sellers (
  seller_id text primary key,
  account_id text not null,
  status text not null check (status in ('invited', 'active', 'suspended')),
  sequence integer not null
);

-- Ids are compared byte by byte: a UUIDv7 then sorts by the time it was made, in any locale.
-- `sequence` counts the product's events, `stock_sequence` those of its stock. The check constraints are the last line
-- against overselling. Pages keep room for updates in place, since stock changes with each purchase.
create table products (
  product_id text collate "C" primary key,
  seller_id text collate "C" not null,
  sku text collate "C" not null check (char_length(sku) between 1 and 64),
  title text not null check (char_length(title) between 1 and 150),
  description text not null check (char_length(description) <= 5000),
  image_url text not null check (char_length(image_url) <= 2000),
  image_alt text not null check (char_length(image_alt) between 1 and 200),
  price_minor integer not null check (price_minor between 50 and 99999999),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  discontinued boolean not null default false,
  sequence integer not null default 1,
  on_hand integer not null check (on_hand between 0 and 2000000),
  reserved integer not null default 0,
  stock_sequence integer not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint products_sku unique (seller_id, sku),
  constraint products_never_oversold check (on_hand >= reserved and reserved >= 0)
) with (fillfactor = 70);
create index products_by_seller on products (seller_id, product_id desc);

-- Stock held for an order, or what became of it. A row without a product is a tombstone: the order was released before
-- it had reserved anything, and may never do so. `expires_at` is when checkout is asked (again) whether a held one is
-- still wanted, `claim_attempts` how often in a row it has not answered.
create table reservations (
  order_id text collate "C" primary key,
  product_id text collate "C" references products,
  buyer_id text,
  quantity integer not null check (quantity >= 0),
  status text not null check (status in ('held', 'sold', 'released', 'returned')),
  expires_at timestamptz,
  claim_attempts integer not null default 0,
  correlation_id text not null,
  cancelled_at timestamptz,
  created_at timestamptz not null default now(),
  settled_at timestamptz,
  constraint reservations_hold_something check ((product_id is not null and quantity > 0) or (product_id is null and quantity = 0 and status = 'released')),
  constraint reservations_expire check (status <> 'held' or expires_at is not null)
);
create index reservations_due on reservations (expires_at) where status = 'held';

-- The stock ledger. For each product the deltas add up to `on_hand` and `reserved`; each order moves stock once in
-- each way.
create table stock_moves (
  move_id text collate "C" primary key,
  product_id text collate "C" not null references products,
  kind text not null check (kind in ('receive', 'adjust', 'reserve', 'release', 'sell', 'return')),
  order_id text collate "C",
  on_hand_delta integer not null,
  reserved_delta integer not null,
  created_at timestamptz not null default now(),
  constraint stock_moves_once unique (order_id, kind),
  constraint stock_moves_order check ((order_id is null) = (kind in ('receive', 'adjust'))),
  constraint stock_moves_signs check (
    case kind
      when 'receive' then on_hand_delta > 0 and reserved_delta = 0
      when 'adjust' then on_hand_delta < 0 and reserved_delta = 0
      when 'reserve' then on_hand_delta = 0 and reserved_delta > 0
      when 'release' then on_hand_delta = 0 and reserved_delta < 0
      when 'sell' then on_hand_delta < 0 and reserved_delta in (0, on_hand_delta)
      when 'return' then on_hand_delta > 0 and reserved_delta = 0
    end
  )
);
create index stock_moves_by_product on stock_moves (product_id, created_at);

create function refuse_ledger_change() returns trigger language plpgsql as $$
begin
  raise exception 'stock_moves is append-only: write a move that sets it right instead' using errcode = 'restrict_violation';
end
$$;
create trigger stock_moves_append_only before update or delete or truncate on stock_moves
  for each statement execute function refuse_ledger_change();
