import type { BusinessDay } from '@naru/kernel/instant';
import type { Queries } from './queries.js';

/**
 * The next code that people see, `RCV-20220623-0001`. Its counter stays locked until the commit, so that a number that is rolled back is given again:
 * draw it last.
 */
export async function nextCode(tx: Queries, kind: 'APT' | 'RCV', day: BusinessDay): Promise<string> {
  const [row] = await tx.query<{ number: number }>(
    `insert into code_counters (kind, day, last_number) values ($1, $2, 1)
     on conflict (kind, day) do update set last_number = code_counters.last_number + 1
     returning last_number as number`,
    [kind, day],
  );
  return `${kind}-${day.replaceAll('-', '')}-${String(row!.number).padStart(4, '0')}`;
}
