import { accept, refuse, type Decision } from '@naru/kernel/decision';
import { type BusinessDay, isBusinessDay, plusDays } from '@naru/kernel/instant';
import type { NewItem } from '../item/item.js';

/** The last day on which goods of a batch may be used, that day included; absent where they keep. */
export interface BatchDated {
  readonly type: 'BatchDated';
  readonly expiresOn?: BusinessDay;
}

/** A batch that is in the owner's stock already. */
export interface KnownBatch {
  readonly batch: string;
  readonly expiresOn?: BusinessDay;
}

/** Whether a batch of the item can have a date: otherwise nobody needs to look for one. */
export function mayBeDated(item: Pick<NewItem, 'control' | 'shelfLifeDays'>, carried: BusinessDay | undefined): boolean {
  return carried !== undefined || item.shelfLifeDays !== undefined || item.control === 'expiry';
}

/**
 * The date of a batch that comes in on `day`: the one that the goods carry, else the one that the batch has, else by the item's shelf life. A batch has
 * one date: another one is refused. Where the item's expiry is followed, a batch without any date is refused.
 */
export function batchDate(
  item: Pick<NewItem, 'control' | 'shelfLifeDays'>,
  carried: BusinessDay | undefined,
  known: KnownBatch | undefined,
  day: BusinessDay,
): Decision<BatchDated> {
  if (carried !== undefined && !isBusinessDay(carried)) return refuse('BUSINESS_DAY_UNKNOWN', { businessDay: carried });
  if (carried !== undefined && known && carried !== known.expiresOn)
    return refuse('BATCH_DATE_DIFFERS', { batch: known.batch, expiresOn: known.expiresOn ?? '-' });
  const expiresOn = carried ?? (known ? known.expiresOn : item.shelfLifeDays === undefined ? undefined : plusDays(day, item.shelfLifeDays));
  if (expiresOn === undefined && item.control === 'expiry') return refuse('EXPIRY_NEEDED');
  return accept([{ type: 'BatchDated', ...(expiresOn === undefined ? {} : { expiresOn }) }]);
}
