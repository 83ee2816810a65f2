create table items (
  item_id uuid primary key,
  operator_organization_id uuid not null,
  code text collate "C" not null,
  name text not null,
  temperature_class text not null check (temperature_class in ('ambient', 'cool', 'chilled', 'frozen')),
  control text not null check (control in ('none', 'batch', 'expiry', 'serial')),
  catch_weight boolean not null,
  gtin text not null,
  constraint items_code unique (operator_organization_id, code)
);
