-- The network's fee on the goods and shipping of a sale. Purchases go by what it is when they are quoted; its changes are in
-- market_changes like those of every other setting.
alter table markets add column platform_fee_bps integer not null default 500 check (platform_fee_bps between 0 and 10000);
alter table markets alter column platform_fee_bps drop default;

update markets set sequence = sequence + 1;
insert into market_changes (country, sequence, changes)
  select country, sequence, '{"platformFeeBps": {"from": null, "to": 500}}' from markets;
insert into outbox (event_id, topic, key, type, sequence, payload, correlation_id)
  select 'evt_' || uuidv7(), 'seller-eligibility.market.v1', country, 'market.changed', sequence,
         jsonb_build_object('market', jsonb_build_object(
           'country', country, 'currency', currency,
           'opensAt', to_char(opens_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
           'closesAt', to_char(closes_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
           'buyerShareBps', buyer_share_bps, 'undoWindowSeconds', undo_window_seconds, 'platformFeeBps', platform_fee_bps)),
         'migration-0002'
    from markets;
