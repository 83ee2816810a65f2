-- Where a centre stands, microdegrees of WGS 84: for the distance to the recipient.
alter table centres
  add column latitude_e6 integer check (latitude_e6 between -90000000 and 90000000),
  add column longitude_e6 integer check (longitude_e6 between -180000000 and 180000000),
  add constraint centres_position check ((latitude_e6 is null) = (longitude_e6 is null));

-- A fulfilment network: centres that promise stock together.
create table networks (
  network_id uuid primary key,
  code text collate "C" not null constraint networks_code unique,
  name text not null,
  operator_organization_id uuid not null,
  -- A soft hold ends after this long unless the request says otherwise.
  hold_ms bigint not null check (hold_ms > 0),
  created_at timestamptz not null
);
create index networks_operator on networks (operator_organization_id, network_id);

create table network_centres (
  network_id uuid not null references networks,
  centre_id uuid not null references centres,
  primary key (network_id, centre_id)
);

-- Merchants whose stock the network promises.
create table network_merchants (
  network_id uuid not null references networks,
  merchant_organization_id uuid not null,
  admitted_at timestamptz not null,
  primary key (network_id, merchant_organization_id)
);
create index network_merchants_merchant on network_merchants (merchant_organization_id, network_id);
