import type { BusinessDay } from '@naru/kernel/instant';
import { isUsable } from '../stock/expiry.js';

/** Goods of one batch in one centre that may be promised. */
export interface FreeStock {
  readonly batch: string;
  readonly centreId: string;
  readonly expiresOn: BusinessDay | undefined;
  /** The business day of the centre. */
  readonly today: BusinessDay;
  /** On hand and not reserved. */
  readonly free: bigint;
}

export interface Asked {
  readonly count: bigint;
  readonly minRemainingLifeDays: number;
  /** Centres in order of preference; goods elsewhere are not taken. All centres, none preferred, for `undefined`. */
  readonly centres: readonly string[] | undefined;
}

export interface Allocation<Stock> {
  readonly parts: readonly { readonly stock: Stock; readonly count: bigint }[];
  /** What of the count could not be had. */
  readonly short: bigint;
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Takes `asked` from what is free: by centre in the order asked for, and there what expires first (rule W6); what has no date keeps and goes last. Goods that
 * would not keep long enough for the customer are never taken. The order of `free` decides nothing.
 */
export function allocate<Stock extends FreeStock>(asked: Asked, free: readonly Stock[]): Allocation<Stock> {
  const rank = new Map(asked.centres?.map((centreId, i) => [centreId, i]));
  const eligible = free
    .filter((stock) => stock.free > 0n && (!asked.centres || rank.has(stock.centreId)) && isUsable(stock.expiresOn, stock.today, asked.minRemainingLifeDays))
    .toSorted(
      (a, b) =>
        (rank.get(a.centreId) ?? 0) - (rank.get(b.centreId) ?? 0) ||
        byText(a.expiresOn ?? '~', b.expiresOn ?? '~') ||
        byText(a.batch, b.batch) ||
        byText(a.centreId, b.centreId),
    );
  const parts: { stock: Stock; count: bigint }[] = [];
  let short = asked.count;
  for (const stock of eligible) {
    if (short === 0n) break;
    const count = stock.free < short ? stock.free : short;
    parts.push({ stock, count });
    short -= count;
  }
  return { parts, short };
}

/** What is left of `free` once the allocation is taken. */
export function without<Stock extends FreeStock>(free: readonly Stock[], { parts }: Allocation<Stock>): readonly Stock[] {
  const taken = new Map<FreeStock, bigint>(parts.map(({ stock, count }) => [stock, count]));
  return free.map((stock) => (taken.has(stock) ? { ...stock, free: stock.free - taken.get(stock)! } : stock));
}
