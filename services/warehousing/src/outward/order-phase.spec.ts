import { describe, expect, it } from '@jest/globals';
import { type OrderTotals, outwardPhase } from './order-phase.js';

const totals = (open: bigint, picked: bigint, packed: bigint, staged: bigint, readyTasks = 0n): OrderTotals => ({ open, picked, packed, staged, readyTasks });

describe('how far an order is', () => {
  it('is as far as the least of what is open', () => {
    expect(outwardPhase('reserved', totals(5n, 0n, 0n, 0n))).toBe('reserved');
    expect(outwardPhase('reserved', totals(5n, 0n, 0n, 0n, 1n))).toBe('released');
    expect(outwardPhase('released', totals(5n, 4n, 4n, 4n))).toBe('released');
    expect(outwardPhase('released', totals(5n, 5n, 0n, 0n))).toBe('picked');
    expect(outwardPhase('picked', totals(5n, 5n, 5n, 4n))).toBe('packed');
    expect(outwardPhase('packed', totals(5n, 5n, 5n, 5n))).toBe('staged');
  });

  it('goes back when more is promised, and stays when nothing is open', () => {
    expect(outwardPhase('staged', totals(7n, 5n, 5n, 5n))).toBe('released');
    expect(outwardPhase('reserved', totals(0n, 0n, 0n, 0n))).toBe('reserved');
    expect(outwardPhase('cancelled', totals(5n, 5n, 5n, 5n))).toBe('cancelled');
  });
});
