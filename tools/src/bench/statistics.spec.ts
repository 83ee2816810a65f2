import { describe, expect, it } from '@jest/globals';
import { geometricMean, median, quantile, spreadOf } from './statistics.js';

describe('the figures of the bench', () => {
  it('finds quantiles by the nearest rank', () => {
    const values = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(quantile(values, 0.5)).toBe(50);
    expect(quantile(values, 0.99)).toBe(99);
    expect(quantile([7], 0.99)).toBe(7);
    expect(() => quantile([], 0.5)).toThrow(RangeError);
  });

  it('finds the middle, the geometric mean and the ends', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(geometricMean([0.5, 2])).toBeCloseTo(1);
    expect(spreadOf([2, 1, 3])).toEqual([1, 3]);
  });
});
