/**
 * Half of rule W3: a row per batch that a centre may promise or that lies there available, `broken` where what the centre believes to have on hand
 * is not the sum of the available balances in its real locations.
 */
export const ON_HAND = `
  select coalesce(p.on_hand, 0) <> coalesce(b.count, 0) as broken
    from warehousing.promisable_stock p
    full join (
      select owner_organization_id, item_id, batch, unit, centre_id, sum(count) as count
        from warehousing.stock_balances where account = 'location' and status = 'available'
       group by owner_organization_id, item_id, batch, unit, centre_id
    ) b using (owner_organization_id, item_id, batch, unit, centre_id)`;
