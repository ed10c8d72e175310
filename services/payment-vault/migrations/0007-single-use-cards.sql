-- A card of one purchase is an entry of its own, also when the same card is saved: each goes without the other. And what
-- is left at Stripe after the last card of a buyer goes as well.
drop index payment_methods_same_card;
create unique index payment_methods_same_card on payment_methods (buyer_id, fingerprint) where status = 'active' and saved;
drop index payment_methods_unsaved;
create index payment_methods_unsaved on payment_methods (created_at) where not saved and status <> 'deleting';

-- Each text that was agreed to is a proof of its own.
alter table consents drop constraint consents_pkey;
alter table consents add primary key (buyer_id, purpose, subject_id, text_country, text_version);

-- When a setup that was not finished is looked after; null once there is nothing to look after.
alter table card_setups add column look_at timestamptz;
update card_setups set look_at = created_at + interval '24 hours' where setup_intent_id is not null;
alter table card_setups alter column look_at set default now() + interval '24 hours';
create index card_setups_to_look_at on card_setups (look_at) where look_at is not null;

-- When it is asked whether a customer of Stripe is of any use still.
alter table stripe_customers add column check_at timestamptz;
create index stripe_customers_to_check on stripe_customers (check_at) where check_at is not null;

-- Customers that have to be deleted at Stripe, each recorded before the call. Deleting one again does nothing.
create table customer_deletions (
  stripe_customer_id text primary key,
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  created_at timestamptz not null default now()
);
create index customer_deletions_due on customer_deletions (next_attempt_at);
