import type { Parsed } from '../importers/row.js';

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

function count(n: number): string {
  return n.toLocaleString('en-US');
}
