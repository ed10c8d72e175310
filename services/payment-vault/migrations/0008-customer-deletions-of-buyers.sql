-- Whose customer it was: when a buyer has everything deleted, this is waited for.
alter table customer_deletions add column buyer_id text;
create index customer_deletions_of_buyer on customer_deletions (buyer_id);
