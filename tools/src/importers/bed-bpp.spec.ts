import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseCartons } from './bed-bpp.js';

const text = readFileSync(new URL('../../scenarios/market-day/data/bed-bpp/bed-bpp-5-orders.json', import.meta.url), 'utf8');

describe('the real cartons', () => {
  const cartons = parseCartons(text);

  it('are 112 articles in 19 groups', () => {
    expect(cartons.size).toBe(112);
    expect(new Set([...cartons.values()].map(({ productGroup }) => productGroup)).size).toBe(19);
  });

  it('keep their sizes and leading zeros', () => {
    expect(cartons.get('00101843')).toEqual({ id: '00101843', article: 'donut-00101843', productGroup: 'confectionery', lengthMm: 600, widthMm: 400, heightMm: 220, grams: 6_296 });
    expect([...cartons.keys()]).toEqual([...cartons.keys()].toSorted());
  });

  it('have one size each', () => {
    const carton = { article: 'a', id: '1', product_group: 'g', 'length/mm': 10, 'width/mm': 10, 'height/mm': 10, 'weight/kg': 1 };
    const of = (...items: object[]): string => JSON.stringify({ o: { item_sequence: Object.fromEntries(items.map((item, i) => [i, item])) } });
    expect(parseCartons(of(carton, carton)).size).toBe(1);
    expect(() => parseCartons(of(carton, { ...carton, 'length/mm': 11 }))).toThrow(RangeError);
    expect(() => parseCartons(of({ ...carton, 'weight/kg': 0 }))).toThrow(RangeError);
  });
});
