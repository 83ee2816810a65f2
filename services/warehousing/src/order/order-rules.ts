/** Rule W9: a row per order line, `broken` where its counts are not conserved, are not what its reservations hold, or run ahead on the way out. */
export const CONSERVED = `
  select l.ordered <> l.reserved + l.backordered + l.cancelled + l.shipped or least(l.reserved, l.backordered, l.cancelled, l.shipped, l.staged) < 0
      or l.reserved <> coalesce(r.count, 0) or l.picked <> coalesce(r.picked, 0)
      or l.staged > l.packed or l.packed > l.picked or l.picked > l.reserved + l.shipped as broken
    from warehousing.order_lines l
    left join (select order_id, line, sum(count) as count, sum(picked) as picked from warehousing.reservations where order_id is not null group by order_id, line) r using (order_id, line)`;

/** Rule W6: a row per promise to an order's line, `broken` where the batch expired too early for its customer on the day of the promise, in the centre's zone. */
export const KEEPS_LONG_ENOUGH = `
  select coalesce(b.expires_on - (r.reserved_at at time zone c.time_zone)::date < o.min_remaining_life_days, false) as broken
    from warehousing.reservations r
    join warehousing.orders o using (order_id)
    join warehousing.centres c on c.centre_id = r.centre_id
    left join warehousing.batches b on b.owner_organization_id = r.owner_organization_id and b.item_id = r.item_id and b.batch = r.batch`;

/** Rule W7: a row per batch of a centre with open promises, `broken` where more is promised than lies there available. */
export const ONLY_AVAILABLE = `
  select r.count > coalesce(b.count, 0) as broken
    from (
      select owner_organization_id, item_id, batch, unit, centre_id, sum(count) as count from warehousing.reservations where count > 0
       group by owner_organization_id, item_id, batch, unit, centre_id
    ) r
    left join (
      select owner_organization_id, item_id, batch, unit, centre_id, sum(count) as count from warehousing.stock_balances where account = 'location' and status = 'available'
       group by owner_organization_id, item_id, batch, unit, centre_id
    ) b using (owner_organization_id, item_id, batch, unit, centre_id)`;
