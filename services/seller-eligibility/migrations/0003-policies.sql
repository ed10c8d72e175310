-- The terms that buyers buy on. A version of a market's texts is published once and never rewritten: a receipt names the one
-- that was in force at the purchase. The markets' row names the one in force now; its changes are in market_changes.
create table policy_versions (
  version text primary key check (version ~ '^[a-z0-9][a-z0-9.-]{0,63}$'),
  country text not null references markets,
  published_at timestamptz(3) not null default now(),
  unique (country, version)
);
create table policy_texts (
  version text not null references policy_versions,
  topic text not null check (topic in ('TERMS_OF_SALE', 'SHIPPING', 'RETURNS')),
  body text not null check (body <> ''),
  primary key (version, topic)
);

insert into policy_versions (version, country) values ('us-1', 'US');
insert into policy_texts (version, topic, body) values
  ('us-1', 'TERMS_OF_SALE',
   'You buy from the seller that the receipt names. The network takes your payment and gives the seller only what is needed to ship. You are charged when the order is final, and never more than the total that you saw.'),
  ('us-1', 'SHIPPING',
   'The seller ships within 30 days. If nothing is shipped by then, the order is cancelled and everything you paid is refunded. Until something is shipped you can cancel yourself.'),
  ('us-1', 'RETURNS',
   'You can ask to send goods back within 30 days after they arrived. The price of goods that the seller takes back is refunded with its tax to the card that you paid with.');

create trigger policy_versions_append_only before update or delete or truncate on policy_versions
  for each statement execute function refuse_rewriting_history();
create trigger policy_texts_append_only before update or delete or truncate on policy_texts
  for each statement execute function refuse_rewriting_history();

alter table markets
  add column return_window_days integer not null default 30 check (return_window_days between 0 and 366),
  -- Null: none is published.
  add column policy_version text,
  add constraint markets_policy foreign key (country, policy_version) references policy_versions (country, version);
alter table markets alter column return_window_days drop default;

update markets set policy_version = case country when 'US' then 'us-1' end, sequence = sequence + 1;
insert into market_changes (country, sequence, changes)
  select country, sequence,
         '{"returnWindowDays": {"from": null, "to": 30}}'::jsonb
         || case when policy_version is null then '{}' else jsonb_build_object('policyVersion', jsonb_build_object('from', null, 'to', policy_version)) end
    from markets;
insert into outbox (event_id, topic, key, type, sequence, payload, correlation_id)
  select 'evt_' || uuidv7(), 'seller-eligibility.market.v1', country, 'market.changed', sequence,
         jsonb_build_object('market', jsonb_build_object(
           'country', country, 'currency', currency,
           'opensAt', to_char(opens_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
           'closesAt', to_char(closes_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
           'buyerShareBps', buyer_share_bps, 'undoWindowSeconds', undo_window_seconds, 'platformFeeBps', platform_fee_bps,
           'returnWindowDays', return_window_days, 'policyVersion', policy_version)),
         'migration-0003'
    from markets;
