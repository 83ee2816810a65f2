import type { Carton } from '../../importers/bed-bpp.js';
import type { SeedCentre } from '../market-day/seed.js';
import type { ShopItem } from './goods.js';
import type { SeedBoxType, SeedLine, SeedPosition, SeedShopTruck } from './seed.js';

const AMBIENT = 'TEMPERATURE_CLASS_AMBIENT';
const STEP_GRAMS = 10_000;
const DOOR_GRAMS = 40_000_000;

export const POSITIONS: readonly SeedPosition<'centre'>[] = [
  { centre: 'centre-1', place: '서울 송파', latitudeE6: 37_492_000, longitudeE6: 127_111_000 },
  { centre: 'centre-2', place: '경기 이천', latitudeE6: 37_280_000, longitudeE6: 127_440_000 },
];

/** A country of the file and a point in Korea in its place. Most parcels go to the south, where the shop's own centre is the nearer one. */
export const COUNTRIES: readonly SeedPosition<'country'>[] = [
  { country: 'United Kingdom', place: '대구 중구', latitudeE6: 35_869_000, longitudeE6: 128_606_000 },
  { country: 'Norway', place: '강원 강릉', latitudeE6: 37_752_000, longitudeE6: 128_876_000 },
  { country: 'Germany', place: '인천 연수', latitudeE6: 37_410_000, longitudeE6: 126_678_000 },
  { country: 'EIRE', place: '제주 제주', latitudeE6: 33_499_000, longitudeE6: 126_531_000 },
  { country: 'France', place: '서울 종로', latitudeE6: 37_573_000, longitudeE6: 126_979_000 },
  { country: 'Australia', place: '부산 해운대', latitudeE6: 35_163_000, longitudeE6: 129_164_000 },
  { country: 'Netherlands', place: '경기 고양', latitudeE6: 37_658_000, longitudeE6: 126_832_000 },
];

/** Real cartons that serve as boxes, from small to large; what they weigh and carry is invented. */
const BOXES: readonly (readonly [code: string, article: string, tareGrams: number, maxGrams: number])[] = [
  ['BOX-1', '00105948', 160, 10_000],
  ['BOX-2', '00109548', 220, 12_000],
  ['BOX-3', '00105433', 340, 15_000],
  ['BOX-4', '00106110', 420, 20_000],
  ['BOX-5', '00106670', 780, 25_000],
  ['BOX-6', '00100264', 860, 30_000],
];
const WALL_MM = 4;

export function boxTypes(cartons: ReadonlyMap<string, Carton>): readonly SeedBoxType[] {
  const boxes = BOXES.map(([code, article, tareGrams, maxGrams]): SeedBoxType => {
    const { lengthMm, widthMm, heightMm } = cartons.get(article)!;
    return { code, article, inner: [lengthMm - 2 * WALL_MM, widthMm - 2 * WALL_MM, heightMm - 2 * WALL_MM], tareGrams, maxGrams, temperatureClasses: [AMBIENT] };
  });
  const cold = ['TEMPERATURE_CLASS_COOL', 'TEMPERATURE_CLASS_CHILLED', 'TEMPERATURE_CLASS_FROZEN'];
  return [
    ...boxes,
    { code: 'CRATE', inner: [640, 420, 260], tareGrams: 1_900, maxGrams: 40_000, temperatureClasses: [AMBIENT, ...cold] },
    // the goods of a euro pallet (1,200 × 800 mm), as the real orders target: for produce by the case, not for gifts
    { code: 'PALLET', inner: [1_200, 800, 1_600], tareGrams: 25_000, maxGrams: 900_000, temperatureClasses: cold },
  ];
}

/** What weighs more stands on the floor. */
const MOST_ON_SHELF_GRAMS = 20_000;

/** Places that hold what comes to them in whatever order and place it comes, as `placeGoods` has it for the market's goods. */
function places(code: string, kind: string, count: number, loads: readonly number[]): SeedCentre['zones'][number]['locations'] {
  const total = loads.reduce((sum, load) => sum + load, 0);
  const fits = (total + (count - 1) * Math.max(0, ...loads)) / count;
  const capacityGrams = Math.max(1, Math.ceil(fits / STEP_GRAMS)) * STEP_GRAMS;
  return Array.from({ length: count }, (_, i) => ({ code: `${code}-${String(Math.floor(i / 20) + 1).padStart(2, '0')}-${String((i % 20) + 1).padStart(2, '0')}`, kind, capacityGrams }));
}

/** Bins for small loads and floor for large ones. */
function shelves(code: string, bins: number, floor: number, loads: readonly number[]): SeedCentre['zones'][number] {
  const [small, large] = [loads.filter((load) => load <= MOST_ON_SHELF_GRAMS), loads.filter((load) => load > MOST_ON_SHELF_GRAMS)];
  return { code, temperatureClass: AMBIENT, locations: [...places(`${code}B`, 'LOCATION_KIND_BIN', bins, small), ...places(`${code}F`, 'LOCATION_KIND_FLOOR', floor, large)] };
}

function row(code: string, kind: string, count: number): SeedCentre['zones'][number]['locations'] {
  return Array.from({ length: count }, (_, i) => ({ code: `${code}-${String(i + 1).padStart(2, '0')}`, kind, capacityGrams: DOOR_GRAMS }));
}

export interface ShopPlaces {
  readonly centre: Omit<SeedCentre, 'operator'>;
  readonly zonesBeside: SeedCentre['zones'];
}

/** The shop's centre, and what the market's centre needs beside its zones. */
export function shopPlaces(items: readonly ShopItem[], trucks: readonly SeedShopTruck[], lines: readonly SeedLine[]): ShopPlaces {
  const grams = new Map(items.map(({ code, unitGrams }) => [code, unitGrams]));
  const loads = (centre: string): readonly number[] => {
    const here = new Set(trucks.filter((truck) => truck.centre === centre).map(({ key }) => key));
    return lines.filter(([truck]) => here.has(truck)).map(([, code, , , counted]) => counted * grams.get(code)!);
  };
  const packing = { code: 'P', temperatureClass: AMBIENT, locations: row('P', 'LOCATION_KIND_PACKING_STATION', 1) };
  return {
    centre: {
      code: 'NARU-C2',
      name: '나루 이커머스 물류센터',
      timeZone: 'Asia/Seoul',
      capabilities: ['CAPABILITY_INLAND', 'CAPABILITY_ECOMMERCE'],
      zones: [{ code: 'D', temperatureClass: AMBIENT, locations: row('D', 'LOCATION_KIND_DOCK_DOOR', 4) }, shelves('S', 200, 20, loads('centre-2')), packing],
    },
    zonesBeside: [shelves('S', 40, 4, loads('centre-1')), packing],
  };
}
