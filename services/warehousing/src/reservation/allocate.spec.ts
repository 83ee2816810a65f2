import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isUsable } from '../stock/expiry.js';
import { allocate, type FreeStock, without } from './allocate.js';

const TODAY = '2022-06-23';
const day = fc.integer({ min: 18, max: 30 }).map((d) => `2022-06-${d}`);
const stock: fc.Arbitrary<FreeStock> = fc.record({
  batch: fc.constantFrom('A', 'B', 'C', 'D'),
  centreId: fc.constantFrom('c1', 'c2', 'c3'),
  expiresOn: fc.option(day, { nil: undefined }),
  today: fc.constant(TODAY),
  free: fc.bigInt({ min: 0n, max: 20n }),
});
const free = fc.uniqueArray(stock, { selector: ({ batch, centreId }) => `${batch} ${centreId}`, maxLength: 12 });
const asked = fc.record({
  count: fc.bigInt({ min: 1n, max: 60n }),
  minRemainingLifeDays: fc.integer({ min: 0, max: 5 }),
  centres: fc.option(fc.uniqueArray(fc.constantFrom('c1', 'c2', 'c3'), { minLength: 1 }), { nil: undefined }),
});
const sum = (counts: readonly bigint[]): bigint => counts.reduce((a, b) => a + b, 0n);

describe('allocation', () => {
  it('takes all that may be had and no more, never what does not keep long enough', () => {
    fc.assert(fc.property(asked, free, (ask, stocks) => {
      const { parts, short } = allocate(ask, stocks);
      const eligible = stocks.filter((s) => (!ask.centres || (ask.centres as readonly string[]).includes(s.centreId)) && isUsable(s.expiresOn, s.today, ask.minRemainingLifeDays));
      const most = sum(eligible.map((s) => s.free));
      expect(sum(parts.map((p) => p.count)) + short).toBe(ask.count);
      expect(short).toBe(ask.count > most ? ask.count - most : 0n);
      for (const { stock: taken, count } of parts) {
        expect(count > 0n && count <= taken.free).toBe(true);
        expect(eligible).toContain(taken);
      }
    }));
  });

  it('leaves nothing in a centre that expires before what it took there', () => {
    fc.assert(fc.property(asked, free, (ask, stocks) => {
      const result = allocate(ask, stocks);
      const left = without(stocks, result).filter((s) => s.free > 0n && isUsable(s.expiresOn, s.today, ask.minRemainingLifeDays));
      for (const { stock: taken } of result.parts)
        for (const other of left) if (other.centreId === taken.centreId && ask.centres) expect((other.expiresOn ?? '~') >= (taken.expiresOn ?? '~')).toBe(true);
    }));
  });

  it('does not depend on the order of what is free', () => {
    fc.assert(fc.property(asked, free, (ask, stocks) => {
      const plain = ({ parts, short }: ReturnType<typeof allocate>): unknown => ({ short, parts: parts.map(({ stock: s, count }) => [s.batch, s.centreId, count]) });
      expect(plain(allocate(ask, stocks.toReversed()))).toEqual(plain(allocate(ask, stocks)));
    }));
  });

  it('is the same line by line and in bulk', () => {
    fc.assert(fc.property(asked, fc.bigInt({ min: 1n, max: 30n }), free, (ask, more, stocks) => {
      const whole = allocate({ ...ask, count: ask.count + more }, stocks);
      const first = allocate(ask, stocks);
      const second = allocate({ ...ask, count: more }, without(stocks, first));
      const per = (parts: readonly { stock: FreeStock; count: bigint }[]): Map<string, bigint> =>
        parts.reduce((all, { stock: s, count }) => all.set(`${s.batch} ${s.centreId}`, (all.get(`${s.batch} ${s.centreId}`) ?? 0n) + count), new Map<string, bigint>());
      expect([...per([...first.parts, ...second.parts])].sort()).toEqual([...per(whole.parts)].sort());
      expect(first.short + second.short).toBe(whole.short);
    }));
  });

  it('counts the last day in, and the days that the customer asks for', () => {
    expect(isUsable(TODAY, TODAY, 0)).toBe(true);
    expect(isUsable('2022-06-22', TODAY, 0)).toBe(false);
    expect(isUsable('2022-06-26', TODAY, 3)).toBe(true);
    expect(isUsable('2022-06-25', TODAY, 3)).toBe(false);
    expect(isUsable(undefined, TODAY, 300)).toBe(true);
  });
});
