import { describe, expect, it } from '@jest/globals';
import { seededRandom } from './random.js';

describe('seededRandom', () => {
  it('gives the same row for the same seed, within [0, 1)', () => {
    const row = (seed: number): number[] => Array.from({ length: 1000 }, seededRandom(seed));
    expect(row(7)).toEqual(row(7));
    expect(row(7)).not.toEqual(row(8));
    expect(row(7).every((x) => x >= 0 && x < 1)).toBe(true);
  });
});
