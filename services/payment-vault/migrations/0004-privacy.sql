-- Privacy: deletion that leaves nothing behind, permissions, marketing, and a ledger that nobody can rewrite.

-- Deletions that a buyer asked for, each written before anything is deleted. One of everything is a list of steps, each
-- idempotent and noted here in its own transaction, so that a crash leaves nothing half done for good.
create table deletions (
  id text primary key,
  buyer_id text not null,
  scope text not null check (scope in ('card', 'address', 'everything')),
  -- The card or the address.
  subject_id text,
  -- 'restored': the buyer was erased before, and a backup had brought data back.
  origin text not null default 'buyer' check (origin in ('buyer', 'restored')),
  requested_at timestamptz not null,
  completed_at timestamptz,
  steps text[] not null default '{}',
  -- What was deleted, by kind: counts.
  deleted jsonb not null default '{}',
  -- What is kept, on which ground and until when, as the buyer was told.
  kept jsonb not null default '[]',
  -- The buyer's data keys up to this version are destroyed: nothing may be written under them any more.
  key_version integer,
  attempts integer not null default 0,
  -- When the loop goes on with it; null when it is over, or another loop ends it.
  next_attempt_at timestamptz,
  check ((scope = 'everything') = (subject_id is null)),
  check (completed_at is null or next_attempt_at is null)
);
create index deletions_of_buyer on deletions (buyer_id, id desc);
create index deletions_of_subject on deletions (subject_id) where completed_at is null;
create index deletions_due on deletions (next_attempt_at) where next_attempt_at is not null;
create unique index deletions_one_of_everything on deletions (buyer_id) where scope = 'everything' and completed_at is null;

-- Whoever adds something about a buyer does it before an erasure begins, which then deletes it, or not at all before the
-- erasure is over; and never under a data key that was destroyed. An erasure begins under the same lock, exclusively.
-- A function of its own, since each statement in it sees what was committed while it waited for the lock.
create function refuse_during_erasure() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(hashtextextended('payment-vault erasure ' || new.buyer_id, 0));
  if exists (select 1 from deletions
              where buyer_id = new.buyer_id and scope = 'everything'
                and (completed_at is null or
                     key_version >= least((to_jsonb(new)->>'key_version')::integer, (to_jsonb(new)->>'label_key_version')::integer))) then
    raise exception 'the data of this buyer is being deleted' using errcode = 'VE001';
  end if;
  return new;
end
$$;
create trigger stripe_customers_not_during_erasure before insert on stripe_customers for each row execute function refuse_during_erasure();
create trigger card_setups_not_during_erasure before insert on card_setups for each row execute function refuse_during_erasure();
create trigger payment_methods_not_during_erasure before insert or update of label on payment_methods for each row execute function refuse_during_erasure();
create trigger addresses_not_during_erasure before insert or update of label on addresses for each row execute function refuse_during_erasure();
create trigger order_addresses_not_during_erasure before insert on order_addresses for each row execute function refuse_during_erasure();

-- The buyer's explicit permission for one seller to read named fields outside of an order. Kept after its end as proof.
create table permissions (
  id text primary key,
  buyer_id text not null,
  seller_id text not null,
  fields text[] not null check (cardinality(fields) > 0 and fields <@ array['NAME', 'DELIVERY_ADDRESS', 'PHONE']),
  purpose text not null check (purpose in ('SUPPORT', 'WARRANTY', 'SAMPLES', 'LOYALTY')),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  check (expires_at > created_at and expires_at <= created_at + interval '366 days')
);
create index permissions_of_buyer on permissions (buyer_id, id desc);
create index permissions_of_seller on permissions (seller_id, id desc) where revoked_at is null;
create trigger permissions_not_during_erasure before insert on permissions for each row execute function refuse_during_erasure();

-- Whether a buyer takes advertising from a seller by a channel: each decision is a row, and the newest one counts.
create table marketing_decisions (
  id text primary key,
  buyer_id text not null,
  seller_id text not null,
  channel text not null check (channel in ('EMAIL', 'PUSH', 'SMS')),
  granted boolean not null,
  -- The text that the buyer agreed to, and the market it was in; null for a withdrawal.
  text_version text,
  country text,
  decided_at timestamptz not null default now(),
  check (granted = (text_version is not null) and granted = (country is not null))
);
create index marketing_decisions_in_force on marketing_decisions (buyer_id, seller_id, channel, id desc);
-- A withdrawal is always taken.
create trigger marketing_decisions_not_during_erasure before insert on marketing_decisions for each row when (new.granted)
  execute function refuse_during_erasure();

create trigger consents_not_during_erasure before insert on consents for each row execute function refuse_during_erasure();
insert into consent_texts (purpose, country, version, body) values
  ('MARKETING', 'US', 'marketing-us-1',
   'This shop may send me advertising by the channel I chose. I need not agree to buy anything, and I can change my mind at any time.');

