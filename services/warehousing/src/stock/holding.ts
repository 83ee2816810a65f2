import { accept, refuse, type Decision } from '@naru/kernel/decision';
import type { LocationKind } from '../centre/centre.js';
import { type Lying, type Quantity, type StockLine, type StockPlace, type StockStatus, transfer } from './ledger.js';
import { slices, sumOf } from './slices.js';

/** What a centre can promise of one unit of measure of a batch. */
export interface Promised {
  readonly onHand: bigint;
  readonly reserved: bigint;
}

/** A batch as it lies in a centre. */
export interface BatchInCentre {
  readonly lying: readonly Lying[];
  /** By unit of measure. */
  readonly promised: ReadonlyMap<string, Promised>;
  readonly kindOf: (place: StockPlace) => LocationKind | undefined;
  /** Bought and not paid for, whatever else holds it; by unit of measure. */
  readonly unpaid: ReadonlyMap<string, bigint>;
  /** Ids of the events that made it so. */
  readonly why: readonly string[];
}

/** Goods that change their status or are lost; of one unit of measure. */
export interface StockChanged extends Quantity {
  readonly type: 'StockHeld' | 'StockReleased' | 'StockWrittenOff';
  readonly unit: string;
  readonly lines: readonly StockLine[];
  /** What the goods are now, unless they are lost. */
  readonly status: StockStatus;
}

function changed(type: StockChanged['type'], parts: readonly Lying[], status: StockStatus, to: (part: Lying) => StockPlace): readonly StockChanged[] {
  return [...Map.groupBy(parts, (part) => part.goods.unit)].map(([unit, same]) => ({
    type,
    unit,
    status,
    ...sumOf(same),
    lines: same.flatMap((part) => transfer(part.goods, part.place, to(part), part)),
  }));
}

function freeOf({ promised }: BatchInCentre, unit: string): bigint {
  const { onHand, reserved } = promised.get(unit) ?? { onHand: 0n, reserved: 0n };
  return onHand - reserved;
}

/** Goods on shelves come before those that stand at doors and packing stations, where orders are made ready. */
function shelvesFirst({ kindOf }: BatchInCentre, lying: readonly Lying[]): readonly Lying[] {
  const rank = ({ place }: Lying): number => {
    const kind = kindOf(place);
    return kind === 'packing_station' ? 2 : kind === 'dock_door' ? 1 : 0;
  };
  return lying.toSorted((a, b) => rank(a) - rank(b));
}

const withStatus =
  (status: StockStatus) =>
  ({ place }: Lying): StockPlace => ({ ...place, status });

/**
 * Puts a batch in question: what is available and not promised is held, and so is what waits for its payment, which a payment would free otherwise.
 * What is promised still, once everything that can be given back has been, stands packed for orders and stays.
 */
export function holdStock(batch: BatchInCentre): Decision<StockChanged> {
  const byUnit = Map.groupBy(batch.lying, (part) => part.goods.unit);
  const parts = [...byUnit].flatMap(([unit, lying]) => [
    ...slices(shelvesFirst(batch, lying.filter(({ place }) => place.status === 'available')), freeOf(batch, unit)),
    ...lying.filter(({ place }) => place.status === 'held_unpaid'),
  ]);
  if (parts.length === 0) return refuse('NOTHING_TO_HOLD', {}, batch.why);
  return accept(changed('StockHeld', parts, 'held_quality', withStatus('held_quality')));
}

/** Ends the question: goods that are not paid for wait for that again, the others are available. */
export function releaseStock(batch: BatchInCentre): Decision<StockChanged> {
  const held = batch.lying.filter(({ place }) => place.status === 'held_quality');
  if (held.length === 0) return refuse('NOTHING_HELD', {}, batch.why);
  const released = [...Map.groupBy(held, (part) => part.goods.unit)].flatMap(([unit, parts]) => {
    const waiting = sumOf(batch.lying.filter(({ goods, place }) => goods.unit === unit && place.status === 'held_unpaid')).count;
    const owed = (batch.unpaid.get(unit) ?? 0n) - waiting;
    const total = sumOf(parts).count;
    const unpaid = slices(parts, owed < total ? owed : total);
    const left = sumOf(unpaid).count;
    // the rest of a place that was taken in part is what is left of its count and weight
    const paid = parts.flatMap((part) => {
      const taken = sumOf(unpaid.filter(({ place }) => place === part.place));
      return part.count > taken.count ? [{ ...part, count: part.count - taken.count, grams: part.grams - taken.grams }] : [];
    });
    return [
      ...(left > 0n ? changed('StockReleased', unpaid, 'held_unpaid', withStatus('held_unpaid')) : []),
      ...(paid.length > 0 ? changed('StockReleased', paid, 'available', withStatus('available')) : []),
    ];
  });
  return accept(released);
}

/** What is lost first: what could not be sold anyway; then what can be promised; at last what waits for its payment. */
const LOST_FIRST: readonly StockStatus[] = ['expired', 'damaged', 'held_count', 'held_quality', 'held', 'available', 'held_unpaid'];

/** In which unit of measure goods are lost: the one named, or the only one. */
function unitOf(batch: BatchInCentre, unit: string): Decision<string> {
  const units = [...new Set(batch.lying.map(({ goods }) => goods.unit))].sort();
  if (unit !== '') return accept([unit]);
  return units.length > 1 ? refuse('UNIT_NEEDED', { units: units.join(', ') }, batch.why) : accept(units);
}

/** Takes lost goods off the books. Promised goods are given back before, or not lost. */
export function writeOffStock(batch: BatchInCentre, count: bigint, unit: string): Decision<StockChanged> {
  const chosen = unitOf(batch, unit);
  if (!chosen.accepted) return chosen;
  const lying = batch.lying.filter(({ goods }) => goods.unit === chosen.events[0]);
  const there = sumOf(lying);
  if (there.count < count) return refuse('STOCK_NOT_THERE', { ...there }, batch.why);
  const parts = slices(shelvesFirst(batch, lying).toSorted((a, b) => LOST_FIRST.indexOf(a.place.status) - LOST_FIRST.indexOf(b.place.status)), count);
  const available = sumOf(parts.filter(({ place }) => place.status === 'available')).count;
  const { onHand, reserved } = batch.promised.get(chosen.events[0]!) ?? { onHand: 0n, reserved: 0n };
  if (available > onHand - reserved) return refuse('STOCK_RESERVED', { onHand, reserved }, batch.why);
  return accept(changed('StockWrittenOff', parts, 'available', ({ place }) => ({ account: 'loss', centreId: place.centreId, status: place.status })));
}
