create table appointments (
  appointment_id uuid primary key,
  code text not null unique,
  centre_id uuid not null references centres,
  carrier_organization_id uuid not null,
  vehicle_registration text not null,
  window_starts_at timestamptz not null,
  window_ends_at timestamptz not null,
  consignment_ids uuid[] not null,
  phase text not null check (phase in ('booked', 'waiting', 'at_door', 'done', 'refused', 'left', 'no_show')),
  punctuality text check (punctuality in ('early', 'on_time', 'late')),
  gated_in_at timestamptz,
  door_location_id uuid references locations,
  finished_at timestamptz,
  booked_at timestamptz not null,
  check (window_ends_at > window_starts_at),
  check ((gated_in_at is null) = (phase in ('booked', 'no_show')) and (gated_in_at is null) = (punctuality is null)),
  check ((door_location_id is null) = (phase in ('booked', 'waiting', 'no_show'))),
  check ((finished_at is null) = (phase not in ('done', 'refused', 'left')))
);
grant update on appointments to warehousing_app;
create index appointments_carrier on appointments (carrier_organization_id, appointment_id);
create index appointments_centre on appointments (centre_id, appointment_id);
create index appointments_booked on appointments (window_ends_at) where phase = 'booked';
-- One truck at a door.
create unique index appointments_door on appointments (door_location_id) where phase = 'at_door';
