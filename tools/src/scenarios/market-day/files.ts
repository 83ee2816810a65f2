import { readFileSync } from 'node:fs';
import { parseKamis, type KamisPrice } from '../../importers/kamis.js';
import type { Parsed } from '../../importers/row.js';
import { readMarket, type KamisClasses, type MarketDefinition, type MarketFile } from './market.js';
import type { Seed } from './seed.js';
import type { TemperatureClasses } from './temperature.js';

/** The rules that the live day is planned by. */
export interface DayRules {
  readonly market: MarketDefinition;
  readonly classes: KamisClasses;
  readonly temperatures: TemperatureClasses;
}

/** The committed input of the live day. */
export interface LiveDay extends DayRules {
  readonly parsed: Parsed<KamisPrice>;
  readonly seed: Seed;
}

const FOLDER = new URL('../../../scenarios/market-day/', import.meta.url);
const PRICES = { 'utf-8': 'kamis-2022-06-23.csv', cp949: 'kamis-2022-06-23.cp949.csv' } as const;

/** Reads the live day from `tools/scenarios/market-day`; from its CP949 file too, which says the same. */
export function readLiveDay(encoding: keyof typeof PRICES = 'utf-8'): LiveDay {
  const json = <T>(path: string): T => JSON.parse(readFileSync(new URL(path, FOLDER), 'utf8')) as T;
  const market = json<MarketFile & { readonly kamisClasses: KamisClasses }>('market.json');
  return {
    parsed: parseKamis(PRICES[encoding], readFileSync(new URL(`data/${PRICES[encoding]}`, FOLDER))),
    seed: json<Seed>('seed.json'),
    market: readMarket(market),
    classes: market.kamisClasses,
    temperatures: json<TemperatureClasses>('temperature-classes.json'),
  };
}
