import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { temperatureTableAt, zoneFit } from '../centre/temperature.js';
import { type GoodsAtDoor, type Place, putAway, putAwayTo } from './put-away.js';

const table = temperatureTableAt(Date.UTC(2022, 5, 23));
const goods: GoodsAtDoor = { phase: 'at_door', temperatureClass: 'chilled', grams: 500_000n };

function place(code: string, other: Partial<Place> = {}): Place {
  return { locationId: code, code, kind: 'rack', zone: 'chilled', freeGrams: 1_000_000n, holdsItem: false, ...other };
}

describe('putAwayTo', () => {
  it.each<[string, Partial<Place>, Record<string, unknown>]>([
    ['LOCATION_TOO_WARM', { zone: 'ambient' }, { needed: 'chilled', zone: 'ambient' }],
    ['LOCATION_TOO_COLD', { zone: 'frozen' }, { needed: 'chilled', zone: 'frozen' }],
    ['LOCATION_FULL', { freeGrams: 499_999n }, { free: 499_999n, needed: 500_000n }],
    ['NOT_STORAGE', { kind: 'dock_door' }, {}],
  ])('answers %s', (code, other, details) => {
    expect(putAwayTo(goods, place('C1', other), table)).toMatchObject({ accepted: false, refusal: { code, details } });
  });

  it('fills a location to the last gram', () => {
    expect(putAwayTo(goods, place('C1', { freeGrams: 500_000n }), table)).toEqual({ accepted: true, events: [{ type: 'GoodsPutAway', locationId: 'C1' }] });
  });

  it.each(['put_away', 'refused'] as const)('moves no goods that are %s', (phase) => {
    expect(putAwayTo({ ...goods, phase }, place('C1'), table)).toMatchObject({ refusal: { code: 'RECEIPT_NOT_AT_DOOR', details: { phase } } });
    expect(putAway({ ...goods, phase }, [place('C1')], table)).toMatchObject({ refusal: { code: 'RECEIPT_NOT_AT_DOOR', details: { phase } } });
  });
});

describe('putAway', () => {
  const chosen = (places: readonly Place[], of: GoodsAtDoor = goods): string | undefined => {
    const decision = putAway(of, places, table);
    return decision.accepted ? decision.events[0]!.locationId : undefined;
  };

  it('prefers the place of the same item, then the tightest fit, then walking order', () => {
    expect(chosen([place('C1'), place('C2', { freeGrams: 900_000n }), place('C3', { holdsItem: true })])).toBe('C3');
    expect(chosen([place('C1'), place('C2', { freeGrams: 900_000n }), place('C3', { freeGrams: 100_000n })])).toBe('C2');
    expect(chosen([place('C2'), place('C1')])).toBe('C1');
  });

  it('keeps cold space for those who need it', () => {
    const dry: GoodsAtDoor = { ...goods, temperatureClass: 'ambient' };
    expect(chosen([place('B1', { zone: 'cool', freeGrams: 500_000n, holdsItem: true }), place('A1', { zone: 'ambient' })], dry)).toBe('A1');
    expect(chosen([place('B1', { zone: 'cool' })], dry)).toBe('B1');
  });

  it('says when no place fits', () => {
    expect(putAway(goods, [place('A1', { zone: 'ambient' }), place('C1', { freeGrams: 1n })], table)).toMatchObject({
      refusal: { code: 'NO_LOCATION', details: { needed: 500_000n } },
    });
  });

  const places = fc.uniqueArray(
    fc.record<Place>({
      locationId: fc.uuid(),
      code: fc.string({ minLength: 1, maxLength: 4 }),
      kind: fc.constantFrom('bin', 'rack', 'floor', 'dock_door'),
      zone: fc.constantFrom('ambient', 'cool', 'chilled', 'frozen'),
      freeGrams: fc.bigInt(0n, 20n),
      holdsItem: fc.boolean(),
    }),
    { selector: (one) => one.code, maxLength: 12 },
  );
  const loads = fc.record<GoodsAtDoor>({
    phase: fc.constant('at_door'),
    temperatureClass: fc.constantFrom('ambient', 'cool', 'chilled', 'frozen'),
    grams: fc.bigInt(1n, 20n),
  });

  it('chooses a fitting place whenever there is one, whatever their order, and none that is wrong (rules W4, W5)', () => {
    fc.assert(
      fc.property(loads, places, (load, all) => {
        const choice = chosen(all, load);
        const fitting = all.filter((one) => one.kind !== 'dock_door' && one.freeGrams >= load.grams && zoneFit(table, load.temperatureClass, one.zone).fits);
        expect(choice !== undefined).toBe(fitting.length > 0);
        if (choice !== undefined) expect(fitting.map((one) => one.locationId)).toContain(choice);
        expect(chosen(all.toReversed(), load)).toBe(choice);
      }),
      { numRuns: 500 },
    );
  });

  it('chooses the best: no other fitting place comes before it', () => {
    const merits = (load: GoodsAtDoor, one: Place): [number, number, bigint, string] => {
      const fit = zoneFit(table, load.temperatureClass, one.zone);
      return [fit.fits ? fit.rank : 9, one.holdsItem ? 0 : 1, one.freeGrams, one.code];
    };
    fc.assert(
      fc.property(loads, places, (load, all) => {
        const best = all.find((one) => one.locationId === chosen(all, load));
        if (!best) return;
        for (const other of all) {
          if (other === best || !putAwayTo(load, other, table).accepted) continue;
          const [a, b] = [merits(load, best), merits(load, other)];
          const first = a.findIndex((merit, i) => merit !== b[i]);
          expect(a[first]! < b[first]!).toBe(true);
        }
      }),
    );
  });
});
