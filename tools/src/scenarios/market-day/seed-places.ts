import { TemperatureClass } from '@naru/contracts/gen/naru/warehousing/v1/centre_service';
import type { Draw } from './draw.js';
import type { SeedCentre } from './seed.js';

interface ZonePlan {
  readonly code: string;
  readonly temperatureClass: TemperatureClass;
  readonly kind: string;
  readonly locations: number;
  /** Whether the seed names the places; in the other zones the centre chooses. */
  readonly named: boolean;
}

const ZONES: readonly ZonePlan[] = [
  { code: 'A', temperatureClass: TemperatureClass.AMBIENT, kind: 'LOCATION_KIND_FLOOR', locations: 12, named: false },
  { code: 'C', temperatureClass: TemperatureClass.COOL, kind: 'LOCATION_KIND_RACK', locations: 16, named: true },
  { code: 'R', temperatureClass: TemperatureClass.CHILLED, kind: 'LOCATION_KIND_RACK', locations: 20, named: true },
  { code: 'F', temperatureClass: TemperatureClass.FROZEN, kind: 'LOCATION_KIND_BIN', locations: 6, named: false },
];

const DOORS = 6;
const DOOR_GRAMS = 40_000_000;
const STEP_GRAMS = 100_000;

export interface GoodsToPlace {
  readonly temperatureClass: TemperatureClass;
  readonly grams: number;
}

export interface PlacedGoods {
  readonly centre: Omit<SeedCentre, 'operator'>;
  /** One per load; undefined where the centre chooses. */
  readonly locations: readonly (string | undefined)[];
}

/**
 * A centre whose zones hold the day's goods, and a place for each in the zones that name them. Capacities are such that the goods of a zone fit in
 * whatever order and place they come: a location that is too full for a load means that the zone holds more than all other loads together.
 */
export function placeGoods(goods: readonly GoodsToPlace[], draw: Draw): PlacedGoods {
  const zones = ZONES.map(({ code, temperatureClass, kind, locations }) => {
    const loads = goods.filter((load) => load.temperatureClass === temperatureClass).map(({ grams }) => grams);
    const total = loads.reduce((sum, grams) => sum + grams, 0);
    const fits = (total + (locations - 1) * Math.max(0, ...loads)) / locations;
    const capacityGrams = Math.max(1, Math.ceil(fits / STEP_GRAMS)) * STEP_GRAMS;
    return { code, temperatureClass, locations: Array.from({ length: locations }, (_, i) => ({ code: locationCode(code, i), kind, capacityGrams })) };
  });
  const doors = Array.from({ length: DOORS }, (_, i) => ({ code: `D-${String(i + 1).padStart(2, '0')}`, kind: 'LOCATION_KIND_DOCK_DOOR', capacityGrams: DOOR_GRAMS }));
  return {
    centre: {
      code: 'NARU-C1',
      name: '나루 농산물 물류센터',
      timeZone: 'Asia/Seoul',
      capabilities: ['CAPABILITY_INLAND', 'CAPABILITY_AGRICULTURAL', 'CAPABILITY_COLD'],
      zones: [{ code: 'D', temperatureClass: TemperatureClass.AMBIENT, locations: doors }, ...zones],
    },
    locations: choosePlaces(goods, zones, draw),
  };
}

/** `R-02-1`: rack and level, four levels a rack; also the walking order. */
function locationCode(zone: string, index: number): string {
  return `${zone}-${String(Math.floor(index / 4) + 1).padStart(2, '0')}-${(index % 4) + 1}`;
}

function choosePlaces(goods: readonly GoodsToPlace[], zones: SeedCentre['zones'], draw: Draw): readonly (string | undefined)[] {
  const filled = new Map<string, number>();
  return goods.map(({ temperatureClass, grams }) => {
    if (!ZONES.find((zone) => zone.temperatureClass === temperatureClass)!.named) return undefined;
    const { locations } = zones.find((zone) => zone.temperatureClass === temperatureClass)!;
    const free = locations.filter(({ code, capacityGrams }) => (filled.get(code) ?? 0) + grams <= capacityGrams);
    const { code } = draw.some(free, 1)[0]!;
    filled.set(code, (filled.get(code) ?? 0) + grams);
    return code;
  });
}
