import Table from 'cli-table3';
import type { Figure } from './row.js';

/** Enough digits to tell two runs apart, and no more. */
function digits(value: number): string {
  const size = Math.abs(value);
  return size >= 1000 ? Math.round(value).toLocaleString('en-US') : value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

const cell = (value: number | undefined): string => (value === undefined ? '' : digits(value));

export function tableOf(figures: ReadonlyMap<string, Figure>): string {
  const table = new Table({
    head: ['name', 'value', 'unit', 'baseline', 'ratio', 'p50 ms', 'p99 ms', 'least–most', 'goal', ''],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'left', 'right', 'right', 'right', 'right', 'right', 'left', 'left'],
  });
  for (const [name, f] of figures) {
    const spread = f.spread ? `${digits(f.spread[0])}–${digits(f.spread[1])}` : '';
    table.push([name, digits(f.value), f.unit, cell(f.baseline), cell(f.ratio), cell(f.p50), cell(f.p99), spread, f.goal ?? '', f.passed === undefined ? '' : f.passed ? 'pass' : 'FAIL']);
  }
  const notes = [...figures].flatMap(([name, { notes = [] }]) => notes.map((note) => `${name}: ${note}`));
  return [table.toString(), ...notes].join('\n');
}

const rounded = (value: number): number => Number(value.toPrecision(6));

/** One line, a member per row. */
export function jsonOf(figures: ReadonlyMap<string, Figure>): string {
  return JSON.stringify(Object.fromEntries(figures), (_key, value: unknown) => (typeof value === 'number' ? rounded(value) : value));
}
