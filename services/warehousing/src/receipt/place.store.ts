import { Injectable } from '@nestjs/common';
import type { TemperatureClass } from '../centre/temperature.js';
import type { Queries, Writes } from '../queries.js';
import type { Place } from './put-away.js';

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
