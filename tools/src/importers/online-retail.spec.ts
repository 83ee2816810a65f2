import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { RETAIL_NOTES, invoicesOf, outcomeOf, parseOnlineRetail } from './online-retail.js';

const FILE = 'online-retail-2010-12-01.csv';
const bytes = readFileSync(new URL(`../../scenarios/market-day/data/online-retail/${FILE}`, import.meta.url));
const HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
const parse = (...rows: string[]) => parseOnlineRetail('o.csv', new TextEncoder().encode([HEADER, ...rows].join('\n')));

function counted(values: Iterable<string>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

describe('the web shop’s day', () => {
  const day = parseOnlineRetail(FILE, bytes);
  const lines = day.rows.map(({ value }) => value);

  it('has 3,108 lines in 143 invoices, 6 of them cancellations, and none is refused', () => {
    expect(day.refused).toEqual([]);
    expect(lines).toHaveLength(3_108);
    const invoices = invoicesOf(day.rows);
    expect([invoices.length, invoices.filter(({ cancels }) => cancels).length]).toEqual([143, 6]);
    expect(invoices.flatMap((invoice) => invoice.lines)).toHaveLength(3_108);
    expect([invoices[0]!.time, invoices.at(-1)!.time]).toEqual(['08:26', '17:35']);
    expect(new Set(lines.map(({ code }) => code)).size).toBe(1_351);
  });

  it('tells goods from what is none', () => {
    expect(counted(lines.map(({ kind }) => kind))).toEqual({ goods: 3_098, postage: 6, manual: 2, discount: 1, 'write-off': 1 });
    expect(lines.filter(({ kind }) => kind === 'postage').map(({ code }) => code)).toEqual(['POST', 'POST', 'POST', 'C2', 'DOT', 'DOT']);
  });

  it('has an outcome for every line, and a reason for every odd one', () => {
    expect(counted(lines.map((line) => outcomeOf(line).outcome))).toEqual({ ordered: 3_073, charged: 8, cancelled: 25, 'kept on file': 1, 'written off': 1 });
    for (const line of lines) expect(outcomeOf(line).reason !== '').toBe(line.kind !== 'goods' || line.cancels || line.unitPrice === 0n);
  });

  it('says of each line what is odd about it', () => {
    expect(counted(day.rows.flatMap(({ notes }) => notes))).toEqual({
      [RETAIL_NOTES.notGoods]: 9, [RETAIL_NOTES.cancellation]: 26, [RETAIL_NOTES.writeOff]: 1, [RETAIL_NOTES.noPrice]: 9, [RETAIL_NOTES.noDescription]: 10,
      [RETAIL_NOTES.noCustomer]: 1_140, [RETAIL_NOTES.repeated]: 44, [RETAIL_NOTES.otherDescription]: 16, [RETAIL_NOTES.otherMinute]: expect.any(Number),
    });
    const later = day.rows.filter(({ notes }) => notes.includes(RETAIL_NOTES.otherMinute)).map(({ value }) => `${value.invoice} ${value.time}`);
    expect(new Set(later)).toEqual(new Set(['536591 16:58']));
    expect(invoicesOf(day.rows).find(({ number }) => number === '536591')!.time).toBe('16:57');
  });

  it('is understood with its original beside it', () => {
    expect(day.rows[0]).toEqual({
      source: { file: FILE, line: 2, raw: '536365,85123A,WHITE HANGING HEART T-LIGHT HOLDER,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom' },
      value: {
        invoice: '536365', cancels: false, kind: 'goods', code: '85123A', description: 'WHITE HANGING HEART T-LIGHT HOLDER', quantity: 6n, unitPrice: 255n, day: '2010-12-01',
        time: '08:26', customer: '17850', country: 'United Kingdom',
      },
      notes: [],
    });
  });
});

describe('a line of the web shop', () => {
  const line = '536365,85123A,HOLDER,6,2010-12-01 08:26:00,2.55,17850.0,EIRE';
  it.each([
    [line.replace('536365', 'A536365'), 'InvoiceNo', 'A536365'],
    [line.replace('85123A', '85/123'), 'StockCode', '85/123'],
    [line.replace(',6,', ',0,'), 'Quantity', '0'],
    [line.replace(',6,', ',-6,'), 'Quantity', '-6'],
    [line.replace('536365', 'C536365'), 'Quantity', '6'],
    [line.replace(',6,', ',six,'), 'Quantity', 'six'],
    [line.replace('12-01', '02-30'), 'InvoiceDate', '2010-02-30 08:26:00'],
    [line.replace('08:26', '24:26'), 'InvoiceDate', '2010-12-01 24:26:00'],
    [line.replace('2.55', '2.555'), 'UnitPrice', '2.555'],
    [line.replace('2.55', '-2.55'), 'UnitPrice', '-2.55'],
    [line.replace('2.55', ''), 'UnitPrice', ''],
    [line.replace('17850.0', 'Mr Smith'), 'CustomerID', 'Mr Smith'],
    [line.replace('EIRE', ''), 'Country', ''],
  ])('%s is refused for its %s', (raw, field, value) => {
    const parsed = parse(line, raw);
    expect(parsed.rows).toHaveLength(1);
    expect(parsed.refused).toEqual([{ file: 'o.csv', line: 3, field, value, reason: expect.any(String), raw }]);
  });

  it.each([
    ['POST', 'postage'], ['dot', 'postage'], ['C2', 'postage'], ['AMAZONFEE', 'fee'], ['BANK CHARGES', 'fee'], ['M', 'manual'], ['D', 'discount'], ['S', 'sample'], ['DCGS0076', 'goods'],
  ])('with the code %s is %s', (code, kind) => {
    expect(parse(line.replace('85123A', code)).rows[0]!.value.kind).toBe(kind);
  });

  it('of a fee that is taken back stays on file', () => {
    const [row] = parse('C537572,BANK CHARGES,Bank Charges,-1,2010-12-07 12:00:00,95.38,,United Kingdom').rows;
    expect(outcomeOf(row!.value)).toEqual({ outcome: 'kept on file', reason: 'a fee taken back: no goods to give back' });
  });

  it('is told when it spells or describes a code in another way', () => {
    const { rows } = parse(line, line.replace('85123A', '85123a'), line.replace('HOLDER', 'amazon'), line.replace('HOLDER', ''));
    expect(rows.map(({ notes }) => notes)).toEqual([[], [RETAIL_NOTES.otherSpelling], [RETAIL_NOTES.otherDescription], [RETAIL_NOTES.noDescription]]);
    expect(rows.map(({ value }) => value.code)).toEqual(['85123A', '85123a', '85123A', '85123A']);
  });
});
