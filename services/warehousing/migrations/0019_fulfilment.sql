-- Where picked goods wait and are packed. Like a dock door it has no upper bound: what has been picked stands there.
alter table locations drop constraint locations_kind_check, drop constraint locations_capacity,
  add constraint locations_kind check (kind in ('bin', 'rack', 'floor', 'dock_door', 'packing_station')),
  add constraint locations_capacity check (occupied_grams >= 0 and (kind in ('dock_door', 'packing_station') or occupied_grams <= capacity_grams));

-- Load carriers and boxes that a centre packs into; versioned data of the operator. Outer sizes for the shelf, inner for the fit.
create table box_types (
  box_type_id uuid primary key,
  operator_organization_id uuid not null,
  code text collate "C" not null,
  inner_length_mm integer not null check (inner_length_mm > 0),
  inner_width_mm integer not null check (inner_width_mm > 0),
  inner_height_mm integer not null check (inner_height_mm > 0),
  tare_grams bigint not null check (tare_grams > 0),
  max_grams bigint not null check (max_grams > 0),
  -- Temperature classes that it may carry, one at a time.
  temperature_classes text[] not null,
  unique (operator_organization_id, code)
);

create table waves (
  wave_id uuid primary key,
  code text not null unique,
  centre_id uuid not null references centres,
  phase text not null check (phase in ('released', 'picked')),
  released_at timestamptz not null
);
grant update on waves to warehousing_app;
create index waves_centre on waves (centre_id, wave_id);

-- Where a picker takes what. Rule W9: the sum of picked per line never passes what is reserved.
create table pick_tasks (
  task_id uuid primary key,
  wave_id uuid not null references waves,
  centre_id uuid not null references centres,
  -- Walking order in the wave, from 1.
  sequence integer not null check (sequence > 0),
  reservation_id uuid not null references reservations,
  order_id uuid not null,
  line integer not null,
  item_id uuid not null references items,
  batch text collate "C" not null,
  location_id uuid not null references locations,
  count bigint not null check (count > 0),
  picked bigint not null default 0 check (picked >= 0 and picked <= count),
  picked_grams bigint not null default 0,
  phase text not null check (phase in ('ready', 'done', 'short', 'cancelled')),
  -- Why less was picked.
  reason text,
  done_at timestamptz,
  foreign key (order_id, line) references order_lines (order_id, line),
  unique (wave_id, sequence)
);
grant update on pick_tasks to warehousing_app;
create index pick_tasks_order on pick_tasks (order_id, line);
create index pick_tasks_reservation on pick_tasks (reservation_id);
create index pick_tasks_ready on pick_tasks (location_id) where phase = 'ready';

-- Handling units (GS1 SSCC): parcels, totes, pallets. Rule W10: a unit is in one place, either at a location or in another unit; the tree has no cycle.
create table handling_units (
  unit_id uuid primary key,
  sscc text not null unique check (sscc ~ '^[0-9]{18}$'),
  code text not null unique,
  kind text not null check (kind in ('parcel', 'tote', 'pallet')),
  centre_id uuid not null references centres,
  location_id uuid references locations,
  parent_unit_id uuid references handling_units,
  order_id uuid references orders,
  box_type_id uuid references box_types,
  temperature_class text not null,
  gross_grams bigint not null check (gross_grams > 0),
  phase text not null check (phase in ('packed', 'staged')),
  packed_at timestamptz not null,
  staged_at timestamptz,
  check ((location_id is null) <> (parent_unit_id is null)),
  check (unit_id <> parent_unit_id)
);
grant update on handling_units to warehousing_app;
create index handling_units_order on handling_units (order_id);
create index handling_units_location on handling_units (location_id, unit_id);

-- Rule W8: what is in a unit, to the batch, and by it to the receipt.
create table unit_contents (
  unit_id uuid not null references handling_units,
  reservation_id uuid not null references reservations,
  order_id uuid not null,
  line integer not null,
  owner_organization_id uuid not null,
  item_id uuid not null references items,
  batch text collate "C" not null,
  count bigint not null check (count > 0),
  grams bigint not null,
  primary key (unit_id, reservation_id),
  foreign key (order_id, line) references order_lines (order_id, line)
);
create index unit_contents_batch on unit_contents (owner_organization_id, item_id, batch);
create index unit_contents_line on unit_contents (order_id, line);

-- The last serial of the SSCCs under a GS1 company prefix: never given twice.
create table sscc_counters (
  prefix text primary key,
  last_serial bigint not null
);
grant update on sscc_counters to warehousing_app;
