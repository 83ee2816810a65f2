create table centres (
  centre_id uuid primary key,
  code text collate "C" not null constraint centres_code unique,
  name text not null,
  operator_organization_id uuid not null,
  time_zone text not null,
  capabilities text[] not null,
  opened_at timestamptz not null
);
create index centres_operator on centres (operator_organization_id, centre_id);

create table zones (
  zone_id uuid primary key,
  centre_id uuid not null references centres,
  code text collate "C" not null,
  temperature_class text not null check (temperature_class in ('ambient', 'cool', 'chilled', 'frozen')),
  unique (centre_id, code)
);

-- Rule W5. A dock door has no upper bound: what has been unloaded stands there, and the books must be able to say so. Its capacity is for planning.
create table locations (
  location_id uuid primary key,
  centre_id uuid not null references centres,
  zone_id uuid not null references zones,
  code text collate "C" not null,
  kind text not null check (kind in ('bin', 'rack', 'floor', 'dock_door')),
  capacity_grams bigint not null check (capacity_grams > 0),
  occupied_grams bigint not null default 0,
  constraint locations_capacity check (occupied_grams >= 0 and (kind = 'dock_door' or occupied_grams <= capacity_grams)),
  unique (centre_id, code)
);
create index locations_listed on locations (centre_id, location_id);
grant update on locations to warehousing_app;

-- The last number of a kind of code on a business day.
create table code_counters (
  kind text not null,
  day date not null,
  last_number integer not null,
  primary key (kind, day)
);
grant update on code_counters to warehousing_app;
