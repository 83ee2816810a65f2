import { describe, expect, it } from '@jest/globals';
import { Category } from '@naru/contracts/gen/naru/auction/v1/market_service';
import { BaseUnit } from '@naru/contracts/gen/naru/type/v1/trade_unit';
import type { ExpectedLot, Outcome, Plan } from '../scenarios/market-day/actions.js';
import type { Board, BoardLine } from './boards.js';
import { readShopFiles } from '../scenarios/shop/files.js';
import { importLines, outcomeLines } from './import-lines.js';
import { reportOf } from './report.js';

const sold = (price: bigint): Outcome => ({ kind: 'sold', price, winner: 'b1', limits: { kind: 'runner-up', winner: price, runnerUp: price } });

function lot(item: string, quantity: bigint, outcome: Outcome): ExpectedLot {
  const goods = { itemCode: '1', item, variety: 'v', grade: 'g', origin: 'o', category: Category.GRAIN, tradeUnit: { label: '10kg', base: BaseUnit.GRAM, size: 10_000n } };
  const source = { file: 'f', line: 1, raw: '' };
  return { consignment: item, source, market: 'm', session: 's', position: 1, goods, announced: quantity, quantity, finding: 'as expected', startPrice: 1n, outcome, opensAt: 0 };
}

function line(item: string, lots: number, volume: bigint, price: bigint): BoardLine {
  const money = { currency: 'KRW', amount: String(price) };
  return { item, variety: 'v', grade: 'g', tradeUnit: '10kg', lots: String(lots), volume: String(volume), averagePrice: money, highPrice: money, lowPrice: money };
}

const plan: Plan = {
  name: 'd', day: '2022-06-23', timeZone: 'Asia/Seoul', currency: 'KRW', actions: [], bids: [],
  lots: [lot('rice', 10n, sold(500n)), lot('rice', 5n, sold(500n)), lot('beans', 2n, sold(900n)), lot('radish', 3n, { kind: 'passed' })],
};

function reported(lines: readonly BoardLine[], lotsSold: number): readonly string[] {
  const boards = new Map<string, Board>([['m', { lotsSold: String(lotsSold), lotsPassed: '1', lines }]]);
  const { table, sold: count, lots } = reportOf(plan, boards, 'kind', ({ goods }) => goods.item);
  expect([count, lots]).toEqual([lotsSold, 4]);
  return table.split('\n').slice(2).map((row) => row.trim().replace(/ +/g, ' '));
}

describe('the table at the end of a day', () => {
  it('has a row per group and their sum, beside the published prices', () => {
    expect(reported([line('rice', 2, 15n, 500n), line('beans', 1, 2n, 900n)], 3)).toEqual(['rice 2 2 2 7,500 7,500', 'beans 1 1 1 1,800 1,800', 'radish 1 0 0 0 0', 'all 4 3 3 9,300 9,300']);
  });

  it('counts no lot of a line that says something else than the files', () => {
    expect(reported([line('rice', 2, 15n, 510n), line('beans', 1, 1n, 900n)], 3).at(-1)).toBe('all 4 3 0 8,550 9,300');
    expect(reported([line('beans', 1, 2n, 900n)], 1).at(-1)).toBe('all 4 1 1 1,800 9,300');
  });
});

describe('the importer’s report', () => {
  it('counts, tells the odd rows by kind and names every refused one', () => {
    const row = (notes: string[]): { source: { file: string; line: number; raw: string }; value: null; notes: string[] } => ({ source: { file: 'p.csv', line: 2, raw: '' }, value: null, notes });
    const refused = [{ file: 'p.csv', line: 1843, field: 'Commodity', value: 'Wood', reason: 'timber', raw: '' }, { file: 'p.csv', line: 9, field: '', value: '', reason: 'has 3 fields', raw: '' }];
    expect(importLines({ rows: [row([]), row(['a']), row(['a', 'b'])], refused })).toEqual([
      'import    p.csv: 3 rows accepted, 2 of them odd; 2 refused',
      '          2 odd: a',
      '          1 odd: b',
      '    line 1843 refused: Commodity "Wood": timber',
      '    line 9 refused: the row: has 3 fields',
    ]);
  });

  it('says what becomes of every line of a shop', () => {
    expect(outcomeLines(readShopFiles().orders.rows)).toEqual([
      '      3,064 ordered',
      '         25 cancelled: gives back what open lines of the same customer and item hold, once',
      '          9 ordered: goods that left at no price',
      '          6 charged: postage: no goods',
      '          2 charged: manual: no goods',
      '          1 kept on file: a discount taken back: no goods to give back',
      '          1 written off: below zero without a cancellation, at no price: stock that was lost',
    ]);
  });
});
