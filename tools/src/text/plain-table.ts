import { padEnd, padStart, wrap, widthOf } from './width.js';

export type Align = 'left' | 'right';

/** Columns of a terminal that everything must fit in. */
export const COLUMNS = 100;
const GAP = 2;

/**
 * A table without borders: a head, a rule and the rows. Where it would be wider than a terminal, the widest column of text is wrapped.
 */
export function plainTable(head: readonly string[], rows: readonly (readonly (string | number)[])[], aligns: readonly Align[] = []): string {
  const cells = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => widthOf(row[column]!))));
  const over = widths.reduce((sum, width) => sum + width, GAP * (head.length - 1)) - COLUMNS;
  if (over > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    widths[widest] = Math.max(20, widths[widest]! - over);
  }
  const lineOf = (row: readonly string[]): string => row.map((text, column) => (aligns[column] === 'right' ? padStart : padEnd)(text, widths[column]!)).join(' '.repeat(GAP)).trimEnd();
  const linesOf = (row: readonly string[]): readonly string[] => {
    const wrapped = row.map((text, column) => wrap(text, widths[column]!));
    return Array.from({ length: Math.max(...wrapped.map(({ length }) => length)) }, (_, i) => lineOf(wrapped.map((lines) => lines[i] ?? '')));
  };
  const [first, ...others] = cells.map(linesOf);
  return [...first!, lineOf(widths.map((width) => '─'.repeat(width))), ...others.flat()].join('\n');
}