-- A reveal is for an order, or by a permission.
alter table disclosures
  alter column order_id drop not null,
  add column purpose text not null default 'ORDER' check (purpose in ('ORDER', 'SUPPORT', 'WARRANTY', 'SAMPLES', 'LOYALTY')),
  add column permission_id text,
  -- The account that read, for audits; null in rows from before this was recorded.
  add column read_by text,
  add constraint disclosures_ground check ((purpose = 'ORDER') = (order_id is not null) and (purpose = 'ORDER') = (permission_id is null));
alter table disclosures alter column purpose drop default;

-- When the parcel arrived, as checkout told.
alter table grants add column delivered_at timestamptz;
create index grants_by_end on grants (expires_at);
create index order_addresses_of_buyer on order_addresses (buyer_id);
create index payments_of_buyer on payments (buyer_id, order_id desc);

-- How long records are kept that outlive a deletion, by market and law. A record that does not say its market is kept
-- for the longest of the periods. Another market is more rows.
create table retention_periods (
  record text not null check (record in ('PAYMENTS', 'DISCLOSURES', 'CONSENTS', 'DELETIONS')),
  country text not null check (country ~ '^[A-Z]{2}$'),
  days integer not null check (days > 0),
  ground text not null check (ground in ('TAX_AND_ACCOUNTING', 'DEFENCE_OF_CLAIMS', 'PROOF_OF_CONSENT', 'PROOF_OF_DELETION')),
  -- Where the period comes from.
  source text not null,
  primary key (record, country)
);
insert into retention_periods (record, country, days, ground, source) values
  ('PAYMENTS', 'US', 2557, 'TAX_AND_ACCOUNTING',
   '26 CFR 1.6001-1(e) with 26 U.S.C. 6501(e): tax records while they may matter, six years after the return of the year; seven years.'),
  ('DISCLOSURES', 'US', 1461, 'DEFENCE_OF_CLAIMS', '28 U.S.C. 1658(a): four years for civil claims under federal law.'),
  ('CONSENTS', 'US', 1461, 'PROOF_OF_CONSENT', '28 U.S.C. 1658(a) for 47 U.S.C. 227: four years after a consent has ended.'),
  ('DELETIONS', 'US', 731, 'PROOF_OF_DELETION', 'Cal. Code Regs. tit. 11, 7101(a): records of consumer requests for at least 24 months.');

create function retention_cutoff(wanted text) returns timestamptz language sql stable as $$
  select now() - make_interval(days => max(days)) from retention_periods where record = wanted
$$;

-- The one way in which rows of the append-only tables go: by their age. Of payments the row stays, since amounts belong
-- to the accounts, but no longer says who paid.
create function delete_expired_records() returns table (kind text, affected bigint) language plpgsql as $$
begin
  kind := 'DISCLOSURES';
  delete from disclosures where disclosed_at < retention_cutoff('DISCLOSURES');
  get diagnostics affected = row_count;
  return next;

  kind := 'CONSENTS';
  delete from permissions where least(expires_at, revoked_at) < retention_cutoff('CONSENTS');
  get diagnostics affected = row_count;
  return next;
  -- A decision counts until the next one, and a withdrawal is over when it is made.
  delete from marketing_decisions d
   where d.decided_at < retention_cutoff('CONSENTS')
     and (not d.granted or exists (select 1 from marketing_decisions n
                                    where n.buyer_id = d.buyer_id and n.seller_id = d.seller_id and n.channel = d.channel and n.id > d.id
                                      and n.decided_at < retention_cutoff('CONSENTS')));
  get diagnostics affected = row_count;
  return next;
  delete from consents where withdrawn_at < retention_cutoff('CONSENTS');
  get diagnostics affected = row_count;
  return next;

  kind := 'DELETIONS';
  delete from deletions where completed_at < retention_cutoff('DELETIONS');
  get diagnostics affected = row_count;
  return next;

  kind := 'PAYMENTS';
  update payments
     set buyer_id = 'erased', payment_method_id = 'erased', address_id = 'erased', stripe_customer_id = 'erased',
         stripe_payment_method_id = 'erased', updated_at = now()
   where created_at < retention_cutoff('PAYMENTS') and buyer_id <> 'erased' and status in ('captured', 'declined', 'voided')
     and settle_at is null and not exists (select 1 from order_addresses a where a.order_id = payments.order_id);
  get diagnostics affected = row_count;
  return next;
end
$$;
create index payments_by_age on payments (created_at) where buyer_id <> 'erased';
create index disclosures_by_age on disclosures (disclosed_at);
create index deletions_by_age on deletions (completed_at);

create function refuse_rewriting() returns trigger language plpgsql as $$
declare
  stack text;
begin
  get diagnostics stack = pg_context;
  if tg_op = 'DELETE' and stack like '%PL/pgSQL function delete_expired_records() line%' then
    return null;
  end if;
  raise exception '% is append-only', tg_table_name;
end
$$;
create trigger disclosures_append_only before update or delete or truncate on disclosures
  for each statement execute function refuse_rewriting();
create trigger marketing_decisions_append_only before update or delete or truncate on marketing_decisions
  for each statement execute function refuse_rewriting();
