import type { Carton } from '../../importers/bed-bpp.js';
import type { ParsedRow } from '../../importers/row.js';
import type { RetailLine } from '../../importers/online-retail.js';
import type { ShopSeed } from './seed.js';

/** A piece that the shop sells, measured. */
export interface ShopItem {
  /** As the file first spells it. */
  readonly code: string;
  /** The first description that the file has; the code where it has none. */
  readonly name: string;
  readonly lengthMm: number;
  readonly widthMm: number;
  readonly heightMm: number;
  readonly unitGrams: number;
}

/** The codes of goods in a day's lines with their first description, in order of code. */
export function codesOf(rows: readonly ParsedRow<RetailLine>[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const spelt = new Map<string, string>();
  for (const { value: { kind, code: found, description } } of rows) {
    if (kind !== 'goods' && kind !== 'write-off') continue;
    const code = spelt.get(found.toUpperCase()) ?? found;
    spelt.set(found.toUpperCase(), code);
    names.set(code, names.get(code) || description);
  }
  return new Map([...names].map(([code, name]) => [code, name || code] as const).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * The shop's items with the sizes of their share of a real carton: an even grid, rounded down.
 * @throws RangeError when the seed and the file do not belong together.
 */
export function shopItems(rows: readonly ParsedRow<RetailLine>[], { items }: Pick<ShopSeed, 'items'>, cartons: ReadonlyMap<string, Carton>): readonly ShopItem[] {
  const names = codesOf(rows);
  if (items.length !== names.size) throw new RangeError(`the seed has ${items.length} items, the file ${names.size}`);
  return items.map(([code, article, alongLength, alongWidth, alongHeight]) => {
    const [name, carton] = [names.get(code), cartons.get(article)];
    if (name === undefined || !carton) throw new RangeError(`the seed makes ${code} of ${article}, and one of them is not there`);
    return {
      code,
      name,
      lengthMm: Math.floor(carton.lengthMm / alongLength),
      widthMm: Math.floor(carton.widthMm / alongWidth),
      heightMm: Math.floor(carton.heightMm / alongHeight),
      unitGrams: Math.floor(carton.grams / (alongLength * alongWidth * alongHeight)),
    };
  });
}

/** Pieces that a day's invoices ask for, by code; cancellations and write-offs ask for none. */
export function demandOf(rows: readonly ParsedRow<RetailLine>[]): ReadonlyMap<string, number> {
  const demand = new Map([...codesOf(rows).keys()].map((code) => [code, 0]));
  const spelt = new Map([...demand.keys()].map((code) => [code.toUpperCase(), code]));
  for (const { value: { kind, cancels, code, quantity } } of rows) {
    if (kind !== 'goods' || cancels) continue;
    const own = spelt.get(code.toUpperCase())!;
    demand.set(own, demand.get(own)! + Number(quantity));
  }
  return demand;
}
