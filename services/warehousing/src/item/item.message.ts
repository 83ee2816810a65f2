import * as contract from '@naru/contracts/gen/naru/warehousing/v1/item_service';
import { temperatureClasses } from '../centre/centre.message.js';
import { contractWords } from '../contract-words.js';
import type { ItemControl, NewItem } from './item.js';
import type { ItemRow } from './item.store.js';

const controls = contractWords<ItemControl, contract.ItemControl>({
  none: contract.ItemControl.NONE,
  batch: contract.ItemControl.BATCH,
  expiry: contract.ItemControl.EXPIRY,
  serial: contract.ItemControl.SERIAL,
});

export function toNewItem(item: contract.NewItem): NewItem {
  return {
    code: item.code,
    name: item.name,
    temperatureClass: temperatureClasses.word(item.temperatureClass),
    control: controls.word(item.control),
    catchWeight: item.catchWeight,
    gtin: item.gtin,
    // the contract has all three or none
    ...(item.lengthMm === undefined ? {} : { size: { lengthMm: item.lengthMm, widthMm: item.widthMm!, heightMm: item.heightMm! } }),
    ...(item.unitGrams === undefined ? {} : { unitGrams: item.unitGrams }),
    ...(item.shelfLifeDays === undefined ? {} : { shelfLifeDays: item.shelfLifeDays }),
  };
}

export function toItemMessage(item: ItemRow): contract.Item {
  const { size, temperatureClass, control, ...same } = item;
  return contract.Item.fromPartial({ ...same, ...size, temperatureClass: temperatureClasses.value(temperatureClass), control: controls.value(control) });
}
