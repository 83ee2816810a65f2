create table sessions (
  session_id uuid primary key,
  code text not null unique,
  market_id uuid not null references markets,
  operator_organization_id uuid not null,
  name text not null,
  business_day date not null,
  phase text not null check (phase in ('prepared', 'running', 'closed')),
  last_position integer not null default 0,
  started_at timestamptz,
  closed_at timestamptz
);
grant update (phase, last_position, started_at, closed_at) on sessions to auction_app;
create index sessions_market on sessions (market_id, session_id);

-- The hot row: small, and no index holds what a bid changes. What the goods are stands in the consignment.
create table lots (
  lot_id uuid primary key,
  code text not null unique,
  market_id uuid not null references markets,
  consignment_id uuid not null unique references consignments,
  consignor_organization_id uuid not null,
  operator_organization_id uuid not null,
  category text not null,
  quantity bigint not null check (quantity > 0),
  weighed_grams bigint not null default 0,
  reserve_price bigint,
  session_id uuid references sessions,
  position integer,
  start_price bigint,
  phase text not null check (phase in ('waiting', 'received', 'listed', 'open', 'sold', 'passed', 'withdrawn', 'barred')),
  sequence bigint not null default 0,
  leading_organization_id uuid,
  leading_limit bigint,
  price bigint,
  opened_at timestamptz,
  closes_at timestamptz,
  closed_at timestamptz,
  reason text,
  -- digest of the dossier as it was when the lot opened (rule A15)
  dossier_digest bytea,
  check ((opened_at is null) = (dossier_digest is null)),
  check ((phase in ('sold', 'passed')) = (closed_at is not null)),
  check (phase not in ('waiting', 'received', 'barred') or session_id is null)
) with (fillfactor = 50);
grant update on lots to auction_app;
create index lots_session on lots (session_id, position);
create index lots_open on lots (lot_id) where phase = 'open';

-- The journal of accepted bids: appended, never changed (rule A1). No foreign keys: each would be looked up for every bid.
create table bids (
  lot_id uuid not null,
  sequence bigint not null,
  organization_id uuid not null,
  limit_amount bigint not null,
  stamped_at timestamptz not null,
  leads boolean not null,
  lead_changed boolean not null,
  -- the lot's price and effective close after it
  price bigint not null,
  closes_at timestamptz not null,
  -- version of the bidder's admission that it was decided under
  admission integer not null,
  primary key (lot_id, sequence)
);

-- What each hammer decided: appended, once per lot (rule A5). The board adds them up.
create table hammers (
  lot_id uuid primary key references lots,
  market_id uuid not null,
  session_id uuid not null references sessions,
  business_day date not null,
  buyer_organization_id uuid,
  price bigint,
  quantity bigint not null,
  amount bigint,
  -- why it was passed; null when sold
  reason text check (reason in ('NO_BID', 'RESERVE_NOT_MET')),
  hammered_at timestamptz not null,
  check ((reason is null) = (buyer_organization_id is not null)),
  check ((reason is null) = (amount is not null)),
  check (amount = price * quantity)
);
create index hammers_day on hammers (market_id, business_day);
create index hammers_buyer on hammers (market_id, buyer_organization_id) where buyer_organization_id is not null;

-- What is sealed when a lot opens: goods, weight, terms.
create function dossier_digest_of(lot lots) returns bytea language sql stable return (
  select sha256(convert_to(jsonb_build_array(
    c.code, c.item_code, c.item, c.variety, c.grade, c.origin, c.category, c.trade_unit_label, c.trade_unit_base, c.trade_unit_size, c.reserve_price, c.quantity,
    lot.code, lot.consignor_organization_id, lot.category, lot.quantity, lot.weighed_grams, lot.reserve_price, lot.start_price, lot.session_id, lot.position)::text, 'UTF8'))
  from consignments c where c.consignment_id = lot.consignment_id
);
