-- Markets and the rules they sell by. Rules are data; a market's rules never change once it is made, so the service may keep them.
create table markets (
  market_id uuid primary key,
  code text not null unique,
  name text not null,
  operator_organization_id uuid not null,
  time_zone text not null,
  currency text not null,
  bid_unit bigint not null check (bid_unit > 0),
  lot_open_ms integer not null check (lot_open_ms > 0),
  soft_close_window_ms integer not null check (soft_close_window_ms >= 0),
  soft_close_extension_ms integer not null check (soft_close_extension_ms >= 0),
  hard_end_ms integer not null check (hard_end_ms >= lot_open_ms),
  source text not null
);

create table increment_bands (
  market_id uuid not null references markets,
  from_amount bigint not null check (from_amount >= 0),
  increment bigint not null check (increment > 0),
  primary key (market_id, from_amount)
);

create table commission_caps (
  market_id uuid not null references markets,
  category text not null,
  per_mille integer not null check (per_mille between 0 and 1000),
  primary key (market_id, category)
);

-- Numbers of the codes that people see, such as LOT-20220623-0042.
create table code_counters (
  kind text not null,
  day date not null,
  last bigint not null,
  primary key (kind, day)
);
grant update on code_counters to auction_app;
