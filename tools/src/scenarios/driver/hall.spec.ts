import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { BidAction } from '../market-day/actions.js';
import { Hall } from './hall.js';

const OPENED = Date.parse('2022-06-23T05:00:00Z');
const CLOSES = OPENED + 30_000;

interface Lot {
  readonly lotId: string;
  readonly code: string;
  readonly openedAt: string;
  readonly closesAt: string;
}

function lot(lotId: string, closesAt = CLOSES): Lot {
  return { lotId, code: `LOT-${lotId}`, openedAt: new Date(OPENED).toISOString(), closesAt: new Date(closesAt).toISOString() };
}

/** A market that answers with the lots of `open`, one answer after the other; the last one stays. */
function hallOf(open: (Lot | undefined)[], bids: readonly BidAction[] = []): { hall: Hall; looks: () => number } {
  let looks = 0;
  const get = <T>(): Promise<T> => {
    const answer = open[Math.min(looks++, open.length - 1)];
    return Promise.resolve({ lots: answer ? [answer] : [] } as T);
  };
  return { hall: new Hall({ get }, 'session', () => bids), looks: () => looks };
}

function bid(key: string, afterOpeningMs: number): BidAction {
  return { kind: 'place-bid', key, by: 'b1', consignment: 'r1', market: 'm1', afterOpeningMs, limitAmount: 100n };
}

function recorder(): { placed: string[]; bid: (action: BidAction) => Promise<void> } {
  const placed: string[] = [];
  return { placed, bid: async ({ key }) => void placed.push(key) };
}

describe('a hall', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('bids at the instants after the opening, and looks at the close', async () => {
    const { hall } = hallOf([lot('1'), lot('2'), undefined], [bid('early', 5_000), bid('late', 9_000)]);
    const caller = recorder();
    await hall.look();
    expect(hall.due).toBe(OPENED + 5_000);
    await hall.act(OPENED + 5_000, caller, 'KRW');
    expect([caller.placed, hall.due]).toEqual([['early'], OPENED + 9_000]);
    await hall.act(OPENED + 9_000, caller, 'KRW');
    expect([caller.placed, hall.due, hall.closed]).toEqual([['early', 'late'], CLOSES, 0]);
    await hall.act(CLOSES, caller, 'KRW');
    expect(hall.closed).toBe(2); // the second lot stood at its close already, and the session was over then
    expect(hall.due).toBeUndefined();
  });

  it('follows a close that has moved', async () => {
    const { hall, looks } = hallOf([lot('1'), lot('1', CLOSES + 5_000)]);
    await hall.look();
    await hall.act(CLOSES, recorder(), 'KRW');
    expect([hall.due, hall.waitMs, looks()]).toEqual([CLOSES + 5_000, 0, 2]);
  });

  it('waits ever longer for a hammer that is late, and forgets it once it falls', async () => {
    const { hall, looks } = hallOf([lot('1'), lot('1'), lot('1'), lot('1'), undefined]);
    await hall.look();
    const waits: number[] = [];
    for (let i = 0; i < 4; i++) {
      await hall.act(CLOSES, recorder(), 'KRW');
      waits.push(hall.waitMs);
    }
    expect(waits).toEqual([25, 50, 100, 0]);
    expect([looks(), hall.due]).toEqual([5, undefined]);
  });

  it('gives up after half a minute, and names the lot', async () => {
    let now = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => now);
    const { hall } = hallOf([lot('1')]);
    await hall.look();
    for (; now <= 30_000; now += 1_000) await hall.act(CLOSES, recorder(), 'KRW');
    expect(hall.waitMs).toBe(1_000);
    await expect(hall.act(CLOSES, recorder(), 'KRW')).rejects.toThrow('the hammer of LOT-1 has not fallen 30 s after it was due: it closes at 2022-06-23T05:00:30.000Z');
  });
});
