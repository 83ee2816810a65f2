import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { eventsOf } from '@naru/kernel/decision';
import { type BatchInCentre, holdStock, releaseStock, writeOffStock } from './holding.js';
import { isBalanced, type Lying, type StockStatus } from './ledger.js';
import { slices, sumOf } from './slices.js';

const statuses: readonly StockStatus[] = ['available', 'held', 'held_unpaid', 'held_quality', 'held_count', 'damaged', 'expired'];
const lyingOf = fc
  .uniqueArray(fc.tuple(fc.constantFrom('S1', 'S2', 'D1', 'P1'), fc.constantFrom(...statuses)), { selector: ([place, status]) => place + status, maxLength: 10 })
  .chain((places) =>
    fc.tuple(...places.map(([locationId, status]) => fc.record({ count: fc.bigInt(1n, 20n), grams: fc.bigInt(1n, 999n) }).map((quantity) => lying(locationId, status, quantity)))),
  ) as fc.Arbitrary<readonly Lying[]>;

function lying(locationId: string, status: StockStatus, quantity: { readonly count: bigint; readonly grams: bigint }): Lying {
  return { goods: { ownerId: 'shop', itemId: 'mug', batch: 'B1', unit: '1 pieces' }, place: { account: 'location', centreId: 'GN', locationId, status }, ...quantity };
}

function batchOf(parts: readonly Lying[], reserved = 0n, unpaid = 0n): BatchInCentre {
  const onHand = sumOf(parts.filter(({ place }) => place.status === 'available')).count;
  return {
    lying: parts,
    promised: new Map([['1 pieces', { onHand, reserved: reserved < onHand ? reserved : onHand }]]),
    unpaid: new Map([['1 pieces', unpaid]]),
    kindOf: (place) => (place.account !== 'location' ? undefined : place.locationId === 'P1' ? 'packing_station' : place.locationId === 'D1' ? 'dock_door' : 'rack'),
    why: ['E1', 'E2'],
  };
}

describe('slices', () => {
  it('take what is asked for in order, or all there is, and weigh no more than is there', () => {
    fc.assert(
      fc.property(lyingOf, fc.bigInt(0n, 60n), fc.option(fc.bigInt(1n, 500n), { nil: undefined }), (parts, count, grams) => {
        const taken = slices(parts, count, grams);
        const there = sumOf(parts).count;
        expect(sumOf(taken).count).toBe(count < there ? count : there);
        for (const [i, part] of taken.entries()) {
          expect(part.place).toBe(parts[i]!.place);
          expect(part.count <= parts[i]!.count && part.grams <= parts[i]!.grams && part.grams >= 0n).toBe(true);
          if (part.count === parts[i]!.count) expect(part.grams).toBe(parts[i]!.grams);
        }
      }),
    );
  });

  it('take a known weight as it is', () => {
    expect(slices([lying('S1', 'available', { count: 17n, grams: 170_100n })], 10n, 100_200n)).toMatchObject([{ count: 10n, grams: 100_200n }]);
    expect(slices([lying('S1', 'available', { count: 3n, grams: 100n })], 2n)).toMatchObject([{ count: 2n, grams: 66n }]);
  });
});

describe('a hold', () => {
  it('holds all that is free or unpaid and nothing else, and balances', () => {
    fc.assert(
      fc.property(lyingOf, fc.bigInt(0n, 30n), (parts, reserved) => {
        const batch = batchOf(parts, reserved);
        const { onHand, reserved: promised } = batch.promised.get('1 pieces')!;
        const unpaid = sumOf(parts.filter(({ place }) => place.status === 'held_unpaid')).count;
        const decision = holdStock(batch);
        expect(decision.accepted).toBe(onHand - promised + unpaid > 0n);
        if (!decision.accepted) return expect(decision.refusal).toMatchObject({ code: 'NOTHING_TO_HOLD', why: ['E1', 'E2'] });
        const [held] = decision.events;
        expect(held!.count).toBe(onHand - promised + unpaid);
        expect(isBalanced(held!.lines)).toBe(true);
      }),
    );
  });

  it('takes from shelves before doors and packing stations', () => {
    const parts = ['P1', 'D1', 'S1'].map((place) => lying(place, 'available', { count: 5n, grams: 50n }));
    const [held] = eventsOf(holdStock(batchOf(parts, 7n)));
    expect(held!.lines.filter(({ count }) => count < 0n).map(({ place, count }) => ['locationId' in place && place.locationId, count])).toEqual([
      ['S1', -5n],
      ['D1', -3n],
    ]);
  });
});

describe('a release', () => {
  it('frees all that was held; as much of it waits for its payment as is owed', () => {
    fc.assert(
      fc.property(lyingOf, fc.bigInt(0n, 60n), (parts, owed) => {
        const sumBy = (status: StockStatus) => sumOf(parts.filter(({ place }) => place.status === status)).count;
        const decision = releaseStock(batchOf(parts, 0n, owed));
        const held = sumBy('held_quality');
        expect(decision.accepted).toBe(held > 0n);
        if (!decision.accepted) return;
        expect(sumOf(decision.events).count).toBe(held);
        const rest = owed - sumBy('held_unpaid');
        const expected = rest < 0n ? 0n : rest < held ? rest : held;
        expect(sumOf(decision.events.filter(({ status }) => status === 'held_unpaid')).count).toBe(expected);
        expect(isBalanced(decision.events.flatMap(({ lines }) => lines))).toBe(true);
      }),
    );
  });
});

describe('a write-off', () => {
  it('takes what is asked for or nothing, promised goods never, and unsaleable ones first', () => {
    fc.assert(
      fc.property(lyingOf, fc.bigInt(0n, 30n), fc.bigInt(1n, 60n), (parts, reserved, count) => {
        const batch = batchOf(parts, reserved);
        const { onHand, reserved: promised } = batch.promised.get('1 pieces')!;
        const decision = writeOffStock(batch, count, '');
        if (!decision.accepted) {
          expect(['STOCK_NOT_THERE', 'STOCK_RESERVED']).toContain(decision.refusal.code);
          return;
        }
        const [lost] = decision.events;
        expect(lost!.count).toBe(count);
        const available = lost!.lines.filter(({ place, count: change }) => place.status === 'available' && change < 0n).reduce((sum, line) => sum - line.count, 0n);
        expect(available <= onHand - promised).toBe(true);
        const unsaleable = sumOf(parts.filter(({ place }) => place.status !== 'available' && place.status !== 'held_unpaid')).count;
        if (available > 0n) expect(count > unsaleable).toBe(true);
      }),
    );
  });

  it('asks for the unit where there are several', () => {
    const boxes = lying('S1', 'available', { count: 2n, grams: 20n });
    const batch = batchOf([boxes, { ...boxes, goods: { ...boxes.goods, unit: '6 pieces' } }]);
    expect(writeOffStock(batch, 1n, '')).toMatchObject({ refusal: { code: 'UNIT_NEEDED', details: { units: '1 pieces, 6 pieces' } } });
    expect(writeOffStock(batch, 1n, '6 pieces').accepted).toBe(false); // nothing of it is promisable in this fixture
    expect(writeOffStock(batch, 1n, '1 pieces').accepted).toBe(true);
  });
});
