-- What an app is told of each change of an order: its states afterwards, `<status> <payment> <fulfilment> <returns>` as in the
-- order's events. Null for steps without an event, and for those that are older than this.
alter table order_history add column states text;
