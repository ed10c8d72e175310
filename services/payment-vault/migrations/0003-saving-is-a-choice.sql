-- Saving is a choice: what is given without a consent serves one purchase and goes with it. Names of what is stored.

-- What buyers agree to, by market: the newest text that is valid is the one to be shown, and the only one that can be agreed to.
create table if not exists consent_texts (
  purpose text not null,
  country text not null,
  version text not null,
  body text not null,
  valid_from timestamptz not null default now(),
  primary key (purpose, country, version)
);
insert into consent_texts (purpose, country, version, body) values
  ('SAVE_DETAILS', 'US', 'save-us-1',
   'Keep this for my next purchases, so that one tap is enough. I can delete it at any time; no seller sees my card.')
on conflict do nothing;

-- To what a buyer agreed, for which card or address, and when that ended. A proof: it outlives what it was given for.
create table consents (
  buyer_id text not null,
  purpose text not null check (purpose = 'SAVE_DETAILS'),
  subject_id text not null,
  text_country text not null,
  text_version text not null,
  given_at timestamptz not null default now(),
  withdrawn_at timestamptz,
  primary key (buyer_id, purpose, subject_id),
  foreign key (purpose, text_country, text_version) references consent_texts (purpose, country, version)
);

-- Labels are sealed with the buyer's data key. What was stored before there was a choice stays stored.
alter table payment_methods
  add column saved boolean not null default true,
  add column label bytea,
  add column label_key_version integer,
  add constraint payment_methods_default_is_saved check (saved or not is_default),
  add constraint payment_methods_label check (num_nulls(label, label_key_version) in (0, 2));
alter table addresses
  add column saved boolean not null default true,
  add column label bytea,
  add column label_key_version integer,
  add constraint addresses_default_is_saved check (saved or not is_default),
  add constraint addresses_label check (num_nulls(label, label_key_version) in (0, 2));
create index payment_methods_unsaved on payment_methods (created_at) where not saved and status = 'active';
create index addresses_unsaved on addresses (created_at) where not saved;
create index payments_of_card on payments (payment_method_id);
create index payments_of_address on payments (address_id);
create index card_setups_of_intent on card_setups (setup_intent_id);
