import { describe, expect, it } from '@jest/globals';
import { Category } from '@naru/contracts/gen/naru/auction/v1/market_service';
import fc from 'fast-check';
import { areIncrements, incrementAt } from './increments.js';
import { type Market, createMarket } from './market.js';

const bands = [
  { fromAmount: 0n, increment: 100n },
  { fromAmount: 10_000n, increment: 500n },
];

const market: Market = {
  marketId: '01900000-0000-7000-8000-000000000001',
  code: 'NARU-GARAK',
  name: '가락',
  operatorOrganizationId: '01900000-0000-7000-8000-000000000002',
  timeZone: 'Asia/Seoul',
  rules: {
    currency: 'KRW',
    bidUnit: 100n,
    increments: bands,
    lotOpenMs: 60_000,
    softCloseWindowMs: 10_000,
    softCloseExtensionMs: 10_000,
    hardEndMs: 180_000,
    commissionCaps: [{ category: Category.FRUIT_AND_VEGETABLE, perMille: 70 }],
    source: '농안법 시행규칙 제39조',
  },
};

function code(changes: Partial<Market['rules']>, timeZone = market.timeZone): string {
  const decision = createMarket({ ...market, timeZone, rules: { ...market.rules, ...changes } });
  return decision.accepted ? 'accepted' : decision.refusal.code;
}

describe('increments', () => {
  it('come from the highest band at or below the price', () => {
    expect([0n, 9_999n, 10_000n, 50_000n].map((price) => incrementAt(bands, price))).toEqual([100n, 100n, 500n, 500n]);
  });

  it('make a higher price for a higher second limit', () => {
    const bandsOf = fc
      .array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 5 })), { minLength: 1, maxLength: 6 })
      .map((steps) => steps.map((_, i) => ({ fromAmount: sum(steps.slice(1, i + 1), 0), increment: 1n + sum(steps.slice(0, i + 1), 1) })));
    fc.assert(
      fc.property(bandsOf, fc.nat(400), (some, price) => {
        expect(areIncrements(some, 1n)).toBe(true);
        const at = BigInt(price);
        expect(at + 1n + incrementAt(some, at + 1n)).toBeGreaterThan(at + incrementAt(some, at));
      }),
    );
  });
});

function sum(steps: readonly (readonly [number, number])[], index: 0 | 1): bigint {
  return BigInt(steps.reduce((total, step) => total + step[index], 0));
}

describe('createMarket', () => {
  it('takes rules that hold together', () => {
    expect(createMarket(market)).toEqual({ accepted: true, events: [{ type: 'MarketCreated', market }] });
  });

  it.each([
    ['a first band that is not from 0', { increments: [{ fromAmount: 1n, increment: 100n }] }],
    ['bands out of order', { increments: [bands[0]!, { fromAmount: 0n, increment: 500n }] }],
    ['an increment outside the bid unit', { increments: [{ fromAmount: 0n, increment: 150n }] }],
    ['increments that fall', { increments: [{ fromAmount: 0n, increment: 500n }, { fromAmount: 10_000n, increment: 100n }] }],
  ])('refuses %s', (_, changes) => {
    expect(code(changes)).toBe('INCREMENTS_INVALID');
  });

  it('refuses what it cannot sell by', () => {
    expect(code({}, 'Asia/Atlantis')).toBe('TIME_ZONE_UNKNOWN');
    expect(code({ currency: 'XXX' })).toBe('CURRENCY_UNKNOWN');
    expect(code({ hardEndMs: 59_999 })).toBe('HARD_END_TOO_EARLY');
    expect(code({ commissionCaps: [...market.rules.commissionCaps, ...market.rules.commissionCaps] })).toBe('COMMISSION_CAPS_REPEATED');
  });
});
