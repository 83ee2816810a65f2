import type { AgmarknetPrice } from '../../importers/agmarknet.js';
import type { ParsedRow } from '../../importers/row.js';
import { placeOf } from './choose.js';
import { drawWhole } from './draw.js';
import { commodityClasses, type Commodities } from './goods.js';
import type { BigSeed, BigState } from './seed.js';

/** ISO 3166-2:IN, under the names that the file writes. */
const STATES: Readonly<Record<string, string>> = {
  'Andhra Pradesh': 'AP', Bihar: 'BR', Chandigarh: 'CH', Goa: 'GA', Gujarat: 'GJ', Haryana: 'HR', 'Himachal Pradesh': 'HP', 'Jammu and Kashmir': 'JK',
  Karnataka: 'KA', Kerala: 'KL', 'Madhya Pradesh': 'MP', Maharashtra: 'MH', 'NCT of Delhi': 'DL', Nagaland: 'NL', Odisha: 'OD', Punjab: 'PB',
  Rajasthan: 'RJ', Telangana: 'TG', Tripura: 'TR', 'Uttar Pradesh': 'UP', Uttrakhand: 'UK', 'West Bengal': 'WB',
};

const ZONES = [
  { code: 'A', temperatureClass: 'TEMPERATURE_CLASS_AMBIENT' },
  { code: 'C', temperatureClass: 'TEMPERATURE_CLASS_COOL' },
  { code: 'R', temperatureClass: 'TEMPERATURE_CLASS_CHILLED' },
] as const;
const LOCATIONS = 4;
/** Each market of a state sends one truck. */
const TRUCKS_PER_DOOR = 8;
const TONNE = 1_000_000;

/** The seed of the big day from its accepted rows: parties, limits and places large enough for all of them. */
export function makeBigSeed(rows: readonly ParsedRow<AgmarknetPrice>[], table: Commodities, number: number): BigSeed {
  const quantity = { least: 5, most: 80 };
  const classes = commodityClasses(table);
  const mostGrams = (quantity.most * 100_000 * 1_010) / 1_000;
  const states = [...new Set(rows.map(({ value }) => value.state))].sort().map((state): BigState => {
    const code = STATES[state];
    if (code === undefined) throw new RangeError(`no code for the state ${state}`);
    const own = rows.filter(({ value }) => value.state === state);
    const quantityOf = (row: ParsedRow<AgmarknetPrice>): number => drawWhole(number, row.source.line, 'quantity', quantity.least, quantity.most);
    // an eighth above the real price is more than any limit of the day
    const turnover = own.reduce((sum, row) => sum + (Number(row.value.modal) * 9 * quantityOf(row)) / 8, 0);
    const credit = Math.ceil(turnover / 100_000_000) * 100_000_000;
    const party = (kind: string, name: string, letter: string) => (nth: number) => ({ key: `${code.toLowerCase()}-${letter}${nth}`, name: `${name} ${nth}, ${state}`, kind });
    return {
      state,
      code,
      consignors: [1, 2].map(party('ORGANIZATION_KIND_COOPERATIVE', 'Demonstration Growers', 'f')),
      bidders: [1, 2, 3].map(party('ORGANIZATION_KIND_INTERMEDIATE_WHOLESALER', 'Demonstration Traders', 'b')),
      depositAmount: credit / 10,
      creditAmount: credit,
      zones: ZONES.map(({ code: zone, temperatureClass }) => {
        const loads = own.filter(({ value }) => (classes.get(value.commodity)!.temperatureClass as string) === temperatureClass);
        const total = loads.reduce((sum, row) => sum + (quantityOf(row) * 100_000 * 1_010) / 1_000, 0);
        // the goods fit in whatever order and place they come
        const fits = (total + (LOCATIONS - 1) * mostGrams) / LOCATIONS;
        return { code: zone, temperatureClass, locations: LOCATIONS, capacityGrams: Math.ceil(fits / TONNE) * TONNE };
      }),
      doors: Math.max(4, Math.ceil(new Set(own.map(({ value }) => placeOf(value))).size / TRUCKS_PER_DOOR)),
      doorGrams: 1_000 * TONNE,
    };
  });
  return {
    invented: true,
    note: 'What the published prices lack: parties, limits and places are stored, quantities, start prices and bids are drawn per row from `number`. All of it is invented.',
    number,
    day: rows[0]!.value.day,
    quantity,
    startPercent: { least: 50, most: 60 },
    weighedPerMille: { least: 990, most: 1_010 },
    corporation: { key: 'corporation', name: 'Demonstration Market Corporation', kind: 'ORGANIZATION_KIND_CORPORATION' },
    centreOperator: { key: 'centres', name: 'Demonstration Centres', kind: 'ORGANIZATION_KIND_CENTRE_OPERATOR' },
    carrier: { key: 'carrier', name: 'Demonstration Carrier', kind: 'ORGANIZATION_KIND_CARRIER' },
    licensedUntil: '2026-09-30',
    states,
  };
}
