import { type GoodsAt, goodsAtKey } from '../outward/floor.store.js';
import type { Queries } from '../queries.js';
import type { Quantity, StockGoods } from '../stock/ledger.js';

/**
 * The whole key of a balance stands in `l`, even what is the same for all, and out of the planner's sight: where it sees that as conditions on balances it
 * expects one row, reads every balance of the centre and compares each with each of the places. So it looks them up by their key, or by hash.
 */
const LOCK = `
  with l as materialized (
    select owner_organization_id, item_id, batch, unit, $1::uuid as centre_id, 'location'::text as account, location_id, 'available'::text as status
      from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::uuid[]) as l (owner_organization_id, item_id, batch, unit, location_id)
  )
  select b.owner_organization_id as "ownerId", b.item_id as "itemId", b.batch, b.unit, b.location_id as "locationId", b.count, b.grams
    from l join stock_balances b
      on b.owner_organization_id = l.owner_organization_id and b.item_id = l.item_id and b.batch = l.batch and b.unit = l.unit and b.centre_id = l.centre_id
     and b.account = l.account and b.location_id = l.location_id and b.status = l.status
   order by b.owner_organization_id, b.item_id, b.batch, b.unit, b.centre_id, b.account, b.location_id, b.status for no key update of b`;

/** What is available of goods in locations of the centre, locked in the order of keys; by `goodsAtKey`. */
export async function lockAvailable(tx: Queries, centreId: string, places: readonly GoodsAt[]): Promise<Map<string, Quantity>> {
  const distinct = [...new Map(places.map((place) => [goodsAtKey(place), place])).values()];
  const rows = await tx.query<StockGoods & Quantity & { locationId: string }>(LOCK, [
    centreId,
    distinct.map(({ goods }) => goods.ownerId),
    distinct.map(({ goods }) => goods.itemId),
    distinct.map(({ goods }) => goods.batch),
    distinct.map(({ goods }) => goods.unit),
    distinct.map(({ locationId }) => locationId),
  ]);
  return new Map(rows.map(({ locationId, count, grams, ...goods }) => [goodsAtKey({ goods, locationId }), { count, grams }]));
}
