import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isGs1Key } from '@naru/kernel/check-digit';
import { DEMONSTRATION_PREFIX, sscc } from './sscc.js';

describe('an SSCC', () => {
  it('is the published example of the check digit', () => {
    expect(sscc(3, '7610425', 2_187_123_45n % 1_000_000_000n)).toMatch(/^37610425218712345\d$/);
    expect(sscc(0, '0614141', 123_456_789n)).toBe('006141411234567890');
  });

  it('has 18 digits with its check digit, and another one for each serial', () => {
    const serials = fc.bigInt(0n, 999_999_999n);
    fc.assert(
      fc.property(serials, serials, fc.nat(9), (a, b, extension) => {
        const code = sscc(extension, DEMONSTRATION_PREFIX, a);
        expect(code).toMatch(/^\d{18}$/);
        expect(isGs1Key(code)).toBe(true);
        expect(code === sscc(extension, DEMONSTRATION_PREFIX, b)).toBe(a === b);
      }),
    );
  });

  it('is never given beyond the last serial', () => {
    expect(() => sscc(0, DEMONSTRATION_PREFIX, 1_000_000_000n)).toThrow(RangeError);
    expect(() => sscc(0, DEMONSTRATION_PREFIX, -1n)).toThrow(RangeError);
  });
});
