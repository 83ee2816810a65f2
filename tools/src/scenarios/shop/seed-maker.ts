import type { Carton } from '../../importers/bed-bpp.js';
import { invoicesOf, type RetailLine } from '../../importers/online-retail.js';
import type { Parsed } from '../../importers/row.js';
import { drawFrom, type Draw } from '../market-day/draw.js';
import { codesOf, shopItems } from './goods.js';
import { COUNTRIES, POSITIONS, boxTypes, shopPlaces } from './seed-places.js';
import type { SoldGoods } from './produce.js';
import { drawProduceOrders } from './seed-produce.js';
import { TRUCKS, drawSupply } from './seed-supply.js';
import type { SeedMoney, ShopSeed } from './seed.js';

export interface ShopSeedInput {
  /** What the market day sells. */
  readonly sold: readonly SoldGoods[];
  readonly orders: Parsed<RetailLine>;
  readonly cartons: ReadonlyMap<string, Carton>;
  readonly number: number;
}

const MONEY: SeedMoney = {
  advance: { consignor: 'f11', amount: 480_000, at: '05:20', reference: 'c03 bill 1123' },
  paysAt: '10:00',
  inTwoParts: { buyer: 'b06', firstPerCent: 40, restAt: '13:40' },
  late: { buyer: 'b07', at: '16:40' },
  never: { buyer: 'b05' },
  paysOutAt: '11:00',
  bounces: { consignor: 'f09', at: '11:20', againAt: '12:10' },
  closesAt: '18:40',
};

/** Days that goods keep: invented, by temperature class. */
const SHELF_LIFE_DAYS = { TEMPERATURE_CLASS_AMBIENT: 180, TEMPERATURE_CLASS_COOL: 21, TEMPERATURE_CLASS_CHILLED: 7, TEMPERATURE_CLASS_FROZEN: 270 } as const;

const PRODUCE_SIZES: ShopSeed['produceSizes'] = [
  { upToGrams: 2_500, millimetres: [300, 200, 120] },
  { upToGrams: 5_500, millimetres: [400, 300, 150] },
  { upToGrams: 10_500, millimetres: [400, 300, 250] },
  { upToGrams: 20_500, millimetres: [600, 400, 240] },
  { upToGrams: 50_000, millimetres: [800, 500, 240] },
];

/** A piece of a carton is about this long on each side. */
const LEAST_SIDE_MM = 70;
const MOST_SIDE_MM = 140;

/** Everything that the orders of the day lack, drawn from `number`. Written once to the committed `shop-seed.json`. */
export function makeShopSeed({ orders: { rows }, cartons, number, sold }: ShopSeedInput): ShopSeed {
  const draw = drawFrom(number);
  const items = [...codesOf(rows).keys()].map((code) => drawItem(code, [...cartons.values()], draw));
  const { lines, incidents } = drawSupply(rows, invoicesOf(rows), draw);
  const { centre, zonesBeside } = shopPlaces(shopItems(rows, { items }, cartons), TRUCKS, lines);
  const resellers = [...new Set(sold.map(({ buyer }) => buyer))].sort();
  return {
    invented: true,
    note: 'What the web shop’s file and the real cartons lack, drawn once by make-seed.mjs from `number`. The shop, the second centre, positions, trucks, batches, counts, which carton an item '
      + 'is cut from, what boxes carry, how long produce keeps, who pays when, and every order for produce are invented; a likeness to a real company is chance.',
    number,
    shop: { key: 'shop', name: '선물언덕 (The Gift Ledge)', kind: 'ORGANIZATION_KIND_MERCHANT' },
    network: { code: 'NARU-NET', name: '나루 풀필먼트 네트워크', holdMs: 900_000 },
    resellers,
    centre,
    zonesBeside,
    positions: POSITIONS,
    countries: COUNTRIES,
    boxTypes: boxTypes(cartons),
    shelfLifeDays: SHELF_LIFE_DAYS,
    produceSizes: PRODUCE_SIZES,
    money: MONEY,
    incidents,
    trucks: TRUCKS,
    produceOrders: drawProduceOrders(sold, MONEY, draw),
    items,
    lines,
  };
}

/** An article and a grid that cuts its carton into pieces of the size of a gift. */
function drawItem(code: string, cartons: readonly Carton[], draw: Draw): ShopSeed['items'][number] {
  const { id, lengthMm, widthMm, heightMm } = draw.some(cartons, 1)[0]!;
  const along = (side: number): number => Math.max(1, Math.round(side / draw.whole(LEAST_SIDE_MM, MOST_SIDE_MM)));
  return [code, id, along(lengthMm), along(widthMm), along(heightMm)];
}
