import { isGs1Key } from '@naru/kernel/check-digit';
import { accept, refuse, type Decision } from '@naru/kernel/decision';
import type { TemperatureClass } from '../centre/temperature.js';

/** What of an item is followed beside its quantity. */
export type ItemControl = 'none' | 'batch' | 'expiry' | 'serial';

export interface NewItem {
  readonly code: string;
  readonly name: string;
  readonly temperatureClass: TemperatureClass;
  readonly control: ItemControl;
  readonly catchWeight: boolean;
  /** GTIN-8, -12, -13 or -14; empty for loose produce. */
  readonly gtin: string;
  /** Outer size of one unit; absent where it is not known. */
  readonly size?: { readonly lengthMm: number; readonly widthMm: number; readonly heightMm: number };
  /** Weight of one unit; none of catch-weight goods. */
  readonly unitGrams?: bigint;
  /** Whole days that the goods keep from the day of receipt where they carry no date. */
  readonly shelfLifeDays?: number;
}

export interface ItemCreated {
  readonly type: 'ItemCreated';
  readonly item: NewItem;
}

/** What all spellings of a code have in common. As PostgreSQL's `upper` on a column that is collated "C". */
export function spellingKey(code: string): string {
  return code.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

/** Whether the item may enter the master data: a GTIN carries its right check digit. */
export function createItem(item: NewItem): Decision<ItemCreated> {
  if (item.gtin !== '' && !isGs1Key(item.gtin)) return refuse('CHECK_DIGIT', { value: item.gtin });
  return accept([{ type: 'ItemCreated', item }]);
}
