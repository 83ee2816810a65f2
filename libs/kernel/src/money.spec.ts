import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { divideHalfEven, exponentOf, formatMinor, money } from './money.js';

describe('divideHalfEven', () => {
  it.each([
    [5n, 2n, 2n],
    [7n, 2n, 4n],
    [-5n, 2n, -2n],
    [-7n, 2n, -4n],
    [10n, 3n, 3n],
    [11n, 3n, 4n],
    [0n, 7n, 0n],
  ])('%s ÷ %s = %s', (dividend, divisor, quotient) => expect(divideHalfEven(dividend, divisor)).toBe(quotient));

  it('is never further than half a unit from the exact quotient, and even when exactly half', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.bigInt({ min: 1n, max: 10n ** 9n }), (dividend, divisor) => {
        const twiceOff = (divideHalfEven(dividend, divisor) * divisor - dividend) * 2n;
        const size = twiceOff < 0n ? -twiceOff : twiceOff;
        expect(size <= divisor).toBe(true);
        if (size === divisor) expect(divideHalfEven(dividend, divisor) % 2n).toBe(0n);
      }),
    );
  });
});

describe('formatMinor', () => {
  it.each([
    ['KRW', 1234567n, '1,234,567'],
    ['KRW', 0n, '0'],
    ['INR', 1250n, '12.50'],
    ['INR', 5n, '0.05'],
    ['INR', -123456n, '-1,234.56'],
  ])('%s %s', (currency, amount, text) => expect(formatMinor(money(currency, amount))).toBe(text));
  it('knows no exponent of an unknown currency', () => expect(() => exponentOf('XXX')).toThrow(RangeError));
});
