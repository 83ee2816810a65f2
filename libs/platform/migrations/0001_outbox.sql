-- Facts on their way out. A row is deleted by the relay in the statement that puts it on the bus.
-- The id is drawn by the insert, after the aggregate's row lock: for one key a larger id exists only once the smaller is committed.
create table outbox (
  id bigint generated always as identity primary key,
  event_id uuid not null,
  type text not null,
  key text not null,
  payload bytea not null,
  time timestamptz not null,
  record_time timestamptz not null,
  traceparent text,
  tracestate text
) with (
  -- every row is dead soon: without this the relay's reads walk over the dead at the head of the index
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_cost_delay = 0
);

do $$ begin execute format('grant delete on outbox to %I', current_schema() || '_app'); end $$;
