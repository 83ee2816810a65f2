import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_MINOR, parseMinor } from './numbers.js';

describe('a number of a published file', () => {
  it.each([
    ['44,500', 0, 44_500n],
    ['1,234,567', 0, 1_234_567n],
    ['12,34,567', 0, 1_234_567n],
    ['1520', 0, 1_520n],
    [' 300 ', 0, 300n],
    ['0', 0, 0n],
    ['-5', 0, -5n],
    ['6466.25', 2, 646_625n],
    ['6102.5', 2, 610_250n],
    ['2300', 2, 230_000n],
    ['2300.00', 0, 2_300n],
    ['1,200.500', 2, 120_050n],
  ])('%s with %i decimals is %s', (text, exponent, minor) => {
    expect(parseMinor(text, exponent)).toEqual({ kind: 'value', minor });
  });

  it('tells a dash and a blank from a number', () => {
    expect(parseMinor('-', 0)).toEqual({ kind: 'none' });
    expect(parseMinor(' ', 0)).toEqual({ kind: 'empty' });
  });

  it.each(['1,2', '1,23', ',500', '44,5000', '1.2.3', '12a', 'NaN', '1e3', '--', '+5', '٣', '1,234,56'])('%s is no number', (text) => {
    expect(parseMinor(text, 0).kind).toBe('bad');
  });

  it('takes no decimals that would have to be rounded', () => {
    expect(parseMinor('12.345', 2)).toEqual({ kind: 'bad', reason: 'has more than 2 decimals' });
    expect(parseMinor('1.5', 0).kind).toBe('bad');
  });

  it('takes no amount above the bound of the contract', () => {
    expect(parseMinor(String(MAX_MINOR), 0).kind).toBe('value');
    expect(parseMinor(String(MAX_MINOR + 1n), 0).kind).toBe('bad');
  });

  it('reads back every amount, plain and with thousands commas', () => {
    fc.assert(fc.property(fc.bigInt(0n, MAX_MINOR), (minor) => {
      expect(parseMinor(String(minor), 0)).toEqual({ kind: 'value', minor });
      expect(parseMinor(String(minor).replace(/\B(?=(\d{3})+$)/g, ','), 0)).toEqual({ kind: 'value', minor });
      expect(parseMinor(`${minor / 100n}.${String(minor % 100n).padStart(2, '0')}`, 2)).toEqual({ kind: 'value', minor });
    }));
  });

  it('answers for any text', () => {
    fc.assert(fc.property(fc.string(), fc.integer({ min: 0, max: 4 }), (text, exponent) => {
      expect(['value', 'none', 'empty', 'bad']).toContain(parseMinor(text, exponent).kind);
    }));
  });
});
