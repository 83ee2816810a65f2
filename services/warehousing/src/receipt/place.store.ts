import { Injectable } from '@nestjs/common';
import type { TemperatureClass } from '../centre/temperature.js';
import type { Queries, Writes } from '../queries.js';
import type { Place, Shelf } from './put-away.js';

/** How many places are looked at for one load. */
const MAX_PLACES = 100;

const PLACE = `
  l.location_id as "locationId", l.code, l.kind, z.temperature_class as zone, l.capacity_grams - l.occupied_grams as "freeGrams",
  l.location_id in (select location_id from stock_balances where account = 'location' and item_id = $2 and count > 0) as "holdsItem"
    from locations l join zones z using (zone_id)`;

/** Where goods may lie: the locations of a centre with what is free there. */
@Injectable()
export class PlaceStore {
  /** The location of the centre, with what is free there. */
  async find(tx: Queries, centreId: string, itemId: string, locationId: string): Promise<Place | undefined> {
    const [place] = await tx.query<Place>(`select ${PLACE} where l.centre_id = $1 and l.location_id = $3`, [centreId, itemId, locationId]);
    return place;
  }

  /** Places of the centre in these zones with room for the goods. In the order in which `putAway` prefers them, so that the bound never cuts off the best. */
  fitting(tx: Queries, centreId: string, itemId: string, zones: readonly TemperatureClass[], grams: bigint): Promise<readonly Place[]> {
    return tx.query<Place>(
      `select ${PLACE}
        where l.centre_id = $1 and l.kind in ('bin', 'rack', 'floor') and z.temperature_class = any($3::text[]) and l.capacity_grams - l.occupied_grams >= $4
        order by array_position($3::text[], z.temperature_class), "holdsItem" desc, "freeGrams", l.code limit ${MAX_PLACES}`,
      [centreId, itemId, zones, grams],
    );
  }

  /** Every storage location of the centre in these zones with so much room, locked in the order of ids: for many loads at once. */
  async lockShelves(tx: Queries, centreId: string, zones: readonly TemperatureClass[], grams: bigint): Promise<readonly Shelf[]> {
    return tx.query<Shelf>(
      `select l.location_id as "locationId", l.code, l.kind, z.temperature_class as zone, l.capacity_grams - l.occupied_grams as "freeGrams"
         from locations l join zones z using (zone_id)
        where l.centre_id = $1 and l.kind in ('bin', 'rack', 'floor') and z.temperature_class = any($2::text[]) and l.capacity_grams - l.occupied_grams >= $3
        order by l.location_id for no key update of l`,
      [centreId, zones, grams],
    );
  }

  /** Where goods of these items lie in the centre: locations by item. */
  async holding(tx: Queries, centreId: string, itemIds: readonly string[]): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
    const rows = await tx.query<{ itemId: string; locationId: string }>(
      `select distinct item_id as "itemId", location_id as "locationId" from stock_balances
        where account = 'location' and item_id = any($2::uuid[]) and centre_id = $1 and count > 0`,
      [centreId, itemIds],
    );
    return new Map([...Map.groupBy(rows, (row) => row.itemId)].map(([itemId, places]) => [itemId, new Set(places.map((place) => place.locationId))]));
  }

  /** Adds to, or with a negative weight takes from, what locations hold. Storage locations are locked already; doors come here, in the order of ids. */
  count(tx: Writes, grams: ReadonlyMap<string, bigint>): void {
    for (const [locationId, weight] of [...grams].sort(([a], [b]) => (a < b ? -1 : 1))) this.countAtDoor(tx, locationId, weight);
  }

  /** Takes up room in locked storage locations. */
  fill(tx: Writes, grams: ReadonlyMap<string, bigint>): void {
    tx.send(
      `update locations l set occupied_grams = l.occupied_grams + f.grams from unnest($1::uuid[], $2::bigint[]) as f (location_id, grams) where l.location_id = f.location_id`,
      [[...grams.keys()], [...grams.values()]],
    );
  }

  /** Takes up room in a storage location; false when others have taken it meanwhile. Leaves no lock behind then, so another one may be tried. */
  async occupy(tx: Queries, locationId: string, grams: bigint): Promise<boolean> {
    const rows = await tx.query(
      `update locations set occupied_grams = occupied_grams + $2
        where location_id = $1 and kind in ('bin', 'rack', 'floor') and occupied_grams + $2 <= capacity_grams returning location_id`,
      [locationId, grams],
    );
    return rows.length > 0;
  }

  /** Counts goods onto a door, or, with a negative weight, off it. Doors come after storage locations in the order of locks. */
  countAtDoor(tx: Writes, doorLocationId: string, grams: bigint): void {
    tx.send('update locations set occupied_grams = occupied_grams + $2 where location_id = $1', [doorLocationId, grams]);
  }
}
