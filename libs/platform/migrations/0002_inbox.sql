-- Which events a consumer has taken: written in the transaction of the effect.
-- Partitioned by the day inside the UUIDv7 itself, so that a redelivery after midnight still meets its first.
create table inbox (
  event_id uuid not null,
  consumer text not null,
  primary key (event_id, consumer)
) partition by range (event_id);

-- takes what no day covers, so that a missing day never stops a consumer
create table inbox_default partition of inbox default;

-- The least UUIDv7 of a day (UTC).
create function inbox_floor(day date) returns uuid language sql immutable strict as $$
  select (lpad(to_hex((extract(epoch from day::timestamp at time zone 'UTC') * 1000)::bigint), 12, '0') || rpad('', 20, '0'))::uuid
$$;

-- Creates the partitions of today and of `ahead` days to come, and drops those older than `keep` days.
-- Keep longer than the bus keeps its log: an event must not come back after its row is gone.
create function inbox_days(ahead integer, keep integer) returns void language plpgsql security definer set search_path from current as $$
declare
  today date := (clock_timestamp() at time zone 'UTC')::date;
  day date;
  outdated name;
begin
  if keep < 8 then raise exception 'the inbox keeps at least 8 days'; end if;
  perform set_config('lock_timeout', '1s', true);
  for day in select today + i from generate_series(0, ahead) i loop
    if to_regclass(format('%I.%I', current_schema(), 'inbox_' || to_char(day, 'YYYYMMDD'))) is not null then continue; end if;
    begin
      execute format('create table %1$I.%2$I partition of %1$I.inbox for values from (%3$L) to (%4$L)',
        current_schema(), 'inbox_' || to_char(day, 'YYYYMMDD'), inbox_floor(day), inbox_floor(day + 1));
    exception
      when check_violation then null; -- the default partition holds ids of that day: they stay there, and so will the others
      when duplicate_table then null; -- another instance was faster
    end;
  end loop;
  for outdated in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = format('%I.inbox', current_schema())::regclass
      and c.relname ~ '^inbox_\d{8}$' and substr(c.relname, 7) < to_char(today - keep, 'YYYYMMDD')
  loop
    execute format('drop table %I.%I', current_schema(), outdated);
  end loop;
end $$;

revoke execute on function inbox_days(integer, integer) from public;
do $$ begin execute format('grant execute on function inbox_days(integer, integer) to %I', current_schema() || '_app'); end $$;
select inbox_days(3, 30);
