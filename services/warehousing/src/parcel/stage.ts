import { accept, refuse, type Decision } from '@naru/kernel/decision';
import type { Quantity } from '../stock/ledger.js';

export type ParcelPhase = 'packed' | 'staged';

/** Goods in a parcel, and the name of what lies where the parcel stands. */
export interface Inside extends Quantity {
  readonly key: string;
}

export interface ParcelMoved {
  readonly type: 'ParcelMoved';
  /** What leaves the books there, content by content. */
  readonly quantities: readonly Quantity[];
}

/**
 * Whether a parcel may go to a door: it is packed, and none of what it holds has been held since (rule W7). `there` is what lies available where it stands.
 * The weight that moves is that of the contents; the last of the goods take what is left of theirs, since what was held took its share by count.
 */
export function stageParcel(phase: ParcelPhase, contents: readonly Inside[], there: ReadonlyMap<string, Quantity>): Decision<ParcelMoved> {
  if (phase !== 'packed') return refuse('UNIT_NOT_PACKED', { phase });
  const left = new Map<string, Quantity>(); // of the goods of this parcel only: `there` is that of all parcels of a call
  const quantities: Quantity[] = [];
  for (const { key, count, grams } of contents) {
    const available = left.get(key) ?? there.get(key) ?? { count: 0n, grams: 0n };
    if (available.count < count) return refuse('STOCK_HELD', { count: count - available.count });
    const moved = count === available.count || available.grams < grams ? available.grams : grams;
    quantities.push({ count, grams: moved });
    left.set(key, { count: available.count - count, grams: available.grams - moved });
  }
  return accept([{ type: 'ParcelMoved', quantities }]);
}
