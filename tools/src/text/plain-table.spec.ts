import { describe, expect, it } from '@jest/globals';
import { COLUMNS, plainTable } from './plain-table.js';
import { cut, padEnd, widthOf, wrap } from './width.js';

describe('a table', () => {
  it('has a head, a rule and aligned columns without borders', () => {
    expect(plainTable(['state', 'lots'], [['Goa', 7], ['Kerala', 1_165]], ['left', 'right']).split('\n')).toEqual(['state   lots', '──────  ────', 'Goa        7', 'Kerala  1165']);
  });

  it('counts two columns for Hangul', () => {
    expect([widthOf('사과 10kg'), widthOf('farm'), padEnd('사과', 6), cut('사과배', 5)]).toEqual([9, 4, '사과  ', '사과']);
    expect(plainTable(['item', 'n'], [['사과', 1], ['pear', 2]]).split('\n').slice(2)).toEqual(['사과  1', 'pear  2']);
  });

  it('wraps its widest column where a terminal is too narrow', () => {
    const title = 'a rule of many words '.repeat(12).trim();
    const lines = plainTable(['rule', 'what', 'rows'], [['A1', title, 12_345], ['A2', 'short', 1]], ['left', 'left', 'right']).split('\n');
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(COLUMNS);
    expect(lines.length).toBe(6);
    expect(lines[3]).toMatch(/^ {6}\S/);
  });

  it('wraps at blanks, and lets a long word stand', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('abcdefghij k', 4)).toEqual(['abcdefghij', 'k']);
  });
});
