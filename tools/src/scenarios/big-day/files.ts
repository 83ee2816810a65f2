import { readFileSync } from 'node:fs';
import { parseAgmarknet, type AgmarknetPrice } from '../../importers/agmarknet.js';
import type { Parsed } from '../../importers/row.js';
import { readMarket, type MarketDefinition, type MarketFile } from '../market-day/market.js';
import { acceptGoods, type Commodities } from './goods.js';
import type { BigSeed } from './seed.js';

/** The committed input of the big day; the rows that no market may sell are among the refused. */
export interface BigDay {
  readonly parsed: Parsed<AgmarknetPrice>;
  readonly seed: BigSeed;
  readonly market: MarketDefinition;
  readonly commodities: Commodities;
}

const FOLDER = new URL('../../../scenarios/big-day/', import.meta.url);
const PRICES = 'agmarknet-2025-09-23.csv';

/** Reads the big day from `tools/scenarios/big-day`. */
export function readBigDay(): BigDay {
  const json = <T>(path: string): T => JSON.parse(readFileSync(new URL(path, FOLDER), 'utf8')) as T;
  const commodities = json<Commodities>('commodities.json');
  return {
    parsed: acceptGoods(parseAgmarknet(PRICES, readFileSync(new URL(`data/${PRICES}`, FOLDER))), commodities),
    seed: json<BigSeed>('seed.json'),
    market: readMarket(json<MarketFile>('market.json')),
    commodities,
  };
}
