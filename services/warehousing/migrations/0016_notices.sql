-- Advance notices: what merchants send by road. The natural key is the merchant's own number of the notice.
create table advance_notices (
  notice_id uuid primary key,
  code text not null unique,
  centre_id uuid not null references centres,
  merchant_organization_id uuid not null,
  merchant_reference text collate "C" not null,
  -- sha256 of what was announced: the same reference with other content is refused.
  content_hash bytea not null,
  announced_at timestamptz not null,
  constraint advance_notices_reference unique (merchant_organization_id, merchant_reference)
);
-- To lock a row; what was announced stays.
grant update on advance_notices to warehousing_app;
create index advance_notices_merchant on advance_notices (merchant_organization_id, notice_id);
create index advance_notices_centre on advance_notices (centre_id, notice_id);

create table advance_notice_lines (
  notice_id uuid not null references advance_notices,
  line integer not null check (line > 0),
  item_id uuid not null references items,
  -- As the merchant spelt it; differs from the item's code where it is another spelling of it.
  announced_code text not null,
  unit text collate "C" not null,
  -- 0 of a line that came without having been announced.
  count bigint not null check (count >= 0),
  batch text collate "C" not null,
  expires_on date,
  phase text not null check (phase in ('expected', 'received', 'refused')),
  receipt_id uuid,
  primary key (notice_id, line),
  check ((phase = 'expected') = (receipt_id is null))
);
grant update on advance_notice_lines to warehousing_app;
create index advance_notice_lines_item on advance_notice_lines (item_id);

alter table appointments add column notice_ids uuid[] not null default '{}';

-- A receipt is of a consignment or of a line of a notice; each is received or refused once.
alter table receipts
  alter column consignment_id drop not null,
  add column notice_id uuid,
  add column notice_line integer,
  -- Whose the goods are now: they may change hands at the door.
  add column holder_organization_id uuid,
  -- The event that told of it.
  add column event_id uuid,
  add constraint receipts_notice_line unique (notice_id, notice_line),
  add constraint receipts_of_line foreign key (notice_id, notice_line) references advance_notice_lines (notice_id, line),
  add constraint receipts_source check (num_nonnulls(consignment_id, notice_id) = 1 and (notice_id is null) = (notice_line is null));
update receipts set holder_organization_id = owner_organization_id;
alter table receipts alter column holder_organization_id set not null;

-- Sold consignments and their payment, as auction tells of them, in whichever order: the goods pass once and are freed once.
create table consignment_sales (
  consignment_id uuid primary key,
  lot_id uuid,
  buyer_organization_id uuid,
  sold_at timestamptz,
  invoice_id uuid,
  paid_at timestamptz,
  passed_at timestamptz,
  -- What passed and waits for its payment; the rest was damaged or held for another reason.
  unpaid_count bigint not null default 0 check (unpaid_count >= 0),
  unpaid_grams bigint not null default 0,
  freed_at timestamptz,
  check ((sold_at is null) = (buyer_organization_id is null) and (sold_at is null) = (lot_id is null)),
  check ((paid_at is null) = (invoice_id is null)),
  check (passed_at is null or sold_at is not null),
  check (freed_at is null or (passed_at is not null and paid_at is not null))
);
grant update on consignment_sales to warehousing_app;

-- A batch in question. Closed rows stay.
create table stock_holds (
  hold_id uuid primary key,
  centre_id uuid not null references centres,
  owner_organization_id uuid not null,
  item_id uuid not null references items,
  batch text collate "C" not null,
  reason text not null,
  held_at timestamptz not null,
  event_id uuid not null,
  released_at timestamptz
);
grant update on stock_holds to warehousing_app;
create index stock_holds_batch on stock_holds (owner_organization_id, item_id, batch, centre_id);

-- Goods that are lost. The row of a file that says so writes off once.
create table stock_write_offs (
  write_off_id uuid primary key,
  centre_id uuid not null references centres,
  owner_organization_id uuid not null,
  item_id uuid not null references items,
  batch text collate "C" not null,
  unit text collate "C" not null,
  count bigint not null check (count > 0),
  grams bigint not null,
  reason text not null,
  source_file text,
  source_line integer,
  source_raw text,
  source_hash bytea,
  written_off_at timestamptz not null,
  event_id uuid not null,
  constraint stock_write_offs_source unique (owner_organization_id, source_file, source_line, source_hash),
  check (num_nulls(source_file, source_line, source_raw, source_hash) in (0, 4))
);
create index stock_write_offs_batch on stock_write_offs (owner_organization_id, item_id, batch, centre_id);
