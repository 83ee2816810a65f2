-- The journal: what has been posted stays. Nobody may change or delete its rows.
create table stock_movements (
  movement_id uuid primary key,
  centre_id uuid not null references centres,
  cause text not null,
  cause_id uuid not null,
  moved_at timestamptz not null,
  recorded_at timestamptz not null default clock_timestamp()
);
create index stock_movements_cause on stock_movements (cause_id);

create table stock_movement_lines (
  movement_id uuid not null references stock_movements,
  line smallint not null,
  owner_organization_id uuid not null,
  item_id uuid not null references items,
  batch text collate "C" not null,
  unit text collate "C" not null,
  centre_id uuid not null references centres,
  account text collate "C" not null check (account in ('location', 'supplier', 'customer', 'loss', 'trim', 'count')),
  location_id uuid references locations,
  status text collate "C" not null check (status in ('available', 'held', 'damaged', 'expired')),
  count bigint not null,
  grams bigint not null,
  primary key (movement_id, line),
  check ((account = 'location') = (location_id is not null))
);
create index stock_movement_lines_owner on stock_movement_lines (owner_organization_id, movement_id);

-- Rule W1, as the last word: the lines of a movement, written by one statement, sum to zero.
create function stock_lines_sum_to_zero() returns trigger language plpgsql as $$
begin
  if exists (
    select 1 from posted group by movement_id, owner_organization_id, item_id, batch, unit having sum(count) <> 0 or sum(grams) <> 0
  ) then
    raise exception 'the lines of a stock movement must sum to zero' using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create trigger stock_lines_sum_to_zero after insert on stock_movement_lines
  referencing new table as posted for each statement execute function stock_lines_sum_to_zero();

-- The balances, kept in the transaction of each movement; they can be rebuilt from the journal. Rule W2.
create table stock_balances (
  balance_id bigint generated always as identity primary key,
  owner_organization_id uuid not null,
  item_id uuid not null references items,
  batch text collate "C" not null,
  unit text collate "C" not null,
  centre_id uuid not null references centres,
  account text collate "C" not null check (account in ('location', 'supplier', 'customer', 'loss', 'trim', 'count')),
  location_id uuid references locations,
  status text collate "C" not null check (status in ('available', 'held', 'damaged', 'expired')),
  count bigint not null,
  grams bigint not null,
  check ((account = 'location') = (location_id is not null)),
  constraint stock_balances_not_below_zero check (account <> 'location' or (count >= 0 and grams >= 0)),
  constraint stock_balances_key unique nulls not distinct (owner_organization_id, item_id, batch, unit, centre_id, account, location_id, status)
);
grant update on stock_balances to warehousing_app;
create index stock_balances_owner on stock_balances (owner_organization_id, balance_id) where account = 'location';
create index stock_balances_centre on stock_balances (centre_id, balance_id) where account = 'location';
create index stock_balances_place on stock_balances (item_id, location_id) where account = 'location';
