-- What an event costs, cut down to what it needs. Its payload is stored as the text that is published, and two indexes
-- go that each event paid for twice: ids are UUIDs of ours, and what is to be deleted is found by its place in the
-- primary key.
alter table outbox alter column payload type json using payload::json;
alter table outbox drop constraint outbox_event_id_key;
drop index outbox_published;

-- Every row is updated once and deleted once, and the relay reads the index of the few that are left: vacuum by number,
-- since a share of a large table comes too late.
alter table outbox set (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000,
  autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 50000,
  autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 50000
);
