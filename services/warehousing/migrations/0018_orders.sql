-- Sales orders of merchants. The natural key is the merchant's own number: an order that is sent again is the same order.
create table orders (
  order_id uuid primary key,
  code text not null unique,
  network_id uuid not null references networks,
  merchant_organization_id uuid not null,
  merchant_reference text collate "C" not null,
  -- sha256 of what was ordered: the same reference with other content is refused.
  content_hash bytea not null,
  customer_reference text not null,
  country text not null,
  latitude_e6 integer,
  longitude_e6 integer,
  -- Days that the goods must still keep when they leave, the day of leaving not counted (rule W6).
  min_remaining_life_days integer not null default 0 check (min_remaining_life_days >= 0),
  phase text not null check (phase in ('received', 'reserved', 'released', 'picked', 'packed', 'staged', 'cancelled')),
  -- Why these centres: the candidates and the choice, as the decision was made.
  sourcing jsonb,
  -- File, line and raw text where it was imported from; null otherwise.
  source jsonb,
  ordered_at timestamptz not null,
  constraint orders_reference unique (merchant_organization_id, merchant_reference)
);
grant update on orders to warehousing_app;
create index orders_merchant on orders (merchant_organization_id, order_id);
create index orders_network on orders (network_id, order_id);

-- Rule W9: ordered = shipped + open + backordered + cancelled, where open = reserved (picked, packed and staged goods stay reserved until they leave).
create table order_lines (
  order_id uuid not null references orders,
  line integer not null check (line > 0),
  item_id uuid not null references items,
  unit text collate "C" not null,
  -- As the order spelt it; differs from the item's code where it is another spelling of it.
  ordered_code text not null,
  ordered bigint not null check (ordered > 0),
  reserved bigint not null default 0,
  backordered bigint not null default 0,
  cancelled bigint not null default 0,
  shipped bigint not null default 0,
  picked bigint not null default 0,
  packed bigint not null default 0,
  staged bigint not null default 0,
  unit_price_amount bigint not null check (unit_price_amount >= 0),
  currency text not null,
  primary key (order_id, line),
  constraint order_lines_conserved check (ordered = reserved + backordered + cancelled + shipped and least(reserved, backordered, cancelled, shipped) >= 0),
  constraint order_lines_outward check (0 <= staged and staged <= packed and packed <= picked and picked <= reserved + shipped)
);
grant update on order_lines to warehousing_app;
-- Backorders by what they wait for, in order of age.
create index order_lines_backordered on order_lines (item_id, order_id, line) where backordered > 0;

-- What an order holds beside goods: postage, fees, discounts, samples; and lines that name nothing that can be sold.
create table order_charges (
  order_id uuid not null references orders,
  line integer not null check (line > 0),
  kind text not null check (kind in ('postage', 'fee', 'discount', 'manual', 'sample')),
  code text not null,
  description text not null,
  quantity bigint not null,
  unit_price_amount bigint not null,
  currency text not null,
  reason text not null,
  primary key (order_id, line)
);

-- A promise of goods in one batch of one centre. Soft holds have an end; confirmed ones have none. Closed rows stay: the journal of promises.
create table reservations (
  reservation_id uuid primary key,
  code text not null unique,
  network_id uuid not null references networks,
  owner_organization_id uuid not null,
  item_id uuid not null references items,
  batch text collate "C" not null,
  unit text collate "C" not null,
  centre_id uuid not null references centres,
  -- What is still reserved; 0 once it is closed.
  count bigint not null check (count >= 0),
  asked bigint not null check (asked > 0),
  -- Of a line; null for a shop's own hold.
  order_id uuid,
  line integer,
  phase text not null check (phase in ('held', 'confirmed', 'released', 'expired', 'displaced', 'shipped')),
  expires_at timestamptz,
  reserved_at timestamptz not null,
  closed_at timestamptz,
  closed_because text,
  -- Picked off the shelf: no longer free to be moved to another batch.
  picked bigint not null default 0 check (picked >= 0 and picked <= asked),
  foreign key (order_id, line) references order_lines (order_id, line),
  check ((order_id is null) = (line is null)),
  check ((phase = 'held') = (expires_at is not null and closed_at is null)),
  constraint reservations_open check ((phase in ('held', 'confirmed')) = (count > 0) and (phase in ('held', 'confirmed')) = (closed_at is null))
);
grant update on reservations to warehousing_app;
create index reservations_open_stock on reservations (owner_organization_id, item_id, batch, unit, centre_id) where count > 0;
create index reservations_line on reservations (order_id, line);
create index reservations_owner on reservations (owner_organization_id, reservation_id);
create index reservations_expiry on reservations (expires_at) where phase = 'held';

-- A cancellation by the merchant: gives back what open lines hold, once. Also those that name no order.
create table order_cancellations (
  cancellation_id uuid primary key,
  code text not null unique,
  merchant_organization_id uuid not null,
  merchant_reference text collate "C" not null,
  content_hash bytea not null,
  customer_reference text not null,
  cancelled_at timestamptz not null,
  source jsonb,
  constraint order_cancellations_reference unique (merchant_organization_id, merchant_reference)
);
create table order_cancellation_lines (
  cancellation_id uuid not null references order_cancellations,
  line integer not null check (line > 0),
  ordered_code text not null,
  item_id uuid references items,
  asked bigint not null check (asked > 0),
  -- The rest found no open line, and `reason` says why.
  given_back bigint not null default 0 check (given_back >= 0 and given_back <= asked),
  reason text not null,
  primary key (cancellation_id, line)
);

-- Of which order lines a line of a cancellation gave back.
create table order_cancellation_parts (
  cancellation_id uuid not null,
  line integer not null,
  order_id uuid not null,
  order_line integer not null,
  count bigint not null check (count > 0),
  primary key (cancellation_id, line, order_id, order_line),
  foreign key (cancellation_id, line) references order_cancellation_lines,
  foreign key (order_id, order_line) references order_lines (order_id, line)
);

-- Whoever promises goods of an owner, or looks for what waits for them, holds the row of the item until the commit. Thus a receipt that commits while an
-- order finds nothing is not missed: who promises the backorders after it waits for that order.
create table promise_keys (
  owner_organization_id uuid not null,
  item_id uuid not null,
  primary key (owner_organization_id, item_id)
);
-- To lock a row; what stands in it stays.
grant update on promise_keys to warehousing_app;

-- Numbers of codes: taken in blocks, so that nobody waits for them; some are never used.
create sequence order_numbers increment by 100;
create sequence reservation_numbers increment by 1000;
grant usage on sequence order_numbers, reservation_numbers to warehousing_app;

-- What has become of an order and why, in the words of its events.
create table order_facts (
  fact_id bigint generated always as identity primary key,
  order_id uuid not null references orders,
  -- Of a line; null for the whole order.
  line integer,
  kind text not null,
  event_id uuid,
  at timestamptz not null,
  details jsonb not null,
  -- Ids of the events that decided.
  why uuid[] not null default '{}'
);
create index order_facts_order on order_facts (order_id, fact_id);
create index order_lines_item on order_lines (item_id);
create index receipts_holder_item on receipts (holder_organization_id, item_id);
