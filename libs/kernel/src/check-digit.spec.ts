import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { gs1CheckDigit, isGs1Key } from './check-digit.js';

describe('GS1 check digit', () => {
  // examples of the GS1 General Specifications: GTIN-13 and SSCC
  it.each([
    ['629104150021', 3],
    ['37610425002123456', 9],
  ])('of %s is %s', (digits, digit) => expect(gs1CheckDigit(digits)).toBe(digit));

  it('finds every single wrong digit', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{17}$/), fc.nat(17), fc.integer({ min: 1, max: 9 }), (digits, at, by) => {
        const key = digits + String(gs1CheckDigit(digits));
        const wrong = key.slice(0, at) + String((Number(key[at]) + by) % 10) + key.slice(at + 1);
        expect(isGs1Key(key)).toBe(true);
        expect(isGs1Key(wrong)).toBe(false);
      }),
    );
  });

  it('refuses what is not digits', () => {
    expect(() => gs1CheckDigit('12a')).toThrow(RangeError);
    expect(isGs1Key('')).toBe(false);
  });
});
