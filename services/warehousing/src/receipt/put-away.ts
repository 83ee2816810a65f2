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

/**
 * Moves the goods to the best place: the zone's climate first, then where the same item lies, then the tightest fit, then walking order.
 * The tightest fit leaves the large gaps for large loads; codes are unique in a centre, so the choice never depends on the order of `places`.
 */
export function putAway(goods: GoodsAtDoor, places: readonly Place[], table: TemperatureTable): Decision<GoodsPutAway> {
  if (goods.phase !== 'at_door') return refuse('RECEIPT_NOT_AT_DOOR', { phase: goods.phase });
  const rank = (place: Place): number => {
    const climate = zoneFit(table, goods.temperatureClass, place.zone);
    return climate.fits ? climate.rank : Infinity;
  };
  const [best] = places
    .filter((place) => putAwayTo(goods, place, table).accepted)
    .sort((a, b) => rank(a) - rank(b) || Number(b.holdsItem) - Number(a.holdsItem) || compare(a.freeGrams, b.freeGrams) || compare(a.code, b.code));
  return best ? accept([{ type: 'GoodsPutAway', locationId: best.locationId }]) : refuse('NO_LOCATION', { needed: goods.grams });
}
