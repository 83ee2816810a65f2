import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isBalanced, type Lying, type StockStatus } from '../stock/ledger.js';
import { sumOf } from '../stock/slices.js';
import { freeGoods, passGoods, statusAtSale } from './ownership.js';

const statuses: readonly StockStatus[] = ['available', 'held', 'held_quality', 'damaged'];
function lying(locationId: string, status: StockStatus, count: bigint, grams: bigint): Lying {
  return { goods: { ownerId: 'farm', itemId: 'apples', batch: 'B1', unit: '10000 g' }, place: { account: 'location', centreId: 'GN', locationId, status }, count, grams };
}
const piles = fc
  .uniqueArray(fc.tuple(fc.constantFrom('D1', 'S1', 'S2'), fc.constantFrom(...statuses)), { selector: ([place, status]) => place + status, maxLength: 8 })
  .chain((places) => fc.tuple(...places.map(([place, status]) => fc.tuple(fc.bigInt(1n, 20n), fc.bigInt(1n, 999n)).map(([count, grams]) => lying(place, status, count, grams)))));

describe('sold goods', () => {
  it('wait for their payment if they could be sold on, and stay what they are if not', () => {
    expect(statuses.map(statusAtSale)).toEqual(['held_unpaid', 'held', 'held_quality', 'damaged']);
  });

  it('pass as they were received, no more than is there, each owner’s books balanced; and as much as could be sold on waits for its payment', () => {
    fc.assert(
      fc.property(piles, fc.bigInt(1n, 40n), (there, count) => {
        const { lines, passed, unpaid } = passGoods(there, { count, grams: 500n, locationId: 'S1', status: 'available' }, 'shop');
        const total = sumOf(there).count;
        expect(passed.count).toBe(count < total ? count : total);
        expect(isBalanced(lines)).toBe(true);
        const real = lines.filter(({ place }) => place.account === 'location');
        expect(sumOf(real.filter(({ goods }) => goods.ownerId === 'farm'))).toEqual({ count: -passed.count, grams: -passed.grams });
        expect(sumOf(real.filter(({ goods }) => goods.ownerId === 'shop'))).toEqual(passed);
        expect(sumOf(real.filter(({ place }) => place.status === 'held_unpaid'))).toEqual(unpaid);
        expect(real.some(({ goods, place }) => goods.ownerId === 'shop' && place.status === 'available')).toBe(false);
      }),
    );
  });

  it('are taken from the receipt’s own place first', () => {
    const there = [lying('S2', 'available', 10n, 100n), lying('S1', 'available', 10n, 100n)];
    const { lines } = passGoods(there, { count: 10n, grams: 100n, locationId: 'S1', status: 'available' }, 'shop');
    expect(lines.flatMap(({ place }) => ('locationId' in place ? [place.locationId] : []))).toEqual(['S1', 'S1']);
  });

  it('are freed where they lie, as many as passed unpaid, and nothing that is held for another reason', () => {
    const there = [lying('S1', 'held_unpaid', 6n, 60n), lying('S2', 'held_unpaid', 9n, 90n), lying('S1', 'held_quality', 5n, 50n)];
    const { lines, passed } = freeGoods(there, { count: 10n, grams: 100n });
    expect(passed).toEqual({ count: 10n, grams: 100n });
    expect(lines.map(({ place, count }) => ['locationId' in place && place.locationId, place.status, count])).toEqual([
      ['S1', 'held_unpaid', -6n],
      ['S1', 'available', 6n],
      ['S2', 'held_unpaid', -4n],
      ['S2', 'available', 4n],
    ]);
  });
});
