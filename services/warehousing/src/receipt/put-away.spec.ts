import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { temperatureTableAt, zoneFit } from '../centre/temperature.js';
import { type GoodsAtDoor, type Load, type Place, putAway, putAwayAll, putAwayTo, type Shelf } from './put-away.js';

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

describe('many loads', () => {
  const shelvesOf = fc.uniqueArray(
    fc.record({
      locationId: fc.stringMatching(/^L[0-9]{2}$/),
      kind: fc.constantFrom<Shelf['kind']>('rack', 'floor'),
      zone: fc.constantFrom<Shelf['zone']>('ambient', 'cool', 'chilled'),
      freeGrams: fc.bigInt(0n, 300n),
    }),
    { selector: (shelf) => shelf.locationId, maxLength: 8 },
  );
  const loadsOf = fc.array(
    fc.record({
      phase: fc.constant('at_door' as const),
      itemId: fc.constantFrom('mug', 'tea'),
      temperatureClass: fc.constantFrom<Load['temperatureClass']>('ambient', 'chilled'),
      grams: fc.bigInt(1n, 120n),
    }),
    { maxLength: 12 },
  );

  it('go where each would go alone after the others, and never overfill a place (rule W5) or lie too warm or too cold (rule W4)', () => {
    fc.assert(
      fc.property(shelvesOf, loadsOf, (rows, loads) => {
        const shelves = rows.map((row) => ({ ...row, code: row.locationId }));
        const free = new Map(shelves.map((shelf) => [shelf.locationId, shelf.freeGrams]));
        const holding = new Map<string, Set<string>>();
        const decisions = putAwayAll(loads, shelves, new Map(), table);
        for (const [i, load] of loads.entries()) {
          const own = holding.get(load.itemId) ?? new Set();
          const places = shelves.map((shelf) => ({ ...shelf, freeGrams: free.get(shelf.locationId)!, holdsItem: own.has(shelf.locationId) }));
          const alone = putAway(load, places, table);
          expect(decisions[i]).toEqual(alone);
          if (!alone.accepted) continue;
          const { locationId } = alone.events[0]!;
          free.set(locationId, free.get(locationId)! - load.grams);
          holding.set(load.itemId, own.add(locationId));
          expect(free.get(locationId)! >= 0n).toBe(true);
          expect(zoneFit(table, load.temperatureClass, shelves.find((shelf) => shelf.locationId === locationId)!.zone).fits).toBe(true);
        }
      }),
    );
  });
});
