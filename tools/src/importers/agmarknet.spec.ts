import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AGMARKNET_NOTES, parseAgmarknet } from './agmarknet.js';

const HEADER = 'State,District,Market,Commodity,Variety,Grade,Arrival_Date,Min_x0020_Price,Max_x0020_Price,Modal_x0020_Price';
const parse = (...rows: string[]) => parseAgmarknet('a.csv', new TextEncoder().encode([HEADER, ...rows].join('\n')));

describe('the big day', () => {
  const file = readFileSync(new URL('../../scenarios/big-day/data/agmarknet-2025-09-23.csv', import.meta.url));
  const day = parseAgmarknet('agmarknet-2025-09-23.csv', file);
  const noted = (note: string): number => day.rows.filter((row) => row.notes.includes(note)).length;

  it('has 10,043 rows in 1,124 markets, none of them without a believable price', () => {
    expect(day.refused).toEqual([]);
    expect(day.rows).toHaveLength(10_043);
    expect(new Set(day.rows.map(({ value }) => JSON.stringify([value.state, value.district, value.market]))).size).toBe(1_124);
  });

  it('has the oddities that tools/scenarios/big-day/README.md counts', () => {
    expect(Object.fromEntries(Object.entries(AGMARKNET_NOTES).map(([key, note]) => [key, noted(note)]))).toEqual({
      noRange: 20, belowQuintal: 26, wideRange: 20, severalGrades: 433, paise: 4, blanks: 73, lowerCase: 16,
    });
    expect(day.rows.filter((row) => row.notes.length > 0)).toHaveLength(583);
  });

  it('keeps a name as published beside the one with single blanks', () => {
    const row = day.rows.find(({ source }) => source.line === 65)!;
    expect(row.value.market).toBe('Hadad');
    expect(row.value.published.market).toBe('Hadad    ');
  });

  it('understands rupees with paise', () => {
    expect(day.rows.filter((row) => row.notes.includes(AGMARKNET_NOTES.paise)).map((row) => row.value.modal % 100n)).toEqual([65n, 50n, 50n, 50n]);
  });
});

describe('a row of AGMARKNET', () => {
  const row = 'Kerala,Idukki,Adimali,Banana,Poovan,Large,23/09/2025,2000,3000,2500';
  it.each([
    [row.replace('2500', ''), 'Modal Price'],
    [row.replace('2500', '-'), 'Modal Price'],
    [row.replace('2500', '0'), 'Modal Price'],
    [row.replace('2500', '-2500'), 'Modal Price'],
    [row.replace('2500', 'NA'), 'Modal Price'],
    [row.replace('2500', '2500.125'), 'Modal Price'],
    [row.replace('2500', '1999'), 'Modal Price'],
    [row.replace('2500', '3001'), 'Modal Price'],
    [row.replace('2000,3000', '3000,2000'), 'Modal Price'],
    [row.replace('2000', 'x'), 'Min Price'],
    [row.replace('3000', '-1'), 'Max Price'],
    [row.replace('23/09/2025', '09/23/2025'), 'Arrival_Date'],
    [row.replace('Adimali', '  '), 'Market'],
  ])('%s is refused for its %s', (raw, field) => {
    const parsed = parse(raw, row);
    expect(parsed.rows).toHaveLength(1);
    expect(parsed.refused).toMatchObject([{ line: 2, field, raw }]);
    expect(parsed.refused[0]!.reason).not.toBe('');
  });

  it('is refused when the market has a price for the same goods already', () => {
    expect(parse(row, row.replace('2500', '2600')).refused).toMatchObject([{ line: 3, field: 'Commodity', reason: expect.stringContaining('line 2') }]);
  });

  it.each([
    ['2000,3000,2500', '0,0,2500', AGMARKNET_NOTES.noRange],
    ['2000,3000,2500', '7500,0,7500', AGMARKNET_NOTES.noRange],
    ['2000,3000,2500', '5,12,9', AGMARKNET_NOTES.belowQuintal],
    ['2000,3000,2500', '200,3000,2500', AGMARKNET_NOTES.wideRange],
    ['Adimali', 'Adimali  VFPCK', AGMARKNET_NOTES.blanks],
    ['Banana', 'banana', AGMARKNET_NOTES.lowerCase],
  ])('with %s as %s is loaded and said to be odd', (before, after, note) => {
    const parsed = parse(row.replace(before, after));
    expect(parsed.rows.map(({ notes }) => notes)).toEqual([[note]]);
  });

  it('is in exactly one of the two lists, whatever the lines hold', () => {
    const cell = fc.oneof(fc.constantFrom('', '0', '-', '100', '2,500', '23/09/2025', '"', 'x  y'), fc.string());
    fc.assert(fc.property(fc.array(fc.array(cell, { minLength: 9, maxLength: 11 })), (cells) => {
      const lines = cells.map((row_) => row_.join(',').replace(/[\r\n]/g, ' ')).filter((line) => line.trim() !== '');
      const parsed = parse(...lines);
      expect([...parsed.rows.map(({ source }) => source.line), ...parsed.refused.map(({ line }) => line)].sort((a, b) => a - b)).toEqual(lines.map((_, i) => i + 2));
    }));
  });
});
