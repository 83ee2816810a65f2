import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { divideHalfEven } from '@naru/kernel/money';
import { readBigDay } from './big-day/files.js';
import { bigDay } from './big-day/plan.js';
import type { ExpectedLot } from './market-day/actions.js';
import { readLiveDay } from './market-day/files.js';
import { planDay } from './market-day/plan.js';

interface Board {
  readonly businessDay: string;
  readonly lotsSold: string;
  readonly lotsPassed: string;
  readonly lines: readonly unknown[];
}

interface BigBoard extends Board {
  readonly rowsAccepted: string;
  readonly rowsRefused: readonly { readonly line: number }[];
  readonly markets: readonly (Board & { readonly state: string; readonly district: string; readonly market: string })[];
}

const script = fileURLToPath(new URL('../../scenarios/board-check/board.mjs', import.meta.url));

function boardOf<T extends Board>(...options: readonly string[]): T {
  return JSON.parse(execFileSync(process.execPath, [script, ...options], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })) as T;
}

/** The board that the plan's lots come to, in the form of the API. */
function linesOf(lots: readonly ExpectedLot[], currency: string): readonly unknown[] {
  const sold = lots.flatMap(({ goods, quantity, outcome }) => (outcome.kind === 'sold' ? [{ goods, quantity, price: outcome.price }] : []));
  const groups = Map.groupBy(sold, ({ goods: { item, variety, grade, tradeUnit } }) => JSON.stringify([item, variety, grade, tradeUnit.label]));
  const money = (amount: bigint) => ({ currency, amount: String(amount) });
  return [...groups].map(([key, own]) => {
    const [item, variety, grade, tradeUnit] = JSON.parse(key) as [string, string, string, string];
    const volume = own.reduce((sum, { quantity }) => sum + quantity, 0n);
    const prices = own.map(({ price }) => price).toSorted((a, b) => (a < b ? -1 : 1));
    const amount = own.reduce((sum, { quantity, price }) => sum + quantity * price, 0n);
    return {
      item, variety, grade, tradeUnit, lots: String(own.length), volume: String(volume),
      averagePrice: money(divideHalfEven(amount, volume)), highPrice: money(prices.at(-1)!), lowPrice: money(prices[0]!),
    };
  });
}

const sorted = (lines: readonly unknown[]): readonly string[] => lines.map((line) => JSON.stringify(line)).sort();

describe('the board computed from the files', () => {
  it('of the live day is what the plan sells', () => {
    const day = readLiveDay();
    const plan = planDay(day.parsed, day.seed, day);
    const board = boardOf('live');
    expect(board).toMatchObject({ businessDay: '2022-06-23', lotsSold: '137', lotsPassed: '2' });
    expect(sorted(board.lines)).toEqual(sorted(linesOf(plan.lots, 'KRW')));
  });

  it('of the big day is what the plan sells, over all and per market', () => {
    const plan = bigDay(readBigDay());
    const board = boardOf<BigBoard>('big');
    expect(board).toMatchObject({ businessDay: '2025-09-23', lotsSold: '10034', lotsPassed: '0', rowsAccepted: '10034' });
    expect(board.rowsRefused.map(({ line }) => line)).toEqual(plan.refused.map(({ line }) => line));
    expect(sorted(board.lines)).toEqual(sorted(linesOf(plan.lots, 'INR')));
    expect(board.markets).toHaveLength(plan.markets.length);
    const lots = Map.groupBy(plan.lots, ({ market }) => market);
    for (const { key, state, district, market } of plan.markets) {
      const own = board.markets.find((candidate) => candidate.state === state && candidate.district === district && candidate.market === market)!;
      expect(sorted(own.lines)).toEqual(sorted(linesOf(lots.get(key)!, 'INR')));
    }
  });

  it('of a part of the big day takes only the lines named', () => {
    const plan = bigDay(readBigDay(), 1_000);
    const folder = mkdtempSync(join(tmpdir(), 'board-'));
    const rows = join(folder, 'rows.txt');
    try {
      writeFileSync(rows, plan.lots.map(({ source }) => source.line).join('\n'));
      const board = boardOf('big', '--rows', rows);
      expect(board.lotsSold).toBe('1000');
      expect(sorted(board.lines)).toEqual(sorted(linesOf(plan.lots, 'INR')));
      writeFileSync(rows, '[1843]'); // a refused line
      expect(() => execFileSync(process.execPath, [script, 'big', '--rows', rows], { stdio: 'pipe' })).toThrow();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
