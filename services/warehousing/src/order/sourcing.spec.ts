import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { distanceMetres, source, type SourcingCentre, type Wants } from './sourcing.js';

const SEOUL = { latitudeE6: 37_566_500, longitudeE6: 126_978_000 };
const BUSAN = { latitudeE6: 35_179_600, longitudeE6: 129_075_600 };

const counts = (max: bigint): fc.Arbitrary<Map<string, bigint>> =>
  fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.bigInt({ min: 1n, max })).map((o) => new Map(Object.entries(o)));
const wants = counts(9n).filter((w) => w.size > 0);
const centres: fc.Arbitrary<SourcingCentre[]> = fc.uniqueArray(
  fc.record({ code: fc.constantFrom('N1', 'N2', 'N3', 'N4', 'N5'), distanceMetres: fc.option(fc.bigInt({ min: 0n, max: 5n }), { nil: undefined }), free: counts(6n) }),
  { selector: (c) => c.code },
).map((all) => all.map((c) => ({ ...c, centreId: `id-${c.code}` })));

function fills(want: Wants, set: readonly SourcingCentre[]): bigint {
  let all = 0n;
  for (const [item, count] of want) {
    let have = 0n;
    for (const c of set) have += c.free.get(item) ?? 0n;
    all += have < count ? have : count;
  }
  return all;
}

describe('sourcing', () => {
  it('measures the earth', () => {
    expect(Number(distanceMetres(SEOUL, BUSAN)) / 1000).toBeCloseTo(325, -1);
    expect(distanceMetres(SEOUL, SEOUL)).toBe(0n);
    expect(distanceMetres(BUSAN, SEOUL)).toBe(distanceMetres(SEOUL, BUSAN));
  });

  it('takes the nearest that has all, if one has', () => {
    fc.assert(fc.property(wants, centres, (want, all) => {
      const asked = [...want.values()].reduce((a, b) => a + b, 0n);
      const able = all.filter((c) => fills(want, [c]) === asked);
      const result = source(want, all);
      expect(result.reason === 'nearest_with_all').toBe(able.length > 0);
      if (able.length === 0) return;
      const [chosen] = all.filter((c) => c.centreId === result.centres[0]);
      expect(result.centres).toHaveLength(1);
      expect(able).toContain(chosen);
      for (const other of able) expect((other.distanceMetres ?? 100n) >= (chosen!.distanceMetres ?? 100n)).toBe(true);
    }));
  });

  it('else fills the most with the fewest parcels: no set of centres does better', () => {
    fc.assert(fc.property(wants, centres, (want, all) => {
      const { centres: ids } = source(want, all);
      const chosen = all.filter((c) => ids.includes(c.centreId));
      const most = fills(want, all);
      expect(fills(want, chosen)).toBe(most);
      for (let size = 0; size < chosen.length; size++) for (const set of subsets(all, size)) expect(fills(want, set) < most).toBe(true);
    }));
  });

  it('does not depend on the order of the centres, and says what it saw', () => {
    fc.assert(fc.property(wants, centres, (want, all) => {
      const result = source(want, all);
      expect(source(want, all.toReversed())).toEqual(result);
      expect(result.candidates.filter((c) => c.chosen).map((c) => c.centreId)).toEqual(result.centres);
      for (const candidate of result.candidates) expect(candidate.couldFill).toBe(fills(want, all.filter((c) => c.centreId === candidate.centreId)));
    }));
  });
});

function* subsets<T>(from: readonly T[], size: number, start = 0): Generator<readonly T[]> {
  if (size === 0) yield [];
  else for (let i = start; i < from.length; i++) for (const rest of subsets(from, size - 1, i + 1)) yield [from[i]!, ...rest];
}
