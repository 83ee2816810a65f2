import { TemperatureClass, temperatureClassFromJSON } from '@naru/contracts/gen/naru/warehousing/v1/centre_service';

/** The reviewed table `temperature-classes.json`. */
export interface TemperatureClasses {
  readonly items: readonly {
    readonly itemCode: string;
    readonly kindCode: string;
    readonly name: string;
    readonly kind: string;
    readonly temperatureClass: string;
    readonly note: string;
  }[];
}

/**
 * The temperature class of an item and variety.
 * @throws RangeError for goods outside the table: a new day needs a reviewed row first.
 */
export function temperatureClassOf(goods: { readonly itemCode: string; readonly kindCode: string }, { items }: TemperatureClasses): TemperatureClass {
  const found = items.find(({ itemCode, kindCode }) => itemCode === goods.itemCode && kindCode === goods.kindCode);
  if (!found) throw new RangeError(`no temperature class for item ${goods.itemCode}, variety ${goods.kindCode}`);
  return temperatureClassFromJSON(found.temperatureClass);
}
