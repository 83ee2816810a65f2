import { BaseUnit } from '@naru/contracts/gen/naru/type/v1/trade_unit';
import type { KamisPrice } from '../../importers/kamis.js';
import type { Parsed, ParsedRow } from '../../importers/row.js';
import type { TradeUnit } from '../../importers/unit.js';
import type { GoodsBody } from './actions.js';
import type { DayRules } from './files.js';
import { categoryOfKamis } from './market.js';
import type { Seed, SeedRow } from './seed.js';

/** A row of the file with what the seed adds, and the key that its consignment and lot go by. */
export interface DayRow {
  readonly key: string;
  readonly row: ParsedRow<KamisPrice>;
  readonly seed: SeedRow;
  readonly goods: GoodsBody;
  readonly item: string;
}

/**
 * Rows of the file with their seed; each must have the other.
 * @throws RangeError when the seed and the file do not belong together.
 */
export function dayRows({ rows }: Parsed<KamisPrice>, seed: Seed, { classes }: DayRules): readonly DayRow[] {
  const byLine = new Map(seed.rows.map((row) => [row.line, row]));
  if (byLine.size !== rows.length) throw new RangeError(`the seed has ${byLine.size} rows, the file ${rows.length}`);
  return rows.map((row) => {
    const own = byLine.get(row.source.line);
    if (!own) throw new RangeError(`the seed has no row for line ${row.source.line}`);
    if (row.value.day !== seed.day) throw new RangeError(`line ${row.source.line} is of ${row.value.day}, the seed of ${seed.day}`);
    const { itemCode, itemName, kindName, rank, unit } = row.value;
    const category = categoryOfKamis(itemCode, classes);
    const goods = { itemCode, item: itemName, variety: kindName, grade: rank, origin: own.origin, category, tradeUnit: tradeUnitBody(unit) };
    return { key: `r${String(row.source.line).padStart(3, '0')}`, row, seed: own, goods, item: itemCodeOf(row.value) };
  });
}

/** Code of an item and variety in the catalogue of the centre. */
export function itemCodeOf({ itemCode, kindCode }: Pick<KamisPrice, 'itemCode' | 'kindCode'>): string {
  return `KR-${itemCode}-${kindCode}`;
}

/** A trade unit as the contract has it. */
export function tradeUnitBody({ label, base, size }: TradeUnit): GoodsBody['tradeUnit'] {
  return { label, base: base === 'gram' ? BaseUnit.GRAM : BaseUnit.PIECE, size };
}
