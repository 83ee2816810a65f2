import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Category } from '@naru/contracts/gen/naru/auction/v1/market_service';
import fc from 'fast-check';
import { parseAgmarknet } from '../../importers/agmarknet.js';
import { parseKamis } from '../../importers/kamis.js';
import { incrementAt, limitsFor, proxyPrice, type Limits } from './limits.js';
import { categoryOfKamis, readMarket, type IncrementBand, type KamisClasses, type MarketDefinition, type MarketFile } from './market.js';

const scenarios = new URL('../../../scenarios/', import.meta.url);
const readJson = (path: string): unknown => JSON.parse(readFileSync(new URL(path, scenarios), 'utf8'));
const live = readMarket(readJson('market-day/market.json') as MarketFile);
const big = readMarket(readJson('big-day/market.json') as MarketFile);
const { kamisClasses } = readJson('market-day/market.json') as { kamisClasses: KamisClasses };

/** Ascending bands with growing increments, all multiples of the unit. */
const markets = fc.record({
  bidUnit: fc.constantFrom(1n, 10n, 100n),
  steps: fc.array(fc.record({ width: fc.bigInt(1n, 5_000n), rise: fc.bigInt(0n, 20n) }), { minLength: 1, maxLength: 8 }),
}).map(({ bidUnit, steps }) => {
  let from = 0n;
  let increment = bidUnit;
  const increments: IncrementBand[] = steps.map(({ width, rise }) => {
    const band = { fromAmount: from, increment: (increment += rise * bidUnit) };
    from += width * bidUnit;
    return band;
  });
  return { bidUnit, increments };
});

describe('limits for a real price', () => {
  it('bring it out of the proxy rule', () => {
    fc.assert(fc.property(markets, fc.bigInt(1n, 60_000n), fc.bigInt(0n, 60n), fc.bigInt(1n, 5n), (rules, units, percent, steps) => {
      const real = units * rules.bidUnit;
      const start = (real * percent) / 100n / rules.bidUnit * rules.bidUnit;
      const limits = limitsFor(real, start, rules, steps);
      expect(proxyPrice(limits.winner, limits.runnerUp, rules.increments)).toBe(real);
      expect(limits.winner % rules.bidUnit).toBe(0n);
      expect(limits.runnerUp % rules.bidUnit).toBe(0n);
      expect(limits.runnerUp).toBeGreaterThanOrEqual(start);
      if (limits.kind === 'runner-up') expect(limits.winner).toBeGreaterThan(real);
      else expect(limits.why).not.toBe('');
    }));
  });

  it('are equal only where no other limit makes the price', () => {
    fc.assert(fc.property(markets, fc.bigInt(1n, 2_000n), (rules, units) => {
      const real = units * rules.bidUnit;
      const start = real / 2n / rules.bidUnit * rules.bidUnit;
      let found = false;
      for (let limit = start; limit <= real; limit += rules.bidUnit) found ||= limit > 0n && limit + incrementAt(limit, rules.increments) === real;
      expect(limitsFor(real, start, rules).kind).toBe(found ? 'runner-up' : 'equal');
    }));
  });

  it('name the rule of the edge that they cannot pass', () => {
    expect(limitsFor(10_100n, 5_000n, live.rules)).toEqual({
      kind: 'equal', winner: 10_100n, runnerUp: 10_100n,
      why: 'from 10000 the increment is 200, below it 100: the highest price made from below the edge lies under 10100, the least made from the edge is 10200',
    });
    expect(limitsFor(1_525n, 700n, live.rules)).toMatchObject({ kind: 'equal', why: '1525 is not a multiple of the bid unit 10' });
    expect(limitsFor(1_500n, 1_490n, live.rules)).toMatchObject({ kind: 'equal', why: 'the limit that would make 1500 lies below the start price 1490' });
  });
});

describe('the two days', () => {
  const start = (real: bigint): bigint => (real * 6n) / 10n;
  const kinds = (prices: readonly bigint[], { rules }: MarketDefinition): Limits['kind'][] =>
    prices.map((real) => limitsFor(real, start(real) / rules.bidUnit * rules.bidUnit, rules).kind);

  it('live: a runner-up makes 136 of 137 prices', () => {
    const { rows } = parseKamis('k.csv', readFileSync(new URL('market-day/data/kamis-2022-06-23.csv', scenarios)));
    const all = kinds(rows.flatMap(({ value }) => value.price ?? []), live);
    expect([all.length, all.filter((kind) => kind === 'runner-up').length]).toEqual([137, 136]);
  });

  it('big: a runner-up makes 10,042 of 10,043 prices', () => {
    const { rows } = parseAgmarknet('a.csv', readFileSync(new URL('big-day/data/agmarknet-2025-09-23.csv', scenarios)));
    const all = kinds(rows.map(({ value }) => value.modal), big);
    expect([all.length, all.filter((kind) => kind === 'runner-up').length]).toEqual([10_043, 10_042]);
  });
});

describe('the rules of the two markets', () => {
  it.each([['live', live], ['big', big]])('%s: bands ascend from 0, increments are multiples of the unit and never fall', (_, { rules }) => {
    expect(rules.increments[0]!.fromAmount).toBe(0n);
    rules.increments.forEach((band, i) => {
      expect(band.increment % rules.bidUnit).toBe(0n);
      expect(band.fromAmount % rules.bidUnit).toBe(0n);
      const before = rules.increments[i - 1];
      if (before) expect(band.fromAmount > before.fromAmount && band.increment >= before.increment).toBe(true);
    });
    expect(rules.hardEndMs).toBeGreaterThan(rules.lotOpenMs);
  });

  it('live: the caps are those of the law, 농안법 시행규칙 제39조', () => {
    expect(live.rules.source).toBe('농안법 시행규칙 제39조');
    expect(Object.fromEntries(live.rules.commissionCaps.map(({ category, perMille }) => [category, perMille]))).toEqual({
      [Category.GRAIN]: 20, [Category.FRUIT_AND_VEGETABLE]: 70, [Category.FISH]: 60, [Category.LIVESTOCK]: 20, [Category.FLOWER]: 70, [Category.MEDICINAL]: 50,
    });
    expect(big.rules.source).toBe('illustrative');
  });

  it.each([
    ['111', Category.GRAIN], ['151', Category.FRUIT_AND_VEGETABLE], ['211', Category.FRUIT_AND_VEGETABLE], ['312', Category.GRAIN],
    ['315', Category.FRUIT_AND_VEGETABLE], ['411', Category.FRUIT_AND_VEGETABLE], ['514', Category.LIVESTOCK], ['611', Category.FISH],
  ])('live: KAMIS item %s is sold as %s', (itemCode, category) => {
    expect(categoryOfKamis(itemCode, kamisClasses)).toBe(category);
  });

  it('live: every class and every exception says why', () => {
    expect(kamisClasses.classes.map((entry) => entry.class)).toEqual(['1', '2', '3', '4', '5', '6']);
    for (const { note } of [...kamisClasses.classes, ...kamisClasses.items]) expect(note).not.toBe('');
    expect(() => categoryOfKamis('711', kamisClasses)).toThrow(RangeError);
  });
});
