import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { KAMIS_NOTES, parseKamis } from './kamis.js';

const data = new URL('../../scenarios/market-day/data/', import.meta.url);
const utf8 = readFileSync(new URL('kamis-2022-06-23.csv', data));
const cp949 = readFileSync(new URL('kamis-2022-06-23.cp949.csv', data));

const HEADER = ',item_name,item_code,kind_name,kind_code,rank,rank_code,unit,day1,dpr1';
const parse = (...rows: string[]) => parseKamis('k.csv', new TextEncoder().encode([HEADER, ...rows].join('\n')));

describe('the live day', () => {
  const day = parseKamis('kamis-2022-06-23.csv', utf8);

  it('has 139 rows, 137 with a price, none refused', () => {
    expect(day.refused).toEqual([]);
    expect(day.rows).toHaveLength(139);
    expect(day.rows.filter((row) => row.value.price !== undefined)).toHaveLength(137);
    expect(day.rows.filter((row) => row.notes.includes(KAMIS_NOTES.noPrice)).map((row) => row.value.kindName)).toEqual(['월동(20kg)', '월동(20kg)']);
  });

  it('is understood with its original beside it', () => {
    expect(day.rows[0]).toEqual({
      source: { file: 'kamis-2022-06-23.csv', line: 2, raw: '0,쌀,111,일반계(20kg),01,상품,04,20kg,2022-06-23,"44,500"' },
      value: {
        itemName: '쌀', itemCode: '111', kindName: '일반계(20kg)', kindCode: '01', rank: '상품', rankCode: '04',
        unit: { label: '20kg', base: 'gram', size: 20_000n }, day: '2022-06-23', price: 44_500n,
      },
      notes: [],
    });
  });

  it('is the same from CP949', () => {
    expect(parseKamis('kamis-2022-06-23.csv', cp949)).toEqual(day);
  });

  it('holds every item, variety and rank once', () => {
    expect(new Set(day.rows.map(({ value }) => `${value.itemName}/${value.kindName}/${value.rank}`)).size).toBe(139);
  });
});

describe('a row of KAMIS', () => {
  const row = '7,김,641,마른김(1속),00,중품,05,1속,2022-06-23,"6,500"';
  it.each([
    [row.replace('641', '741'), 'item_code', '741'],
    [row.replace('641', '64'), 'item_code', '64'],
    [row.replace(',00,', ',0,'), 'kind_code', '0'],
    [row.replace('김,641', ',641'), 'item_name', ''],
    [row.replace(',1속,', ',1상자,'), 'unit', '1상자'],
    [row.replace('2022-06-23', '2022-02-30'), 'day1', '2022-02-30'],
    [row.replace('2022-06-23', '23/06/2022'), 'day1', '23/06/2022'],
    [row.replace('"6,500"', ''), 'dpr1', ''],
    [row.replace('"6,500"', '0'), 'dpr1', '0'],
    [row.replace('"6,500"', '-6500'), 'dpr1', '-6500'],
    [row.replace('"6,500"', '6천'), 'dpr1', '6천'],
  ])('%s is refused for its %s', (raw, field, value) => {
    const parsed = parse(row, raw, row);
    expect(parsed.rows).toHaveLength(2);
    expect(parsed.refused).toEqual([{ file: 'k.csv', line: 3, field, value, reason: expect.any(String), raw }]);
  });

  it('is loaded with a note where the variety names another unit', () => {
    expect(parse(row.replace('마른김(1속)', '마른김(2속)')).rows[0]!.notes).toEqual([KAMIS_NOTES.otherUnitInKind]);
  });
});
