import type { Id } from '@naru/kernel/ids';
import type { BusinessDay } from '@naru/kernel/instant';
import type { Market } from '../market/market.js';
import type { Queries } from '../queries.js';

/** Sale slip (판매원표), settlement note (정산서), invoice. */
export type DocumentKind = 'SLP' | 'STN' | 'INV';

/** What stands before the number in the codes of a day: `SLP-NARU-GARAK-20220623-`. */
export function codePrefix(kind: DocumentKind, market: Market, day: BusinessDay): string {
  return `${kind}-${market.code}-${day.replaceAll('-', '')}-`;
}

/** A document's number with its code, such as `SLP-NARU-GARAK-20220623-0042`. */
export interface DocumentNumber {
  readonly number: bigint;
  readonly code: string;
}

const DRAW = `
  insert into document_counters (market_id, kind, day, last) values ($1, $2, $3::date, $4)
  on conflict (market_id, kind, day) do update set last = document_counters.last + excluded.last
  returning last`;

/**
 * The next `count` numbers of a kind, market and day. The counter stays locked until the commit, so there are no gaps (rule A10);
 * it is the last row that a transaction locks, slips before notes before invoices.
 */
export async function drawNumbers(tx: Queries, kind: DocumentKind, market: Market, day: BusinessDay, count: number): Promise<readonly DocumentNumber[]> {
  if (count === 0) return [];
  const [row] = await tx.query<{ last: bigint }>(DRAW, [market.marketId satisfies Id, kind, day, count]);
  const first = row!.last - BigInt(count) + 1n;
  const prefix = codePrefix(kind, market, day);
  return Array.from({ length: count }, (_, i) => {
    const number = first + BigInt(i);
    return { number, code: prefix + String(number).padStart(4, '0') };
  });
}
