-- Limits: what was done in the last hour with each card, and by each buyer and device that gives cards, in slots of six
-- minutes. A slot counts until all of it is an hour old, so never more than a limit passes within any hour. The TypeScript
-- side is infra/runtime/src/use-limits.ts; checkout counts its buyers and devices with the same tables.
create table use_counts (
  scope text collate "C" not null,
  subject text collate "C" not null,
  -- Number of the newest slot since 1970. The arrays begin with it: eleven slots, newest first.
  slot integer not null,
  uses integer[] not null default array_fill(0, array[11]),
  small_uses integer[] not null default array_fill(0, array[11]),
  refusals integer[] not null default array_fill(0, array[11]),
  amounts bigint[] not null default array_fill(0, array[11]),
  primary key (scope, subject)
) with (fillfactor = 60);

-- What is counted, so that it is counted once, and can be given back once.
create table counted_uses (
  reference text collate "C" primary key,
  scopes text[] not null,
  subjects text[] not null,
  slot integer not null,
  amount_minor integer not null,
  is_small boolean not null,
  refused boolean not null
);
create index counted_uses_by_age on counted_uses using brin (slot);

create function use_slot() returns integer language sql volatile as
$$ select floor(extract(epoch from clock_timestamp()) / 360)::integer $$;

-- Adds to the newest slot, after moving on by so many slots.
create function added(counts anycompatiblearray, slots integer, amount anycompatible) returns anycompatiblearray language sql immutable as $$
  select array[shifted[1] + amount] || shifted[2:11]
    from (values ((array_fill(amount - amount, array[greatest(0, least(slots, 11))]) || counts)[1:11])) as s (shifted)
$$;

-- Counts what fits and answers what does not, by the place in `wanted`, and the seconds until a slot is free again. Each of
-- wanted: { reference, scopes, subjects, kind, amount_minor, is_small }, where kind is `use`, `refusal` (counted whatever the
-- limits are) or `check` (counts nothing). allowances: { scope: { uses, amount, refusals, small } }, 0 for no limit.
create function count_uses(wanted jsonb, allowances jsonb)
returns table (place integer, refused_scope text, retry_after_seconds integer) language plpgsql volatile as $$
declare
  this_slot integer;
  item record;
  full_scope text;
  frees_at integer;
begin
  -- Locks every row that is counted in, always in the same order; a row that is there is not written.
  insert into use_counts as c (scope, subject, slot)
  select distinct s.scope, s.subject, use_slot()
    from jsonb_array_elements(wanted) w,
         lateral rows from (jsonb_array_elements_text(w -> 'scopes'), jsonb_array_elements_text(w -> 'subjects')) as s (scope, subject)
   order by 1, 2
  on conflict (scope, subject) do update set slot = c.slot where false;
  this_slot := use_slot();

  for item in
    select i.* from rows from (
      jsonb_to_recordset(wanted) as (reference text, scopes text[], subjects text[], kind text, amount_minor integer, is_small boolean)
    ) with ordinality as i (reference, scopes, subjects, kind, amount_minor, is_small, place)
  loop
    continue when item.kind <> 'check' and exists (select from counted_uses u where u.reference = item.reference);
    if item.kind <> 'refusal' then
      select c.scope, (c.slot + 12 - (select max(i) from generate_subscripts(c.uses, 1) i where c.uses[i] + c.refusals[i] > 0)) * 360
        into full_scope, frees_at
        from unnest(item.scopes, item.subjects) as s (scope, subject)
        join use_counts c using (scope, subject)
        cross join jsonb_to_record(allowances -> c.scope) as a (uses integer, amount bigint, refusals integer, small integer)
        cross join lateral (
          select coalesce(sum(n.uses), 0) as uses, coalesce(sum(n.small_uses), 0) as small_uses,
                 coalesce(sum(n.refusals), 0) as refusals, coalesce(sum(n.amount), 0) as amount
            from unnest(c.uses, c.small_uses, c.refusals, c.amounts) with ordinality as n (uses, small_uses, refusals, amount, i)
           where n.i <= 11 - (this_slot - c.slot)
        ) n
       where (a.refusals > 0 and n.refusals >= a.refusals)
          or (item.kind = 'use' and (
                (a.uses > 0 and n.uses >= a.uses)
                or (a.amount > 0 and n.amount + item.amount_minor > a.amount)
                or (a.small > 0 and item.is_small and n.small_uses >= a.small)))
       limit 1;
      if found then
        place := item.place - 1;
        refused_scope := full_scope;
        retry_after_seconds := least(greatest(1, coalesce(frees_at, 0) - floor(extract(epoch from clock_timestamp()))::integer), 3960);
        return next;
        continue;
      end if;
    end if;
    continue when item.kind = 'check';
    update use_counts c
       set slot = greatest(c.slot, this_slot),
           uses = added(c.uses, this_slot - c.slot, case item.kind when 'use' then 1 else 0 end),
           small_uses = added(c.small_uses, this_slot - c.slot, case when item.kind = 'use' and item.is_small then 1 else 0 end),
           refusals = added(c.refusals, this_slot - c.slot, case item.kind when 'use' then 0 else 1 end),
           amounts = added(c.amounts, this_slot - c.slot, case item.kind when 'use' then item.amount_minor else 0 end)
      from unnest(item.scopes, item.subjects) as s (scope, subject)
     where c.scope = s.scope and c.subject = s.subject;
    insert into counted_uses (reference, scopes, subjects, slot, amount_minor, is_small, refused)
    values (item.reference, item.scopes, item.subjects, this_slot, item.amount_minor, item.is_small and item.kind = 'use', item.kind = 'refusal');
  end loop;
end $$;

-- Takes back what was counted (`returned`), or turns it into a refusal of the bank, of which nothing was charged (`refused`).
-- Once, however often it is asked for; nothing for a reference that is not counted.
create function settle_use(settled text, became text) returns void language plpgsql volatile as $$
declare
  counted counted_uses;
begin
  select * into counted from counted_uses where reference = settled for update;
  if not found or counted.refused then return; end if;
  perform from use_counts c join unnest(counted.scopes, counted.subjects) as s (scope, subject) using (scope, subject)
    order by c.scope, c.subject for update of c;
  update use_counts c
     set uses[age] = case became when 'returned' then c.uses[age] - 1 else c.uses[age] end,
         small_uses[age] = case when counted.is_small and became = 'returned' then c.small_uses[age] - 1 else c.small_uses[age] end,
         refusals[age] = case became when 'refused' then c.refusals[age] + 1 else c.refusals[age] end,
         amounts[age] = c.amounts[age] - counted.amount_minor
    from unnest(counted.scopes, counted.subjects) as s (scope, subject)
    cross join lateral (select k.slot - counted.slot + 1 as age from use_counts k where k.scope = s.scope and k.subject = s.subject) a
   where c.scope = s.scope and c.subject = s.subject and a.age between 1 and 11;
  if became = 'returned' then delete from counted_uses where reference = settled;
  else update counted_uses set refused = true where reference = settled;
  end if;
end $$;
