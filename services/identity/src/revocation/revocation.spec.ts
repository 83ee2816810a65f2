import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { forGood, forWhatWasIssued } from './revocation.js';

const now = fc.integer({ min: 0, max: 4_000_000_000_000 });
/** What a token says of an instant. */
const issuedAt = (instant: number): number => Math.floor(instant / 1000) * 1000;

describe('what is revoked', () => {
  it('ends every token that was issued until a second after', () => {
    fc.assert(fc.property(now, fc.nat(999), (t, late) => expect(issuedAt(t + late)).toBeLessThan(forWhatWasIssued(t))));
    fc.assert(fc.property(now, fc.nat(59_999), (t, late) => expect(issuedAt(t + late)).toBeLessThan(forGood(t))));
  });

  it('lets a token of the new secret hold once that time has come, at most two seconds later', () => {
    fc.assert(
      fc.property(now, (t) => {
        expect(forWhatWasIssued(t) - t).toBeLessThan(2001);
        expect(issuedAt(forWhatWasIssued(t))).toBe(forWhatWasIssued(t));
      }),
    );
  });
});
