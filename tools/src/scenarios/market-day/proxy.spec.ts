import { describe, expect, it } from '@jest/globals';
import { play, type LotTerms, type PlannedBid } from './proxy.js';

const terms: LotTerms = {
  start: 100n, reserve: 0n, increments: [{ fromAmount: 0n, increment: 10n }, { fromAmount: 200n, increment: 50n }], bidUnit: 10n,
  openMs: 60_000, softCloseWindowMs: 10_000, softCloseExtensionMs: 10_000, hardEndMs: 75_000,
};
const bid = (organization: string, limit: bigint, afterOpeningMs: number): PlannedBid => ({ organization, limit, afterOpeningMs });

describe('a lot played by the ascending rule with proxies', () => {
  it('starts at its start price and goes one increment over the second limit', () => {
    expect(play([bid('a', 150n, 0)], terms)).toMatchObject({ price: 100n, leader: 'a' });
    expect(play([bid('a', 150n, 0), bid('b', 120n, 1)], terms)).toMatchObject({ price: 130n, leader: 'a' });
    expect(play([bid('a', 150n, 0), bid('b', 300n, 1)], terms)).toMatchObject({ price: 160n, leader: 'b' });
    expect(play([bid('a', 150n, 0), bid('b', 150n, 1)], terms)).toMatchObject({ price: 150n, leader: 'a' });
  });

  it('refuses a bid below the minimum, out of unit or after the close', () => {
    const low = [bid('a', 90n, 0), bid('b', 105n, 1)];
    expect(play(low, terms)).toMatchObject({ low, price: undefined, leader: undefined });
    expect(play([bid('a', 150n, 0), bid('b', 100n, 1)], terms).low).toEqual([bid('b', 100n, 1)]);
    expect(play([bid('a', 150n, 60_000)], terms).late).toHaveLength(1);
  });

  it('jumps to the reserve once the leader makes it', () => {
    expect(play([bid('a', 150n, 0)], { ...terms, reserve: 140n })).toMatchObject({ price: 140n });
    expect(play([bid('a', 130n, 0)], { ...terms, reserve: 140n })).toMatchObject({ price: 100n });
  });

  it('closes later for leading bids in the window, up to the hard end', () => {
    expect(play([bid('a', 150n, 55_000)], terms).closesAfterMs).toBe(65_000);
    expect(play([bid('a', 150n, 10), bid('b', 120n, 55_000)], terms).closesAfterMs).toBe(60_000);
    expect(play([bid('a', 150n, 55_000), bid('b', 300n, 64_000), bid('a', 600n, 73_000)], terms).closesAfterMs).toBe(75_000);
  });
});
