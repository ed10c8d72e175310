-- Query plans of operations, so that a gateway process need not make them again. All of it can be lost.

-- What plans are made from: a supergraph and a version of the planner, by their hash. A plan is worth nothing for another.
create table operation_planning (
  graph text not null check (graph in ('buyer', 'partner', 'ops')),
  planning_hash text collate "C" not null check (char_length(planning_hash) = 64),
  -- The last day (UTC) on which its plans were loaded or stored.
  last_used_on date not null,
  primary key (graph, planning_hash)
);

-- One operation's plan, be the operation published or among the gateway's own files; JSON null where nothing is to be fetched.
create table operation_plans (
  graph text not null,
  planning_hash text collate "C" not null,
  operation_id text collate "C" not null check (char_length(operation_id) between 1 and 128),
  -- SHA-256 of the operation's text, in hex.
  text_hash text collate "C" not null check (char_length(text_hash) = 64),
  plan json not null,
  primary key (graph, planning_hash, operation_id),
  foreign key (graph, planning_hash) references operation_planning on delete cascade
);
