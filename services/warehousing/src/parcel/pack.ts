import { accept, type Decision, type Refusal } from '@naru/kernel/decision';
import type { BusinessDay } from '@naru/kernel/instant';
import type { TemperatureClass } from '../centre/temperature.js';
import { type BoxType, cartonise, type GoodsToPack } from '../packing/cartonise.js';
import type { Triple } from '../packing/free-space.js';
import { isUsable } from '../stock/expiry.js';
import { gramsOf } from '../wave/pick.js';
import type { Quantity } from '../stock/ledger.js';

/** Picked goods of a reservation that are in no parcel yet. */
export interface PickedGoods {
  readonly reservationId: string;
  readonly line: number;
  readonly itemCode: string;
  readonly batch: string;
  readonly picked: Quantity;
  /** How many of them lie available at the station: others have been held since (rule W7). */
  readonly there: bigint;
  readonly size: Triple | undefined;
  /** Of one unit by the master data; the ledger's weight counts where it is more. */
  readonly unitGrams: bigint;
  readonly temperatureClass: TemperatureClass;
  readonly thisSideUp: boolean;
  readonly tradeUnit: boolean;
  readonly expiresOn: BusinessDay | undefined;
}

export interface ParcelContents extends Quantity {
  readonly reservationId: string;
}

export interface ParcelPlanned {
  readonly type: 'ParcelPlanned';
  readonly boxTypeId: string | undefined;
  readonly temperatureClass: TemperatureClass;
  readonly grossGrams: bigint;
  readonly contents: readonly ParcelContents[];
}

export interface LeftOut {
  readonly type: 'LeftOut';
  readonly line: number;
  readonly batch: string;
  readonly count: bigint;
  readonly refusal: Refusal;
}

/** The weight of one unit for the box: the heaviest that any of the picked may be. */
function heaviest({ picked, unitGrams }: PickedGoods): number {
  const average = Number((picked.grams + picked.count - 1n) / picked.count);
  return Math.max(average, picked.grams === 0n ? Number(unitGrams) : 0, 1);
}

/**
 * The parcels of what has been picked of one order in one centre. What is held or too old by now stays out and is told (rules W6, W7); the rest is put
 * into boxes. Refused where the boxes cannot be chosen.
 */
export function packOrder(
  goods: readonly PickedGoods[],
  boxTypes: readonly BoxType[],
  today: BusinessDay,
  minRemainingLifeDays: number,
): Decision<ParcelPlanned | LeftOut> {
  const leftOut: LeftOut[] = [];
  const leave = ({ line, batch }: PickedGoods, count: bigint, code: Refusal['code'], details: Refusal['details']): void =>
    void leftOut.push({ type: 'LeftOut', line, batch, count, refusal: { code, details, why: [] } });
  const packable: (GoodsToPack & { readonly source: PickedGoods })[] = [];
  for (const source of goods) {
    const { expiresOn, batch, picked, there } = source;
    if (!isUsable(expiresOn, today, minRemainingLifeDays)) {
      leave(source, picked.count, 'BATCH_TOO_OLD', { batch, expiresOn });
      continue;
    }
    const count = there < picked.count ? there : picked.count;
    if (count < picked.count) leave(source, picked.count - count, 'STOCK_HELD', { count: picked.count - count });
    if (count > 0n) packable.push({ ...source, key: source.reservationId, grams: heaviest(source), count: Number(count), source });
  }
  const decision = cartonise(packable, boxTypes);
  if (!decision.accepted) return decision;
  const left = new Map(packable.map(({ key, source }) => [key, source.picked]));
  const parcels = decision.events.map(({ boxTypeId, temperatureClass, tareGrams, contents }): ParcelPlanned => {
    const weighed = [...contents].map(([reservationId, number]): ParcelContents => {
      const count = BigInt(number);
      const rest = left.get(reservationId)!;
      const grams = gramsOf(rest, count);
      left.set(reservationId, { count: rest.count - count, grams: rest.grams - grams });
      return { reservationId, count, grams };
    });
    const gross = weighed.reduce((sum, { grams }) => sum + grams, BigInt(tareGrams));
    return { type: 'ParcelPlanned', boxTypeId, temperatureClass, grossGrams: gross > 0n ? gross : 1n, contents: weighed };
  });
  return accept([...parcels, ...leftOut]);
}
