import type { StockGoods } from '../stock/ledger.js';
import { chooseLocations } from './choose-locations.js';
import { walkingOrder } from './walking-order.js';

/** A promise, or the rest of one, that is to be picked. */
export interface ToPick {
  readonly reservationId: string;
  readonly orderId: string;
  readonly line: number;
  readonly goods: StockGoods;
  readonly count: bigint;
}

/** Goods in a storage location that no task has asked for yet. */
export interface FreeGoods {
  readonly goods: StockGoods;
  readonly locationId: string;
  readonly code: string;
  readonly free: bigint;
}

export interface PlannedTask {
  readonly sequence: number;
  readonly toPick: ToPick;
  readonly locationId: string;
  readonly code: string;
  readonly count: bigint;
}

/** What of a promise lies in no storage location. */
export interface Waiting {
  readonly orderId: string;
  readonly line: number;
  readonly count: bigint;
}

function goodsKey({ ownerId, itemId, batch, unit }: StockGoods): string {
  return JSON.stringify([ownerId, itemId, batch, unit]);
}

/**
 * The tasks that pick the promises, numbered from `first` in walking order; those at one location in the order of the promises. A promise takes the fewest
 * stops; the promises of one batch choose one after the other, in their order.
 */
export function allocate(
  promises: readonly ToPick[],
  stock: readonly FreeGoods[],
  first: number,
): { readonly tasks: readonly PlannedTask[]; readonly waiting: readonly Waiting[] } {
  const steps = new Map(walkingOrder(stock.map(({ code }) => code)).map((code, step) => [code, step]));
  const shelves = Map.groupBy(
    stock.map((there) => ({ ...there, step: steps.get(there.code)! })),
    ({ goods }) => goodsKey(goods),
  );
  const planned: (Omit<PlannedTask, 'sequence'> & { readonly step: number; readonly place: number })[] = [];
  const waiting: Waiting[] = [];
  promises.forEach((toPick, place) => {
    const key = goodsKey(toPick.goods);
    const there = shelves.get(key) ?? [];
    let missing = toPick.count;
    for (const { locationId, count } of chooseLocations(there, toPick.count)) {
      const shelf = there.find((other) => other.locationId === locationId)!;
      planned.push({ toPick, locationId, code: shelf.code, count, step: shelf.step, place });
      shelves.set(
        key,
        shelves.get(key)!.map((other) => (other.locationId === locationId ? { ...other, free: other.free - count } : other)),
      );
      missing -= count;
    }
    if (missing > 0n) waiting.push({ orderId: toPick.orderId, line: toPick.line, count: missing });
  });
  planned.sort((a, b) => a.step - b.step || a.place - b.place);
  return { tasks: planned.map(({ step: _step, place: _place, ...task }, i) => ({ ...task, sequence: first + i })), waiting };
}
