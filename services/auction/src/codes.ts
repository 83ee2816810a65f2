import type { BusinessDay } from '@naru/kernel/instant';
import type { Queries } from './queries.js';

export type CodeKind = 'CSG' | 'LOT' | 'SES';

const DRAW = `
  insert into code_counters (kind, day, last) values ($1, $2::date, $3)
  on conflict (kind, day) do update set last = code_counters.last + excluded.last
  returning last`;

/** The next `count` codes of a kind and day, such as `LOT-20220623-0042`. The counter stays locked until the commit, so there are no gaps. */
export async function drawCodes(tx: Queries, kind: CodeKind, day: BusinessDay, count: number): Promise<readonly string[]> {
  const [row] = await tx.query<{ last: bigint }>(DRAW, [kind, day, count]);
  const first = Number(row!.last) - count + 1;
  return Array.from({ length: count }, (_, i) => `${kind}-${day.replaceAll('-', '')}-${String(first + i).padStart(4, '0')}`);
}

/** Whether `text` (`2022-06-23`) is a day of the calendar, which begins with the year 1. */
export function isBusinessDay(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && text >= '0001' && new Date(at).toISOString().startsWith(text);
}
