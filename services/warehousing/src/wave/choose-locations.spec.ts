import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chooseLocations, type Shelf } from './choose-locations.js';

const shelves = fc
  .array(fc.bigInt(0n, 12n), { maxLength: 8 })
  .map((counts) => counts.map((free, step): Shelf => ({ locationId: `L${step}`, step, free })));

/** Every way to choose some of the shelves, as lists of steps. */
function choices(all: readonly Shelf[]): readonly (readonly Shelf[])[] {
  return all.reduce<readonly (readonly Shelf[])[]>((sets, shelf) => [...sets, ...sets.map((set) => [...set, shelf])], [[]]);
}

const sum = (counts: readonly bigint[]): bigint => counts.reduce((total, count) => total + count, 0n);

describe('the choice of locations', () => {
  it('takes one stop that holds all before two nearer ones', () => {
    const near: readonly Shelf[] = [
      { locationId: 'a', step: 0, free: 3n },
      { locationId: 'b', step: 1, free: 3n },
      { locationId: 'c', step: 2, free: 9n },
    ];
    expect(chooseLocations(near, 5n)).toEqual([{ locationId: 'c', count: 5n }]);
    expect(chooseLocations(near, 3n)).toEqual([{ locationId: 'a', count: 3n }]);
    expect(chooseLocations(near, 12n)).toEqual([
      { locationId: 'a', count: 3n },
      { locationId: 'c', count: 9n },
    ]);
    expect(chooseLocations(near, 99n)).toHaveLength(3);
    expect(chooseLocations([], 1n)).toEqual([]);
  });

  it('takes what is asked, never more than there is, at the fewest stops, the first by the way', () => {
    fc.assert(
      fc.property(shelves, fc.bigInt(1n, 60n), (floor, count) => {
        const takes = chooseLocations(floor, count);
        const there = sum(floor.map(({ free }) => free));
        expect(sum(takes.map((take) => take.count))).toBe(count < there ? count : there);
        for (const take of takes) expect(take.count > 0n && take.count <= floor.find(({ locationId }) => locationId === take.locationId)!.free).toBe(true);
        expect(new Set(takes.map(({ locationId }) => locationId)).size).toBe(takes.length);
        if (there < count) return;
        const enough = choices(floor).filter((set) => sum(set.map(({ free }) => free)) >= count);
        const least = Math.min(...enough.map((set) => set.length));
        const first = enough.filter((set) => set.length === least).map((set) => set.map(({ step }) => String(step).padStart(2, '0')).join());
        expect(takes.map(({ locationId }) => locationId.slice(1).padStart(2, '0')).join()).toBe(first.sort()[0]);
        expect(chooseLocations(floor.toReversed(), count)).toEqual(takes);
      }),
    );
  });
});
