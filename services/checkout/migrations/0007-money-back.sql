-- Money that goes back to the card, returns of goods, and disputes.

-- What refunds that have not come to nothing take of an order's total. Kept by the trigger below; no statement of ours
-- writes it.
alter table orders
  add column refund_claimed_minor integer not null default 0,
  add constraint orders_never_refund_above_total check (refund_claimed_minor between 0 and total_minor);

-- A refund, written before payment-vault is asked. `requested` → `pending` → `refunded` | `failed`, or `refused`;
-- `refunded` → `failed` when the card's bank sends the money back later. A failed one is asked for again as a new one.
create table refunds (
  refund_id text collate "C" primary key,
  order_id text not null references orders (order_id),
  kind text not null check (kind in ('full', 'lines', 'shipping', 'goodwill', 'cancellation', 'return', 'external')),
  amount_minor integer not null check (amount_minor > 0),
  -- Shipping's part of the amount.
  shipping_minor integer not null default 0 check (shipping_minor between 0 and amount_minor),
  -- The goods' part: [{ productId, quantity, amountMinor, taxMinor }].
  lines jsonb not null default '[]',
  -- Null for one that somebody made at the payment provider.
  reason text check (reason in ('REQUESTED_BY_BUYER', 'DUPLICATE', 'FRAUD', 'CANCELLED_BY_SELLER', 'NOT_DELIVERED', 'RETURNED')),
  requested_by text not null check (requested_by in ('buyer', 'seller', 'operator', 'system')),
  return_id text collate "C",
  status text not null default 'requested' check (status in ('requested', 'pending', 'refunded', 'failed', 'refused')),
  -- Why it came to nothing.
  failure text,
  attempts integer not null default 0,
  lease_token uuid,
  leased_until timestamptz,
  next_attempt_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  refunded_at timestamptz,
  updated_at timestamptz not null default now(),
  constraint refunds_reason check ((reason is null) = (kind = 'external')),
  constraint refunds_of_returns check (kind <> 'return' or return_id is not null),
  constraint refunds_failure check ((failure is null) = (status not in ('failed', 'refused'))),
  constraint refunds_done check ((refunded_at is not null) or status <> 'refunded')
);
create index refunds_of_order on refunds (order_id);
create index refunds_due on refunds (next_attempt_at) where status in ('requested', 'pending');

-- Keeps `refund_claimed_minor`: the order's row serializes its refunds, and its check refuses the one that is too much.
-- What was made at the payment provider has happened: it counts as far as there is room, and so does one of ours that
-- turns out to have been made after it was refused.
create function claim_refund() returns trigger language plpgsql as $$
declare
  total integer;
  claimed bigint;
begin
  -- Not `for update`: the foreign keys of refunds that are written at the same time hold the row's key.
  select total_minor into strict total from orders where order_id = new.order_id for no key update;
  select coalesce(sum(amount_minor), 0) into claimed from refunds where order_id = new.order_id and status not in ('failed', 'refused');
  if tg_op = 'UPDATE' or new.kind = 'external' then
    claimed := least(claimed, total);
  end if;
  update orders set refund_claimed_minor = claimed where order_id = new.order_id and refund_claimed_minor <> claimed;
  return null;
end
$$;
create trigger refunds_claim after insert or update of status on refunds for each row execute function claim_refund();

create function refuse_refund_change() returns trigger language plpgsql as $$
begin
  raise exception 'what a refund asks for never changes: ask for another one' using errcode = 'restrict_violation';
end
$$;
create trigger refunds_keep_terms before update of refund_id, order_id, kind, amount_minor, shipping_minor, lines, reason, requested_by on refunds
  for each row execute function refuse_refund_change();
create trigger refunds_stay before delete on refunds for each row execute function refuse_refund_change();

-- A return of goods. `requested` → `approved` → `received` → `refunded`, or `refused`, or `withdrawn` by the buyer before
-- the goods have arrived.
create table returns (
  return_id text collate "C" primary key,
  order_id text not null references orders (order_id),
  state text not null default 'requested' check (state in ('requested', 'approved', 'refused', 'withdrawn', 'received', 'refunded')),
  -- What the buyer sends back: [{ productId, quantity, restock? }], `restock` from `received` on.
  lines jsonb not null,
  reason text not null
    check (reason in ('CHANGED_MIND', 'DOES_NOT_FIT', 'DAMAGED', 'DEFECTIVE', 'WRONG_ITEM', 'NOT_AS_DESCRIBED', 'ARRIVED_LATE', 'OTHER')),
  refuse_reason text check (refuse_reason in ('OUTSIDE_WINDOW', 'NOT_RETURNABLE', 'USED', 'NOT_FROM_THIS_ORDER', 'OTHER')),
  -- Whether the buyer gets shipping back, too. Set when it is received.
  refund_shipping boolean,
  requested_at timestamptz not null,
  decided_at timestamptz,
  received_at timestamptz,
  ended_at timestamptz,
  constraint returns_refused check ((refuse_reason is not null) = (state = 'refused')),
  constraint returns_received check ((received_at is not null) = (state in ('received', 'refunded')))
);
create index returns_of_order on returns (order_id, return_id);
-- Of an order's returns at most one is under way.
create unique index returns_one_open on returns (order_id) where state in ('requested', 'approved', 'received');
alter table refunds add constraint refunds_return foreign key (return_id) references returns (return_id);

-- Disputes as payment-vault tells of them. `sequence` is that of its event, so an older word changes nothing.
create table disputes (
  dispute_id text collate "C" primary key,
  order_id text not null references orders (order_id),
  amount_minor integer not null check (amount_minor >= 0),
  currency text not null,
  -- The payment provider's words.
  reason text not null,
  status text not null,
  state text not null check (state in ('open', 'won', 'lost')),
  evidence_due_at timestamptz,
  sequence integer not null,
  opened_at timestamptz not null,
  closed_at timestamptz,
  constraint disputes_closed check ((closed_at is not null) = (state <> 'open'))
);
create index disputes_of_order on disputes (order_id, dispute_id);
