import { outcomeOf, type RetailLine } from '../importers/online-retail.js';
import type { Parsed, ParsedRow } from '../importers/row.js';

/** What an importer made of a file, a line each: counts, the odd rows by kind, and every row that it refused. */
export function importLines({ rows, refused }: Parsed<unknown>): readonly string[] {
  const file = rows[0]?.source.file ?? refused[0]?.file ?? 'the file';
  const odd = rows.filter(({ notes }) => notes.length > 0).length;
  const kinds = Map.groupBy(rows.flatMap(({ notes }) => notes), (note) => note);
  const oddLines = [...kinds].sort(([, a], [, b]) => b.length - a.length).map(([note, { length }]) => `  ${count(length).padStart(9)} odd: ${note}`);
  return [
    `import    ${file}: ${count(rows.length)} rows accepted, ${count(odd)} of them odd; ${count(refused.length)} refused`,
    ...oddLines,
    ...refused.map(({ line, field, value, reason }) => `    line ${line} refused: ${field || 'the row'}${field ? ` "${value}"` : ''}: ${reason}`),
  ];
}

/** What becomes of the lines of a shop, by kind of outcome and reason. */
export function outcomeLines(rows: readonly ParsedRow<RetailLine>[]): readonly string[] {
  const outcomes = Map.groupBy(rows, ({ value }) => {
    const { outcome, reason } = outcomeOf(value);
    return reason === '' ? outcome : `${outcome}: ${reason}`;
  });
  return [...outcomes].sort(([, a], [, b]) => b.length - a.length).map(([what, { length }]) => `  ${count(length).padStart(9)} ${what}`);
}

function count(n: number): string {
  return n.toLocaleString('en-US');
}
