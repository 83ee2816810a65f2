-- First answers of commands, refusals included: written in the transaction of the effect.
create table idempotency (
  organization_id uuid not null,
  method text not null,
  key text not null,
  fingerprint bytea not null,
  response bytea,
  refusal jsonb,
  created_at timestamptz not null default clock_timestamp(),
  primary key (organization_id, method, key),
  check ((response is null) <> (refusal is null))
);

-- The first answers of many commands at once. A function for its settings: a plan made while the table was small
-- would scan it whole, and stay in the cache while it grows.
create function first_answers(organizations uuid[], methods text[], keys text[])
returns table (place integer, fingerprint bytea, response bytea, refusal jsonb)
language sql stable set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
  select t.place::integer, i.fingerprint, i.response, i.refusal
  from unnest(organizations, methods, keys) with ordinality t(organization_id, method, key, place)
  join idempotency i on i.organization_id = t.organization_id and i.method = t.method and i.key = t.key
$$;
