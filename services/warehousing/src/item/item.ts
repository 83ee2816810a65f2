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
}

export interface ItemCreated {
  readonly type: 'ItemCreated';
  readonly item: NewItem;
}

/** Whether the item may enter the catalogue: a GTIN carries its right check digit. */
export function createItem(item: NewItem): Decision<ItemCreated> {
  if (item.gtin !== '' && !isGs1Key(item.gtin)) return refuse('CHECK_DIGIT', { value: item.gtin });
  return accept([{ type: 'ItemCreated', item }]);
}
