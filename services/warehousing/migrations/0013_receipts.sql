-- What auction has announced: a projection of its ConsignmentRegistered.
create table expected_consignments (
  consignment_id uuid primary key,
  code text not null,
  market_id uuid not null,
  lot_id uuid not null,
  consignor_organization_id uuid not null,
  item_code text not null,
  item text not null,
  variety text not null,
  grade text not null,
  quantity bigint not null,
  unit_label text not null,
  unit_base text not null check (unit_base in ('gram', 'piece')),
  unit_size bigint not null check (unit_size > 0),
  phase text not null default 'expected' check (phase in ('expected', 'received', 'refused')),
  announced_at timestamptz not null
);
grant update on expected_consignments to warehousing_app;

create table receipts (
  receipt_id uuid primary key,
  code text not null unique,
  appointment_id uuid not null references appointments,
  centre_id uuid not null references centres,
  -- A consignment is received or refused once.
  consignment_id uuid not null constraint receipts_consignment unique references expected_consignments,
  owner_organization_id uuid not null,
  item_id uuid not null references items,
  batch text not null,
  unit text not null,
  expected_count bigint not null,
  counted bigint not null,
  weighed_grams bigint not null,
  scale_ticket text not null,
  temperature_tenths integer,
  -- The version of the bands that the line was judged by.
  temperature_table text not null,
  findings text[] not null check (cardinality(findings) > 0),
  disposition text not null check (disposition in ('accept', 'accept_under_reserve', 'refuse')),
  phase text not null check (phase in ('at_door', 'put_away', 'refused')),
  stock_status text check (stock_status in ('available', 'held', 'damaged', 'expired')),
  -- Where the goods lie.
  location_id uuid references locations,
  received_at timestamptz not null,
  check ((phase = 'refused') = (disposition = 'refuse') and (phase = 'refused') = (stock_status is null) and (phase = 'refused') = (location_id is null))
);
grant update on receipts to warehousing_app;
create index receipts_appointment on receipts (appointment_id);
create index receipts_centre on receipts (centre_id, receipt_id);
create index receipts_owner on receipts (owner_organization_id, receipt_id);
