-- checkout: rates, purchases (the saga's state) and orders.

-- Sales tax by state: the state-wide general rate on goods, in parts per million. County and city rates are not part
-- of it. A new rate is a new row with its date.
create table tax_rates (
  country text not null,
  region text not null,
  valid_from date not null,
  rate_ppm integer not null check (rate_ppm between 0 and 1000000),
  source text not null,
  primary key (country, region, valid_from)
);

-- What shipping one order costs, by country. A new rate is a new row with its date.
create table shipping_rates (
  country text not null,
  valid_from date not null,
  currency text not null,
  amount_minor integer not null check (amount_minor >= 0),
  primary key (country, valid_from)
);

insert into tax_rates (country, region, valid_from, rate_ppm, source)
select 'US', region, date '2025-01-01', rate_ppm, 'State general sales tax rates, state revenue departments, as of 2025-01-01'
  from (values
    ('AL', 40000), ('AK', 0), ('AZ', 56000), ('AR', 65000), ('CA', 72500), ('CO', 29000), ('CT', 63500), ('DE', 0),
    ('DC', 60000), ('FL', 60000), ('GA', 40000), ('HI', 40000), ('ID', 60000), ('IL', 62500), ('IN', 70000),
    ('IA', 60000), ('KS', 65000), ('KY', 60000), ('LA', 50000), ('ME', 55000), ('MD', 60000), ('MA', 62500),
    ('MI', 60000), ('MN', 68750), ('MS', 70000), ('MO', 42250), ('MT', 0), ('NE', 55000), ('NV', 68500), ('NH', 0),
    ('NJ', 66250), ('NM', 48750), ('NY', 40000), ('NC', 47500), ('ND', 50000), ('OH', 57500), ('OK', 45000),
    ('OR', 0), ('PA', 60000), ('RI', 70000), ('SC', 60000), ('SD', 42000), ('TN', 70000), ('TX', 62500),
    ('UT', 61000), ('VT', 60000), ('VA', 53000), ('WA', 65000), ('WV', 60000), ('WI', 50000), ('WY', 40000),
    ('PR', 105000), ('AS', 0), ('GU', 0), ('MP', 0), ('VI', 0), ('AA', 0), ('AE', 0), ('AP', 0)
  ) as rates (region, rate_ppm);

insert into shipping_rates (country, valid_from, currency, amount_minor) values ('US', date '2025-01-01', 'USD', 499);

-- One row for each tap on Buy. `recovery_point` says from where a crashed purchase goes on; `compensations` what has to
-- be undone if it cannot, each written before the call that it undoes. Whoever holds the lease drives the purchase.
create table purchases (
  order_id text primary key,
  buyer_id text not null,
  idempotency_key text not null,
  input_hash bytea not null,
  input jsonb not null,
  buyer_country text,
  request_id text not null,
  recovery_point text not null default 'started'
    check (recovery_point in ('started', 'quoted', 'stock_reserved', 'awaiting_buyer', 'compensating', 'finished')),
  compensations text[] not null default '{}',
  quote jsonb,
  -- What the buyer is told in the end. Set when it is decided; the purchase is over when recovery_point is finished.
  outcome jsonb,
  attempts integer not null default 0,
  lease_token uuid,
  leased_until timestamptz,
  next_attempt_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (buyer_id, idempotency_key)
);
create index purchases_open on purchases (next_attempt_at) where recovery_point <> 'finished';

create table orders (
  order_id text primary key references purchases (order_id),
  buyer_id text not null,
  seller_id text not null,
  market text not null,
  currency text not null,
  status text not null check (status in ('placed', 'confirmed', 'cancelled')),
  lines jsonb not null,
  subtotal_minor integer not null,
  shipping_minor integer not null,
  tax_minor integer not null,
  total_minor integer not null check (total_minor = subtotal_minor + shipping_minor + tax_minor),
  source_post_id text,
  -- Number of the order's last event.
  sequence integer not null,
  request_id text not null,
  placed_at timestamptz not null,
  confirmed_at timestamptz,
  cancelled_at timestamptz,
  -- When the undo window closes.
  capture_at timestamptz not null,
  capture_attempts integer not null default 0,
  capture_leased_until timestamptz
);
-- Order ids are UUIDv7: newest first is by id.
create index orders_of_buyer on orders (buyer_id, order_id desc);
create index orders_to_capture on orders (capture_at) where status = 'placed';
