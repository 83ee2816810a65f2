import { readFileSync } from 'node:fs';
import { parseCartons, type Carton } from '../../importers/bed-bpp.js';
import { parseOnlineRetail, type RetailLine } from '../../importers/online-retail.js';
import type { Parsed } from '../../importers/row.js';
import type { ShopSeed } from './seed.js';

/** The committed input of the orders of the market day. */
export interface ShopDay {
  readonly orders: Parsed<RetailLine>;
  readonly cartons: ReadonlyMap<string, Carton>;
  readonly seed: ShopSeed;
}

const FOLDER = new URL('../../../scenarios/market-day/', import.meta.url);
export const ORDERS_FILE = 'online-retail-2010-12-01.csv';

/** Reads the orders from `tools/scenarios/market-day`. */
export function readShopDay(): ShopDay {
  return { ...readShopFiles(), seed: JSON.parse(readFileSync(new URL('shop-seed.json', FOLDER), 'utf8')) as ShopSeed };
}

/** What others published, without the seed. */
export function readShopFiles(): Omit<ShopDay, 'seed'> {
  return {
    orders: parseOnlineRetail(ORDERS_FILE, readFileSync(new URL(`data/online-retail/${ORDERS_FILE}`, FOLDER))),
    cartons: parseCartons(readFileSync(new URL('data/bed-bpp/bed-bpp-5-orders.json', FOLDER), 'utf8')),
  };
}
