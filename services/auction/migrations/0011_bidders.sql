-- A bidder's account in a market. Exposure = leading bids at their limit + won and unpaid, over all lots (rule A7).
create table bidders (
  market_id uuid not null references markets,
  organization_id uuid not null,
  admission integer not null,
  categories text[] not null,
  licensed_until timestamptz not null,
  suspended boolean not null,
  deposit bigint not null check (deposit >= 0),
  credit bigint not null check (credit >= 0),
  exposure bigint not null default 0,
  primary key (market_id, organization_id),
  constraint exposure_within_means check (exposure between 0 and deposit + credit)
) with (fillfactor = 50);
grant update on bidders to auction_app;

-- Every version of an admission, so that a bid can be held to the one it was decided under (rule A8).
create table admissions (
  market_id uuid not null,
  organization_id uuid not null,
  admission integer not null,
  categories text[] not null,
  licensed_until timestamptz not null,
  suspended boolean not null,
  admitted_at timestamptz not null,
  primary key (market_id, organization_id, admission),
  foreign key (market_id, organization_id) references bidders
);

-- Who is an affiliate of whom: what identity tells, both ways.
create table affiliations (
  organization_id uuid not null,
  affiliate_organization_id uuid not null,
  -- when this service learned of it, business time
  known_at timestamptz not null,
  primary key (organization_id, affiliate_organization_id)
);
