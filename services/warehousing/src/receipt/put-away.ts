import { accept, refuse, type Decision } from '@naru/kernel/decision';
import type { LocationKind } from '../centre/centre.js';
import { type TemperatureClass, type TemperatureTable, zoneFit } from '../centre/temperature.js';

export type ReceiptPhase = 'at_door' | 'put_away' | 'refused';

/** What lies at the door and wants a place. */
export interface GoodsAtDoor {
  readonly phase: ReceiptPhase;
  readonly temperatureClass: TemperatureClass;
  readonly grams: bigint;
}

export interface Place {
  readonly locationId: string;
  /** Also the walking order. */
  readonly code: string;
  readonly kind: LocationKind;
  readonly zone: TemperatureClass;
  readonly freeGrams: bigint;
  /** Whether the same item lies there already. */
  readonly holdsItem: boolean;
}

export interface GoodsPutAway {
  readonly type: 'GoodsPutAway';
  readonly locationId: string;
}

/** Moves the goods to the place somebody named, unless it is a door, the wrong climate (rule W4) or too full (rule W5). */
export function putAwayTo(goods: GoodsAtDoor, place: Place, table: TemperatureTable): Decision<GoodsPutAway> {
  if (goods.phase !== 'at_door') return refuse('RECEIPT_NOT_AT_DOOR', { phase: goods.phase });
  if (place.kind === 'dock_door' || place.kind === 'packing_station') return refuse('NOT_STORAGE');
  const climate = zoneFit(table, goods.temperatureClass, place.zone);
  if (!climate.fits)
    return refuse(climate.why === 'too_warm' ? 'LOCATION_TOO_WARM' : 'LOCATION_TOO_COLD', { needed: goods.temperatureClass, zone: place.zone });
  if (place.freeGrams < goods.grams) return refuse('LOCATION_FULL', { free: place.freeGrams, needed: goods.grams });
  return accept([{ type: 'GoodsPutAway', locationId: place.locationId }]);
}

function compare<T extends bigint | number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

interface Ranked {
  readonly place: Place;
  /** Of the zone for the goods; 0 is best. */
  readonly rank: number;
}

function isBetter(a: Ranked, b: Ranked): boolean {
  return (a.rank - b.rank || Number(b.place.holdsItem) - Number(a.place.holdsItem) || compare(a.place.freeGrams, b.place.freeGrams) || compare(a.place.code, b.place.code)) < 0;
}

/**
 * Moves the goods to the best place: the zone's climate first, then where the same item lies, then the tightest fit, then walking order.
 * The tightest fit leaves the large gaps for large loads; codes are unique in a centre, so the choice never depends on the order of `places`.
 */
export function putAway(goods: GoodsAtDoor, places: readonly Place[], table: TemperatureTable): Decision<GoodsPutAway> {
  if (goods.phase !== 'at_door') return refuse('RECEIPT_NOT_AT_DOOR', { phase: goods.phase });
  let best: Ranked | undefined;
  for (const place of places) {
    if (place.kind === 'dock_door' || place.kind === 'packing_station' || place.freeGrams < goods.grams) continue;
    const climate = zoneFit(table, goods.temperatureClass, place.zone);
    if (climate.fits && (!best || isBetter({ place, rank: climate.rank }, best))) best = { place, rank: climate.rank };
  }
  return best ? accept([{ type: 'GoodsPutAway', locationId: best.place.locationId }]) : refuse('NO_LOCATION', { needed: goods.grams });
}

/** A place as many loads see it one after the other. */
export type Shelf = Omit<Place, 'holdsItem'>;

export interface Load extends GoodsAtDoor {
  readonly itemId: string;
}

/** Where each of the loads goes, one after the other as `putAway` decides: what one of them takes up is gone for the next. `holding` are locations by item. */
export function putAwayAll(
  loads: readonly Load[],
  shelves: readonly Shelf[],
  holding: ReadonlyMap<string, ReadonlySet<string>>,
  table: TemperatureTable,
): readonly Decision<GoodsPutAway>[] {
  const free = new Map(shelves.map((shelf) => [shelf.locationId, shelf.freeGrams]));
  const holders = new Map([...holding].map(([itemId, places]) => [itemId, new Set(places)]));
  return loads.map((load) => {
    const own = holders.get(load.itemId);
    const places = shelves.map((shelf) => ({ ...shelf, freeGrams: free.get(shelf.locationId)!, holdsItem: own?.has(shelf.locationId) ?? false }));
    const decision = putAway(load, places, table);
    if (!decision.accepted) return decision;
    const { locationId } = decision.events[0]!;
    free.set(locationId, free.get(locationId)! - load.grams);
    holders.set(load.itemId, (own ?? new Set()).add(locationId));
    return decision;
  });
}
