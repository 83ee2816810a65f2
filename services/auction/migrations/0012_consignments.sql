-- Consignments (송품장). Of a row the app may change the phase alone: what was announced stays as it was announced.
create table consignments (
  consignment_id uuid primary key,
  -- order of consignment: lots are sold in it (농안법 제33조)
  ordinal bigint generated always as identity unique,
  code text not null unique,
  market_id uuid not null references markets,
  consignor_organization_id uuid not null,
  operator_organization_id uuid not null,
  lot_id uuid not null unique,
  item_code text not null,
  item text not null,
  variety text not null,
  grade text not null,
  origin text not null,
  category text not null,
  trade_unit_label text not null,
  trade_unit_base text not null,
  trade_unit_size bigint not null check (trade_unit_size > 0),
  quantity bigint not null check (quantity > 0),
  reserve_price bigint check (reserve_price > 0),
  phase text not null check (phase in ('announced', 'received', 'refused')),
  announced_at timestamptz not null,
  source_file text,
  source_line integer,
  source_raw text,
  source_hash bytea
);
grant update (phase) on consignments to auction_app;

-- Natural key of an imported row. Within its consignor: two organizations may hold files of one name, and neither may learn of the other's.
create unique index consignments_source on consignments (consignor_organization_id, source_file, source_line, source_hash) where source_file is not null;
create index consignments_consignor on consignments (consignor_organization_id, consignment_id);
create index consignments_operator on consignments (operator_organization_id, consignment_id);
