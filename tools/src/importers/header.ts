/** Name given to a column that has none: the row number that data frames write in front. */
export const ROW_NUMBER = 'row_number';

/** Undoes XML name escapes: `Min_x0020_Price` is `Min Price` (ISO/IEC 9075-14, as data.gov.in exports write it). */
export function unescapeXmlName(name: string): string {
  return name.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Column names of a header row: unescaped, trimmed, the unnamed first column as `ROW_NUMBER`. */
export function columnNames(fields: readonly string[]): readonly string[] {
  return fields.map((field, i) => (i === 0 && field.trim() === '' ? ROW_NUMBER : unescapeXmlName(field).trim()));
}
