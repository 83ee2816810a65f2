import { describe, expect, it } from '@jest/globals';
import iconv from 'iconv-lite';
import { decode } from './encoding.js';
import { columnNames } from './header.js';
import { contentHash, naturalKey, type RowOutcome } from './row.js';
import { readTable, type Fields } from './table.js';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const take = (fields: Fields): RowOutcome<Fields> => ({ accepted: true, value: fields, notes: [] });

describe('the encoding of a file', () => {
  it('is found: UTF-8, UTF-8 with a byte-order mark, CP949', () => {
    expect(decode(text('쌀,1'))).toEqual({ text: '쌀,1', encoding: 'utf-8' });
    expect(decode(text('\uFEFF쌀,1'))).toEqual({ text: '쌀,1', encoding: 'utf-8' });
    expect(decode(iconv.encode('쌀,똠방각하', 'cp949'))).toEqual({ text: '쌀,똠방각하', encoding: 'cp949' });
  });

  it('costs only the rows whose bytes are no text', () => {
    const bytes = Buffer.concat([iconv.encode('name\n쌀\n', 'cp949'), Buffer.from([0xff, 0x0a]), iconv.encode('콩\n', 'cp949')]);
    const table = readTable('f.csv', bytes, ['name'], take);
    expect(table.rows.map((row) => row.value.name)).toEqual(['쌀', '콩']);
    expect(table.refused).toMatchObject([{ line: 3, field: '', reason: 'holds bytes that are no text in cp949' }]);
  });
});

describe('a header', () => {
  it('loses its XML name escapes and gets a name for the unnamed first column', () => {
    expect(columnNames(['', 'Min_x0020_Price', 'a_x003A_b', ' day '])).toEqual(['row_number', 'Min Price', 'a:b', 'day']);
  });

  it('without a required column refuses the file', () => {
    expect(readTable('f.csv', text('a,b\n1,2\n'), ['a', 'c'], take)).toEqual({
      rows: [], refused: [{ file: 'f.csv', line: 1, field: 'c', value: '', reason: 'the column is missing', raw: 'a,b' }],
    });
  });

  it('of an empty file is missing', () => {
    expect(readTable('f.csv', text(''), ['a'], take).refused).toHaveLength(1);
  });
});

describe('rows', () => {
  it('keep their line and their text as published, whatever the line breaks', () => {
    const table = readTable('f.csv', text('a,b\r\n"1,000", x \r\n\r\n"q ""r""",2'), ['a'], take);
    expect(table.rows.map((row) => row.source)).toEqual([{ file: 'f.csv', line: 2, raw: '"1,000", x ' }, { file: 'f.csv', line: 4, raw: '"q ""r""",2' }]);
    expect(table.rows.map((row) => row.value)).toEqual([{ a: '1,000', b: ' x ' }, { a: 'q "r"', b: '2' }]);
  });

  it('that are broken are refused one by one and the others load', () => {
    const table = readTable('f.csv', text('a,b\n1,2\n1\n1,2,3\n"1,2\n3,4\n'), ['a'], take);
    expect(table.rows.map((row) => row.source.line)).toEqual([2, 6]);
    expect(table.refused.map(({ line, reason }) => ({ line, reason }))).toEqual([
      { line: 3, reason: 'has 1 fields, the header has 2' },
      { line: 4, reason: 'has 3 fields, the header has 2' },
      { line: 5, reason: 'has a quote that does not close' },
    ]);
  });

  it('have a natural key of file, line and content', () => {
    const source = { file: 'f.csv', line: 2, raw: '쌀,1' };
    expect(naturalKey(source)).toBe(`f.csv:2:${contentHash('쌀,1')}`);
    expect(contentHash('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});
