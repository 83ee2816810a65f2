import type { KamisPrice } from '../../importers/kamis.js';
import type { Parsed } from '../../importers/row.js';
import type { ExpectedLot, Plan } from '../market-day/actions.js';
import { itemCodeOf } from '../market-day/day-row.js';

/** Goods of the market day in the hands of the buyer who won them. */
export interface SoldGoods {
  /** Line of the row in the file of published prices. */
  readonly row: number;
  /** Code of the item in the centre's catalogue. */
  readonly code: string;
  readonly buyer: string;
  /** Won per trade unit, at the hammer. */
  readonly price: bigint;
  /** Trade units. */
  readonly count: bigint;
  readonly tradeUnit: ExpectedLot['goods']['tradeUnit'];
  /** Whether they came in as announced, or at least sound: what is taken under reserve is not sold on. */
  readonly sound: boolean;
}

/** What the plan of the market day sells, in the order of the file. */
export function soldGoods({ lots }: Pick<Plan, 'lots'>, { rows }: Parsed<KamisPrice>): readonly SoldGoods[] {
  const byLine = new Map(lots.map((lot) => [lot.source.line, lot]));
  return rows.flatMap(({ source, value }) => {
    const lot = byLine.get(source.line);
    if (lot?.outcome.kind !== 'sold') return [];
    const { outcome: { winner: buyer, price }, quantity: count, goods: { tradeUnit }, finding } = lot;
    return [{ row: source.line, code: itemCodeOf(value), buyer, price, count, tradeUnit, sound: finding !== 'damaged' && finding !== 'too-warm' }];
  });
}
