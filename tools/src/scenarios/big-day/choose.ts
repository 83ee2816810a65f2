import type { AgmarknetPrice } from '../../importers/agmarknet.js';
import type { ParsedRow } from '../../importers/row.js';

/** A market of the big day: the three names together. */
export function placeOf({ state, district, market }: AgmarknetPrice): string {
  return JSON.stringify([state, district, market]);
}

/** Whether something about the row is odd. */
export function isOdd({ notes }: ParsedRow<AgmarknetPrice>): boolean {
  return notes.length > 0;
}

/**
 * `limit` of the rows, in their order, with every odd one among them, even where those alone are more. The rest comes first from the markets
 * that the odd ones are of, since each market costs a set-up, then from the others in the order of the file.
 */
export function chooseRows(rows: readonly ParsedRow<AgmarknetPrice>[], limit = rows.length): readonly ParsedRow<AgmarknetPrice>[] {
  const places = new Set(rows.filter(isOdd).map((row) => placeOf(row.value)));
  const rank = (row: ParsedRow<AgmarknetPrice>): number => (isOdd(row) ? 0 : places.has(placeOf(row.value)) ? 1 : 2);
  const odd = rows.filter(isOdd).length;
  return rows.toSorted((a, b) => rank(a) - rank(b)).slice(0, Math.max(limit, odd)).sort((a, b) => a.source.line - b.source.line);
}
