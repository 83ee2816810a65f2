-- Keys whose events a consumer could not take; their later events wait behind in `parked`.
create table parked_key (
  consumer text not null,
  key text not null,
  since timestamptz not null default clock_timestamp(),
  attempts integer not null default 0,
  -- when it is tried again by itself; null: only when asked to
  next_at timestamptz,
  error text not null,
  primary key (consumer, key)
);

create table parked (
  consumer text not null,
  key text not null,
  seq bigint generated always as identity,
  event_id uuid not null,
  topic text not null,
  position bigint not null,
  type text not null,
  source text not null,
  payload bytea not null,
  time timestamptz not null,
  record_time timestamptz not null,
  traceparent text,
  tracestate text,
  primary key (consumer, key, seq)
);

do $$ begin
  execute format('grant update, delete on parked_key to %I', current_schema() || '_app');
  execute format('grant delete on parked to %I', current_schema() || '_app');
end $$;
