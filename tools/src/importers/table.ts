import { parse } from 'csv-parse/sync';
import { decode, UNREADABLE } from './encoding.js';
import { columnNames } from './header.js';
import { refuseField, type Parsed, type ParsedRow, type RefusedRow, type RowOutcome } from './row.js';

/** One row by column name. */
export type Fields = Readonly<Record<string, string>>;

function split(line: string): readonly string[] | undefined {
  try {
    const [fields]: string[][] = parse(line, { relax_column_count: true });
    return fields ?? [];
  } catch {
    return undefined; // a quote that opens and does not close, or stands in the middle
  }
}

/**
 * Reads a published CSV file row by row. Each line is a record of its own: none of the sources puts line breaks into fields, and so one broken
 * quote costs one row, not the rest of the file. Blank lines are passed over. A file without one of the `required` columns is refused as a whole, at line 1.
 */
export function readTable<T>(file: string, bytes: Uint8Array, required: readonly string[], read: (fields: Fields) => RowOutcome<T>): Parsed<T> {
  const { text, encoding } = decode(bytes);
  const lines = text.split(/\r\n|\n|\r/);
  const header = lines[0] ?? '';
  const names = columnNames(split(header) ?? []);
  const missing = required.find((name) => !names.includes(name));
  if (missing !== undefined) return { rows: [], refused: [{ file, line: 1, field: missing, value: '', reason: 'the column is missing', raw: header }] };

  const rows: ParsedRow<T>[] = [];
  const refused: RefusedRow[] = [];
  lines.forEach((raw, index) => {
    if (index === 0 || raw.trim() === '') return;
    const outcome = readLine(raw, names, encoding, read);
    if (outcome.accepted) rows.push({ source: { file, line: index + 1, raw }, value: outcome.value, notes: outcome.notes });
    else refused.push({ file, line: index + 1, ...outcome.refusal, raw });
  });
  return { rows, refused };
}

function readLine<T>(raw: string, names: readonly string[], encoding: string, read: (fields: Fields) => RowOutcome<T>): RowOutcome<T> {
  if (raw.includes(UNREADABLE)) return refuseField('', raw, `holds bytes that are no text in ${encoding}`);
  const values = split(raw);
  if (!values) return refuseField('', raw, 'has a quote that does not close');
  if (values.length !== names.length) return refuseField('', raw, `has ${values.length} fields, the header has ${names.length}`);
  return read(Object.fromEntries(names.map((name, i) => [name, values[i]!])));
}
