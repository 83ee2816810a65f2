-- The embedded bus: one log per publisher, kept in PostgreSQL. Applied by an administrator, after the roles are there;
-- safe to apply again, as when a service is added.
create schema if not exists bus;

-- A cursor per consumer group and topic. Everybody sees how far the others are; a role moves only its own.
create table if not exists bus.cursors (
  role name not null default current_user,
  consumer_group text not null,
  topic text not null,
  position bigint not null,
  moved_at timestamptz not null default clock_timestamp(),
  primary key (role, consumer_group, topic)
);
alter table bus.cursors enable row level security;
drop policy if exists seen on bus.cursors;
create policy seen on bus.cursors for select using (true);
drop policy if exists begun on bus.cursors;
create policy begun on bus.cursors for insert with check (role = current_user);
drop policy if exists moved on bus.cursors;
create policy moved on bus.cursors for update using (role = current_user) with check (role = current_user);

-- Appends to one log happen one after the other, from the draw of the position to the commit: a cursor over positions
-- then skips nothing, whoever appends.
create or replace function bus.append_alone() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtext('naru.log'), tg_relid::integer);
  return null;
end $$;

-- Drops at most 10,000 records that are older than `keep` and that every cursor has passed; how many.
create or replace function bus.trim(publisher text, keep interval) returns bigint language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  dropped bigint;
begin
  if session_user <> publisher || '_app' and not (select rolsuper from pg_roles where rolname = session_user) then
    raise insufficient_privilege using message = format('the log of %s is trimmed by %s_app', publisher, publisher);
  end if;
  execute format($sql$
    delete from bus.%I where position = any(array(
      select position from (select position, record_time from bus.%1$I order by position limit 10000) head
      where record_time < clock_timestamp() - $1
        and position <= coalesce((select min(position) from bus.cursors where topic = $2), 9223372036854775807)))
  $sql$, publisher || '_log') using keep, format('naru.%s.v1', publisher);
  get diagnostics dropped = row_count;
  return dropped;
end $$;
revoke execute on function bus.trim(text, interval) from public;

do $$
declare
  -- PUBLISHERS of @naru/contracts/registry; a test compares them
  publishers constant text[] := array['identity', 'warehousing', 'auction', 'gateway'];
  publisher text;
  reader name;
begin
  foreach publisher in array publishers loop
    execute format($sql$
      create table if not exists bus.%I (
        position bigint generated always as identity primary key,
        event_id uuid not null,
        type text not null,
        key text not null,
        payload bytea not null,
        time timestamptz not null,
        record_time timestamptz not null,
        traceparent text,
        tracestate text
      )$sql$, publisher || '_log');
    execute format('create or replace trigger append_alone before insert on bus.%I for each statement execute function bus.append_alone()', publisher || '_log');
    execute format('grant insert on bus.%I to %I', publisher || '_log', publisher || '_app');
    execute format('grant execute on function bus.trim(text, interval) to %I', publisher || '_app');
  end loop;
  for reader in select rolname from pg_roles where rolname ~ '^naru_' or rolname ~ '^[a-z]+_app$' loop
    execute format('grant usage on schema bus to %I', reader);
    execute format('grant select on all tables in schema bus to %I', reader);
    execute format('grant insert, update on bus.cursors to %I', reader);
  end loop;
end $$;
