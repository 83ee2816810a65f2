import { accept, refuse, type Decision } from '@naru/kernel/decision';
import type { Quantity } from '../stock/ledger.js';
import type { ParcelPhase } from './parcel.store.js';

export interface ParcelMoved {
  readonly type: 'ParcelMoved';
}

/** Whether a parcel may go to a door: it is packed, and none of what it holds has been held since (rule W7). `there` is what lies available where it stands. */
export function stageParcel(
  phase: ParcelPhase,
  contents: readonly (Quantity & { readonly key: string })[],
  there: ReadonlyMap<string, Quantity>,
): Decision<ParcelMoved> {
  if (phase !== 'packed') return refuse('UNIT_NOT_PACKED', { phase });
  const asked = new Map<string, Quantity>();
  for (const { key, count, grams } of contents) {
    const before = asked.get(key) ?? { count: 0n, grams: 0n };
    asked.set(key, { count: before.count + count, grams: before.grams + grams });
  }
  for (const [key, { count, grams }] of asked) {
    const available = there.get(key) ?? { count: 0n, grams: 0n };
    if (available.count < count || available.grams < grams) return refuse('STOCK_HELD', { count: count - available.count });
  }
  return accept([{ type: 'ParcelMoved' }]);
}
