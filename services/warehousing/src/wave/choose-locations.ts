/** What may be taken of a batch at a location. */
export interface Shelf {
  readonly locationId: string;
  /** Place in the walking order of the centre; unique among the shelves. */
  readonly step: number;
  readonly free: bigint;
}

export interface Take {
  readonly locationId: string;
  readonly count: bigint;
}

/**
 * Where to take `count` units: at the fewest locations that together hold them, and of such sets the first in walking order. Each location but the last of
 * the walk is emptied, so that no stop leaves a rest behind for another. Takes what there is when there is less than `count`.
 */
export function chooseLocations(shelves: readonly Shelf[], count: bigint): readonly Take[] {
  let left = shelves.filter(({ free }) => free > 0n).sort((a, b) => a.step - b.step);
  let stops = fewest(left, count);
  let missing = count;
  const takes: Take[] = [];
  while (missing > 0n && left.length > 0) {
    // The first by the way after which the others need one stop less.
    const next = left.findIndex((shelf, i) => fewest(left.toSpliced(i, 1), missing - shelf.free) <= stops - 1);
    const shelf = left[Math.max(0, next)]!;
    const taken = shelf.free < missing ? shelf.free : missing;
    takes.push({ locationId: shelf.locationId, count: taken });
    missing -= taken;
    stops -= 1;
    left = left.filter((other) => other !== shelf);
  }
  return takes;
}

/** How few of the shelves hold `count`; all of them when they do not. */
function fewest(shelves: readonly Shelf[], count: bigint): number {
  let [missing, stops] = [count, 0];
  for (const { free } of [...shelves].sort((a, b) => (a.free < b.free ? 1 : a.free > b.free ? -1 : 0))) {
    if (missing <= 0n) break;
    missing -= free;
    stops += 1;
  }
  return stops;
}
