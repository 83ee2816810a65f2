import { accept, refuse, type Decision } from '@naru/kernel/decision';
import type { TemperatureClass } from '../centre/temperature.js';
import { fillBox, type Filling, fitsAlone, type Pieces, type Placement, volumeOf } from './fill-box.js';
import type { Triple } from './free-space.js';

/** Goods of one promise that are to be packed: equal units of one batch. */
export interface GoodsToPack {
  /** Names them in the answer. */
  readonly key: string;
  readonly itemCode: string;
  /** Of one unit, millimetres; undefined where it was never measured. */
  readonly size: Triple | undefined;
  /** Weight of one unit, the heaviest that it may be. */
  readonly grams: number;
  readonly count: number;
  readonly temperatureClass: TemperatureClass;
  readonly thisSideUp: boolean;
  /** A trade unit that is a package of its own, such as a box of 10 kg: needs no carton where it has no measures. */
  readonly tradeUnit: boolean;
}

export interface BoxType {
  readonly boxTypeId: string;
  readonly code: string;
  readonly inner: Triple;
  readonly tareGrams: number;
  /** Of the box with its contents. */
  readonly maxGrams: number;
  readonly temperatureClasses: readonly TemperatureClass[];
}

export interface BoxPacked {
  readonly type: 'BoxPacked';
  /** Undefined: the unit ships in its own carton. */
  readonly boxTypeId: string | undefined;
  readonly temperatureClass: TemperatureClass;
  readonly tareGrams: number;
  /** How many units of each of the goods are in the box. */
  readonly contents: ReadonlyMap<string, number>;
  /** Where they stand; none in a unit's own carton. */
  readonly placements: readonly Placement[];
}

const CLASSES: readonly TemperatureClass[] = ['ambient', 'cool', 'chilled', 'frozen'];

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

interface Filled {
  readonly type: BoxType;
  readonly filling: Filling;
}

/** Types ascending by volume, then by code: the least box comes first. */
function ascending(types: readonly BoxType[]): readonly BoxType[] {
  return [...types].sort((a, b) => volumeOf(a.inner) - volumeOf(b.inner) || compare(a.code, b.code));
}

function fillWith(type: BoxType, pieces: readonly Pieces[]): Filled {
  return { type, filling: fillBox(type.inner, type.maxGrams - type.tareGrams, pieces) };
}

/** The least box that takes all of the pieces. */
function leastForAll(types: readonly BoxType[], pieces: readonly Pieces[]): Filled | undefined {
  const volume = pieces.reduce((sum, { size, count }) => sum + volumeOf(size) * count, 0);
  const grams = pieces.reduce((sum, piece) => sum + piece.grams * piece.count, 0);
  for (const type of types) {
    if (volumeOf(type.inner) < volume || type.maxGrams - type.tareGrams < grams) continue;
    const filled = fillWith(type, pieces);
    if (filled.filling.left.length === 0) return filled;
  }
  return undefined;
}

/** How much of what a box offers has been used: its volume or its weight, whichever of the two the pieces are dearer in. */
function loadOf({ filling }: Filled, total: { readonly volume: number; readonly grams: number }): number {
  return filling.volume / total.volume + filling.grams / total.grams;
}

/** The box that takes most of the pieces, the least of such. */
function fullest(types: readonly BoxType[], pieces: readonly Pieces[]): Filled {
  const total = {
    volume: pieces.reduce((sum, { size, count }) => sum + volumeOf(size) * count, 0),
    grams: pieces.reduce((sum, piece) => sum + piece.grams * piece.count, 0),
  };
  let best: Filled | undefined;
  for (const type of types.toReversed()) {
    const most = volumeOf(type.inner) / total.volume + (type.maxGrams - type.tareGrams) / total.grams;
    if (best && most <= loadOf(best, total)) continue;
    const filled = fillWith(type, pieces);
    if (!best || loadOf(filled, total) >= loadOf(best, total)) best = filled;
  }
  return best!;
}

