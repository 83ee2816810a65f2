-- The events that told of a shop's hold and of its end: what why answers from.
alter table reservations
  add column event_id uuid,
  add column closed_event_id uuid;

-- What is free of goods in the centres of their networks (place by place: network, owner, item), locked in the order of keys. A function for its settings: a plan
-- made while the tables were small would scan them whole, and stay in the cache while they grow.
create function lock_goods(networks uuid[], owners uuid[], items uuid[])
returns table (network_id uuid, owner_id uuid, item_id uuid, batch text, unit text, centre_id uuid, free bigint, expires_on text)
language sql volatile set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
  select k.network_id, p.owner_organization_id, p.item_id, p.batch, p.unit, p.centre_id, p.on_hand - p.reserved, b.expires_on::text
    from unnest(networks, owners, items) as k (network_id, owner_organization_id, item_id)
    join promisable_stock p using (owner_organization_id, item_id)
    join network_centres n on n.network_id = k.network_id and n.centre_id = p.centre_id
    left join batches b on b.owner_organization_id = p.owner_organization_id and b.item_id = p.item_id and b.batch = p.batch
   where p.on_hand > p.reserved
   order by p.owner_organization_id, p.item_id, p.batch, p.unit, p.centre_id
   for no key update of p
$$;
