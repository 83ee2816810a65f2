import { createHash } from 'node:crypto';
import type { TemperatureClass } from '@naru/contracts/gen/naru/warehousing/v1/centre_service';
import type { AgmarknetPrice } from '../../importers/agmarknet.js';
import type { ParsedRow } from '../../importers/row.js';
import type { GoodsBody } from '../market-day/actions.js';
import { tradeUnitBody } from '../market-day/day-row.js';
import { limitsFor, type Limits } from '../market-day/limits.js';
import { placeOf } from './choose.js';
import { drawWhole } from './draw.js';
import type { BigDay } from './files.js';
import { commodityClasses } from './goods.js';

/** A market of the big day. */
export interface BigMarket {
  /** `m0001`, by first appearance in the file. */
  readonly key: string;
  /** `IN-KL-ADIMALI-3F2A`: readable, and unique by a hash of the three names. */
  readonly code: string;
  readonly state: string;
  readonly stateCode: string;
  readonly district: string;
  readonly market: string;
  /** The two that it admits. */
  readonly bidders: readonly [string, string];
}

/** A row with all that is drawn for it. */
export interface BigRow {
  /** `r00042`: the line in the file. */
  readonly key: string;
  readonly row: ParsedRow<AgmarknetPrice>;
  readonly market: BigMarket;
  readonly consignor: string;
  readonly goods: GoodsBody;
  readonly temperatureClass: TemperatureClass;
  /** Trade units. */
  readonly quantity: number;
  readonly start: bigint;
  readonly limits: Limits;
  readonly winner: string;
  readonly runnerUp: string;
  readonly winnerFirst: boolean;
  /** Milliseconds after the opening, ascending. */
  readonly instants: readonly [number, number];
  readonly weighedGrams: number;
}

/** The code of a commodity as an item: letters, digits, dots and hyphens. */
export function itemCode(commodity: string): string {
  return `IN-${commodity.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '')}`;
}

function marketCode(stateCode: string, market: string, place: string): string {
  const name = market.toUpperCase().replace(/[^A-Z0-9]+/g, '-').replace(/^-|-$/g, '').slice(0, 24).replace(/-$/, '');
  return `IN-${stateCode}-${name}-${createHash('sha256').update(place).digest('hex').slice(0, 4).toUpperCase()}`;
}

/** The accepted rows and the markets they are of. */
export interface BigRows {
  readonly rows: readonly BigRow[];
  readonly markets: readonly BigMarket[];
}

/** Draws everything for the accepted rows and their markets. */
export function bigRows({ parsed, seed, market: { rules }, commodities }: BigDay): BigRows {
  const classes = commodityClasses(commodities);
  const states = new Map(seed.states.map((state) => [state.state, state]));
  const places = [...new Set(parsed.rows.map(({ value }) => placeOf(value)))];
  const known = new Map(places.map((place, i): [string, BigMarket] => {
    const [state, district, market] = JSON.parse(place) as [string, string, string];
    const { code, bidders } = states.get(state)!;
    const first = drawWhole(seed.number, place, 'bidders', 0, bidders.length - 1);
    const pair = [bidders[first]!.key, bidders[(first + 1) % bidders.length]!.key] as const;
    return [place, { key: `m${String(i + 1).padStart(4, '0')}`, code: marketCode(code, market, place), state, stateCode: code, district, market, bidders: pair }];
  }));

  const rows = parsed.rows.map((row): BigRow => {
    const { value, source } = row;
    const draw = (what: string, least: number, most: number): number => drawWhole(seed.number, source.line, what, least, most);
    const market = known.get(placeOf(value))!;
    const { category, temperatureClass } = classes.get(value.commodity)!;
    const quantity = draw('quantity', seed.quantity.least, seed.quantity.most);
    const start = (value.modal * BigInt(draw('start', seed.startPercent.least, seed.startPercent.most))) / 100n / rules.bidUnit * rules.bidUnit;
    const limits = limitsFor(value.modal, start, rules, BigInt(draw('steps', 1, 4)));
    const swap = draw('winner', 0, 1);
    const earlier = draw('earlier', 2, 20) * 1_000; // whole seconds: what happens at one instant in a thousand markets goes out together
    return {
      key: `r${String(source.line).padStart(5, '0')}`,
      row,
      market,
      consignor: states.get(value.state)!.consignors[draw('consignor', 0, 1)]!.key,
      goods: {
        itemCode: value.commodity, item: value.commodity, variety: value.variety, grade: value.grade, origin: `${value.district}, ${value.state}`,
        category, tradeUnit: tradeUnitBody(value.unit),
      },
      temperatureClass,
      quantity,
      start,
      limits,
      winner: market.bidders[swap]!,
      runnerUp: market.bidders[1 - swap]!,
      winnerFirst: limits.kind === 'equal' || draw('order', 0, 1) === 0,
      instants: [earlier, earlier + draw('later', 1, 9) * 1_000],
      weighedGrams: (quantity * Number(value.unit.size) * draw('weighed', seed.weighedPerMille.least, seed.weighedPerMille.most)) / 1_000,
    };
  });
  return { rows, markets: [...known.values()] };
}
