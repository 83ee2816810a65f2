import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allocate } from './allocation.js';
import { closeMarketDay } from './market-day.js';
import { advanceEntry, overpaidEntry, paymentEntry, payoutEntry, reversed, saleEntry, sumOf, writeOffEntry } from './posting.js';

const amount = () => fc.bigInt({ min: 0n, max: 10n ** 15n });

describe('entries', () => {
  it('balance, and what takes them back leaves nothing', () =>
    fc.assert(
      fc.property(amount(), (sum) => {
        const entries = [saleEntry({ buyerOrganizationId: 'b', consignorOrganizationId: 'c', amount: sum }), paymentEntry('b', sum), writeOffEntry('b', sum), payoutEntry('c', sum), advanceEntry('c', sum), overpaidEntry('c', sum)];
        for (const entry of entries) {
          expect(sumOf(entry)).toBe(0n);
          expect(entry.every((posting) => posting.amount !== 0n)).toBe(true);
          const both = [...entry, ...reversed(entry, 'document')];
          for (const { account } of entry) expect(sumOf(both.filter((posting) => posting.account === account))).toBe(0n);
        }
      }),
    ));
});

describe('allocate', () => {
  it('gives the whole away, each part less than one unit from its exact share', () =>
    fc.assert(
      fc.property(amount(), fc.array(fc.bigInt({ min: 0n, max: 10n ** 9n }), { minLength: 1, maxLength: 30 }), (total, weights) => {
        const parts = allocate(total, weights);
        const sum = weights.reduce((a, b) => a + b, 0n);
        expect(parts.reduce((a, b) => a + b, 0n)).toBe(total);
        if (sum > 0n) weights.forEach((weight, i) => expect((parts[i]! * sum - total * weight) ** 2n < sum ** 2n).toBe(true));
      }),
    ));

  it('does not depend on the order of different weights', () =>
    fc.assert(
      fc.property(amount(), fc.uniqueArray(fc.bigInt({ min: 1n, max: 10n ** 6n }), { minLength: 1, maxLength: 12 }), (total, weights) => {
        const remainders = weights.map((weight) => (total * weight) % weights.reduce((a, b) => a + b, 0n));
        fc.pre(new Set(remainders).size === remainders.length);
        const parts = new Map(weights.map((weight, i) => [weight, allocate(total, weights)[i]]));
        const turned = weights.toReversed();
        allocate(total, turned).forEach((part, i) => expect(part).toBe(parts.get(turned[i]!)));
      }),
    ));

  it('gives the unit over to the earlier of equals', () => {
    expect(allocate(10n, [1n, 1n, 1n])).toEqual([4n, 3n, 3n]);
    expect(allocate(5n, [0n, 0n])).toEqual([3n, 2n]);
    expect(allocate(5n, [])).toEqual([]);
  });
});

describe('a market day', () => {
  const day = { businessDay: '2022-06-23', phase: 'open', closedAt: undefined } as const;
  const figures = { debits: 5n, credits: 5n, slips: 1n, notes: 1n, invoices: 1n, sessionsOpen: 0n, documentsMissing: 0n };

  it('closes once, on its day or later, when it balances and every document is there', () => {
    expect(closeMarketDay(day, figures, '2022-06-23', 7)).toEqual({ accepted: true, events: [{ type: 'MarketDayClosed', closedAt: 7 }] });
    expect(closeMarketDay(day, figures, '2022-06-22', 7)).toMatchObject({ refusal: { code: 'MARKET_DAY_TO_COME' } });
    expect(closeMarketDay({ ...day, phase: 'closed', closedAt: 6 }, figures, '2022-06-23', 7)).toMatchObject({ refusal: { code: 'MARKET_DAY_CLOSED' } });
    for (const wrong of [{ credits: 4n }, { sessionsOpen: 1n }, { documentsMissing: 1n }])
      expect(closeMarketDay(day, { ...figures, ...wrong }, '2022-06-23', 7)).toMatchObject({ refusal: { code: 'MARKET_DAY_NOT_BALANCED' } });
  });
});
