/** Half of rule W3: a row per batch of a centre, `broken` where what is reserved is not the sum of its open reservations, or is more than is available there. */
export const RESERVED = `
  select coalesce(p.reserved, 0) <> coalesce(r.count, 0) or coalesce(p.reserved, 0) > coalesce(p.on_hand, 0) as broken
    from warehousing.promisable_stock p
    full join (
      select owner_organization_id, item_id, batch, unit, centre_id, sum(count) as count
        from warehousing.reservations where count > 0
       group by owner_organization_id, item_id, batch, unit, centre_id
    ) r using (owner_organization_id, item_id, batch, unit, centre_id)`;
