import type { BusinessDay } from '@naru/kernel/instant';
import type { Queries } from './queries.js';

/** What has codes: appointments, receipts, advance notices. */
export type CodeKind = 'APT' | 'RCV' | 'ASN';

/**
 * The next `count` codes that people see, `RCV-20220623-0001`. Their counter stays locked until the commit, so that numbers that are rolled back are
 * given again: draw them last.
 */
export async function nextCodes(tx: Queries, kind: CodeKind, day: BusinessDay, count: number): Promise<readonly string[]> {
  const [row] = await tx.query<{ last: number }>(
    `insert into code_counters (kind, day, last_number) values ($1, $2, $3)
     on conflict (kind, day) do update set last_number = code_counters.last_number + $3
     returning last_number as last`,
    [kind, day, count],
  );
  const first = row!.last - count + 1;
  return Array.from({ length: count }, (_, i) => `${kind}-${day.replaceAll('-', '')}-${String(first + i).padStart(4, '0')}`);
}

/** The next code, drawn last like `nextCodes`. */
export async function nextCode(tx: Queries, kind: CodeKind, day: BusinessDay): Promise<string> {
  return (await nextCodes(tx, kind, day, 1))[0]!;
}