/** What of `pieces` is in a box. */
function packedPieces(pieces: readonly Pieces[], { left }: Filling): readonly Pieces[] {
  const leftOf = new Map(left.map(({ key, count }) => [key, count]));
  return pieces.flatMap((piece) => {
    const count = piece.count - (leftOf.get(piece.key) ?? 0);
    return count > 0 ? [{ ...piece, count }] : [];
  });
}

/** Boxes of one class: while no box takes all the rest, the one that takes most of it; then each is changed for the least that its contents fit into. */
function packClass(types: readonly BoxType[], pieces: readonly Pieces[]): readonly Filled[] {
  const boxes: Filled[] = [];
  let rest = pieces;
  while (rest.length > 0) {
    const last = leastForAll(types, rest);
    const box = last ?? fullest(types, rest);
    const least = last ?? leastForAll(types, packedPieces(rest, box.filling)) ?? box;
    // Another box may lay the same contents out anew, but a larger one is never taken for it.
    boxes.push(volumeOf(least.type.inner) < volumeOf(box.type.inner) ? least : box);
    rest = box.filling.left;
  }
  return boxes;
}

function toBox({ type, filling: { placements } }: Filled, temperatureClass: TemperatureClass): BoxPacked {
  const contents = new Map<string, number>();
  for (const { key, grid } of placements) contents.set(key, (contents.get(key) ?? 0) + volumeOf(grid));
  return { type: 'BoxPacked', boxTypeId: type.boxTypeId, temperatureClass, tareGrams: type.tareGrams, contents, placements };
}

/** A unit in its own carton, one parcel each. */
function ownCartons({ key, count, temperatureClass }: GoodsToPack): readonly BoxPacked[] {
  return Array.from({ length: count }, () => ({
    ...{ type: 'BoxPacked' as const, boxTypeId: undefined, temperatureClass, tareGrams: 0, contents: new Map([[key, 1]]), placements: [] },
  }));
}

/**
 * The boxes that the goods of one order are packed into: of one temperature class each, nothing outside or through one another, none over its weight;
 * as few boxes as a greedy choice finds, and of those the least. Equal goods give equal boxes, in whatever order they come.
 *
 * What is too large or too heavy for every box ships in its own carton, as the field does ("ships in own container"), and so does an unmeasured trade
 * unit, which is a package already. Refused with ITEM_NOT_MEASURED where loose pieces have no measures, with BOX_TYPE_MISSING where the operator has no
 * box at all for a class.
 */
export function cartonise(goods: readonly GoodsToPack[], boxTypes: readonly BoxType[]): Decision<BoxPacked> {
  const boxes: BoxPacked[] = [];
  for (const temperatureClass of CLASSES) {
    const types = ascending(boxTypes.filter((type) => type.temperatureClasses.includes(temperatureClass)));
    const pieces: Pieces[] = [];
    const sorted = goods.filter((line) => line.temperatureClass === temperatureClass && line.count > 0).sort((a, b) => compare(a.key, b.key));
    for (const line of sorted) {
      const { key, size, grams, count, thisSideUp, itemCode } = line;
      if (!size && !line.tradeUnit) return refuse('ITEM_NOT_MEASURED', { item: itemCode });
      if (size && types.length === 0) return refuse('BOX_TYPE_MISSING', { temperatureClass, item: itemCode });
      const piece = size && { key, size, grams: Math.max(1, grams), count, thisSideUp };
      if (piece && types.some((type) => fitsAlone(type.inner, type.maxGrams - type.tareGrams, piece))) pieces.push(piece);
      else boxes.push(...ownCartons(line));
    }
    // The largest first; among equals the longest side, then the name.
    pieces.sort((a, b) => volumeOf(b.size) - volumeOf(a.size) || Math.max(...b.size) - Math.max(...a.size) || compare(a.key, b.key));
    boxes.push(...packClass(types, pieces).map((filled) => toBox(filled, temperatureClass)));
  }
  return accept(boxes);
}
