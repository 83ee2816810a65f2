import { categoryFromJSON, type Category } from '@naru/contracts/gen/naru/auction/v1/market_service';
import { temperatureClassFromJSON, type TemperatureClass } from '@naru/contracts/gen/naru/warehousing/v1/centre_service';
import type { AgmarknetPrice } from '../../importers/agmarknet.js';
import type { Parsed, ParsedRow, RefusedRow } from '../../importers/row.js';

/** The reviewed table `commodities.json`. */
export interface Commodities {
  readonly groups: readonly { readonly category: string; readonly temperatureClass: string; readonly note: string; readonly commodities: readonly string[] }[];
  readonly refused: readonly { readonly commodity: string; readonly reason: string }[];
}

/** What the table says of a commodity. */
export interface CommodityClass {
  readonly category: Category;
  readonly temperatureClass: TemperatureClass;
}

export function commodityClasses({ groups }: Commodities): ReadonlyMap<string, CommodityClass> {
  return new Map(groups.flatMap(({ category, temperatureClass, commodities }) => {
    const entry = { category: categoryFromJSON(category), temperatureClass: temperatureClassFromJSON(temperatureClass) };
    return commodities.map((commodity) => [commodity, entry] as const);
  }));
}

/** Refuses the rows whose commodity no market may sell: named as refused, or in no group of the table. */
export function acceptGoods(parsed: Parsed<AgmarknetPrice>, table: Commodities): Parsed<AgmarknetPrice> {
  const classes = commodityClasses(table);
  const reasons = new Map(table.refused.map(({ commodity, reason }) => [commodity, reason]));
  const rows: ParsedRow<AgmarknetPrice>[] = [];
  const refused: RefusedRow[] = [...parsed.refused];
  for (const row of parsed.rows) {
    const { commodity, published } = row.value;
    if (classes.has(commodity)) rows.push(row);
    else refused.push({ ...row.source, field: 'Commodity', value: published.commodity, reason: reasons.get(commodity) ?? 'is not in the table of commodities' });
  }
  return { rows, refused: refused.sort((a, b) => a.line - b.line) };
}
