-- Goods that stand upright: turned about the vertical only when they are packed.
alter table items add column this_side_up boolean not null default false;
-- What a centre has promised, for its waves.
create index reservations_open_centre on reservations (centre_id, order_id) where count > 0;
