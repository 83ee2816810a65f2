import type { Instant } from '@naru/kernel/instant';

export type TemperatureClass = 'ambient' | 'cool' | 'chilled' | 'frozen';

/** What a class of goods bears, and where it may lie. */
export interface TemperatureBand {
  /** Core temperature above which the goods are too warm, in tenths of a degree Celsius; none for goods that no warmth of a day harms. */
  readonly highestTenths?: number;
  /** Classes of the zones that may hold such goods, the best first (rule W4). */
  readonly zones: readonly TemperatureClass[];
}

/** One version of the bands. A change is a new version: what was judged by an old one stays explained by it. */
export interface TemperatureTable {
  readonly version: string;
  readonly validFrom: Instant;
  readonly bands: Readonly<Record<TemperatureClass, TemperatureBand>>;
}

/**
 * The versions, oldest first. The sample table follows the storage words of the Korean Food Code (식품공전: 실온, 냉장 0–10 °C, 냉동 -18 °C or colder);
 * `cool` is the trade's word for potatoes, onions and the like.
 * Goods without a band may also lie cool, where nothing harms them, but not colder: dry goods out of a cold room sweat, and cold space is dear.
 */
export const TEMPERATURE_TABLES: readonly TemperatureTable[] = [
  {
    version: 'sample-1',
    validFrom: 0,
    bands: {
      ambient: { zones: ['ambient', 'cool'] },
      cool: { highestTenths: 180, zones: ['cool'] },
      chilled: { highestTenths: 100, zones: ['chilled'] },
      frozen: { highestTenths: -180, zones: ['frozen'] },
    },
  },
];

/** The table in force at `now`. */
export function temperatureTableAt(now: Instant, tables: readonly TemperatureTable[] = TEMPERATURE_TABLES): TemperatureTable {
  const table = tables.findLast((candidate) => candidate.validFrom <= now);
  if (!table) throw new RangeError(`no temperature table is in force at ${now}`);
  return table;
}

/** Whether goods measured at `tenths` are too warm for their class. */
export function isTooWarm(table: TemperatureTable, goods: TemperatureClass, tenths: number): boolean {
  const { highestTenths } = table.bands[goods];
  return highestTenths !== undefined && tenths > highestTenths;
}

const WARMTH: Readonly<Record<TemperatureClass, number>> = { frozen: 0, chilled: 1, cool: 2, ambient: 3 };

/** How the zone suits the goods: by rank among the zones that may hold them (0 is best), or too warm, or too cold. */
export function zoneFit(
  table: TemperatureTable,
  goods: TemperatureClass,
  zone: TemperatureClass,
): { readonly fits: true; readonly rank: number } | { readonly fits: false; readonly why: 'too_warm' | 'too_cold' } {
  const rank = table.bands[goods].zones.indexOf(zone);
  if (rank >= 0) return { fits: true, rank };
  return { fits: false, why: WARMTH[zone] > WARMTH[goods] ? 'too_warm' : 'too_cold' };
}
