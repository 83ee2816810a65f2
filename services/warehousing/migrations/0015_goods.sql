-- What an item measures and how long it keeps. An item stands in the master data of the organization that made it: a centre operator's catalogue, or a merchant's own.
alter table items
  add column length_mm integer check (length_mm > 0),
  add column width_mm integer check (width_mm > 0),
  add column height_mm integer check (height_mm > 0),
  -- Of one unit; catch-weight goods have none.
  add column unit_grams bigint check (unit_grams > 0),
  -- Whole days that the goods keep from receipt where they carry no date.
  add column shelf_life_days integer check (shelf_life_days >= 0),
  add constraint items_sizes check (num_nulls(length_mm, width_mm, height_mm) in (0, 3));
-- Two spellings of one code are one code.
create unique index items_spelling on items (operator_organization_id, upper(code));

-- A production batch (GS1 AI 10) in one owner's stock and its dates. Made at the receipt.
create table batches (
  owner_organization_id uuid not null,
  item_id uuid not null references items,
  batch text collate "C" not null,
  -- Last day on which the goods may be used, that day included, in the zone of the place where they lie (rule W6). Without one they keep.
  expires_on date,
  first_received_at timestamptz not null,
  primary key (owner_organization_id, item_id, batch)
);

-- Rule W3: what a centre can promise of a batch. `on_hand` is the sum of its balances in real locations with status available, kept by each movement;
-- `reserved` is the sum of the open reservations.
create table promisable_stock (
  owner_organization_id uuid not null,
  item_id uuid not null references items,
  batch text collate "C" not null,
  unit text collate "C" not null,
  centre_id uuid not null references centres,
  on_hand bigint not null default 0,
  reserved bigint not null default 0,
  constraint promisable_stock_reserved check (0 <= reserved and reserved <= on_hand),
  primary key (owner_organization_id, item_id, batch, unit, centre_id)
);
grant update on promisable_stock to warehousing_app;

-- What is held says why: under reserve (claim), not paid for, in question of quality, not found when it was looked for.
alter table stock_movement_lines drop constraint stock_movement_lines_status_check,
  add constraint stock_movement_lines_status check (status in ('available', 'held', 'held_unpaid', 'held_quality', 'held_count', 'damaged', 'expired'));
alter table stock_balances drop constraint stock_balances_status_check,
  add constraint stock_balances_status check (status in ('available', 'held', 'held_unpaid', 'held_quality', 'held_count', 'damaged', 'expired'));
