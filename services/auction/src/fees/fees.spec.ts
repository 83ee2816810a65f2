import { describe, expect, it } from '@jest/globals';
import { ChargeKind, Payer } from '@naru/contracts/gen/naru/auction/v1/charge';
import { Category } from '@naru/contracts/gen/naru/auction/v1/market_service';
import fc from 'fast-check';
import { type Chargeable, type FeeSchedule, NO_FEES, chargesOn, commissionCap, reviseFees, salesIncentive, setFees } from './fees.js';

const CAP = { category: Category.FRUIT_AND_VEGETABLE, perMille: 70 };
const FEES: FeeSchedule = {
  ...NO_FEES,
  version: 1,
  commissions: [{ category: Category.FRUIT_AND_VEGETABLE, rate: 400, flatAmount: 200n }],
  ...{ marketUseRate: 55, settlementRate: 40, handlingAmount: 150n, salesIncentiveRate: 60, shippingIncentiveRate: 15 },
};
const LOT: Chargeable = { amount: 1_000_000n, quantity: 10n, category: Category.FRUIT_AND_VEGETABLE, loose: false, capPerMille: 70 };

const schedules = () =>
  fc.record({ rate: fc.integer({ min: 0, max: 700 }), flatAmount: fc.bigInt({ min: 0n, max: 10n ** 6n }), handlingAmount: fc.bigInt({ min: 0n, max: 10n ** 5n }), truncation: fc.constantFrom(1n, 10n, 100n), marketUseRate: fc.integer({ min: 0, max: 55 }), shippingIncentiveRate: fc.integer({ min: 0, max: 100 }) }).map(
    ({ rate, flatAmount, ...rest }): FeeSchedule => ({ ...FEES, ...rest, commissions: [{ category: Category.FRUIT_AND_VEGETABLE, rate, flatAmount }] }),
  );
const lots = () => fc.record({ amount: fc.bigInt({ min: 1n, max: 10n ** 12n }), quantity: fc.bigInt({ min: 1n, max: 10n ** 6n }), loose: fc.boolean() }).map((lot): Chargeable => ({ ...LOT, ...lot }));

describe('charges on a lot', () => {
  it('keep rate and flat part together under the cap, bear no negative, and leave the consignor something or nothing', () =>
    fc.assert(
      fc.property(lots(), schedules(), (lot, fees) => {
        const charges = chargesOn(lot, fees);
        const sum = (some: typeof charges) => some.reduce((total, { amount }) => total + amount, 0n);
        expect(sum(charges.filter(({ kind }) => kind === ChargeKind.COMMISSION || kind === ChargeKind.COMMISSION_FLAT)) <= commissionCap(lot)).toBe(true);
        expect(charges.every(({ amount }) => amount > 0n)).toBe(true);
        expect(sum(charges.filter(({ payer }) => payer === Payer.CONSIGNOR)) <= lot.amount).toBe(true);
        for (const { kind, amount } of charges) if (kind !== ChargeKind.HANDLING || !lot.loose) expect(amount % fees.truncation).toBe(0n);
      }),
    ));

  it('name who bears them', () => {
    expect(chargesOn(LOT, FEES)).toEqual([
      { kind: ChargeKind.COMMISSION, payer: Payer.CONSIGNOR, amount: 40_000n },
      { kind: ChargeKind.COMMISSION_FLAT, payer: Payer.CONSIGNOR, amount: 2_000n },
      { kind: ChargeKind.HANDLING, payer: Payer.CORPORATION, amount: 1_500n },
      { kind: ChargeKind.MARKET_USE, payer: Payer.CORPORATION, amount: 5_500n },
      { kind: ChargeKind.SETTLEMENT, payer: Payer.CORPORATION, amount: 4_000n },
      { kind: ChargeKind.SHIPPING_INCENTIVE, payer: Payer.CORPORATION, amount: 1_500n },
    ]);
    expect(chargesOn({ ...LOT, loose: true }, FEES)).toContainEqual({ kind: ChargeKind.HANDLING, payer: Payer.CONSIGNOR, amount: 1_500n });
    expect(salesIncentive(1_000_000n, FEES)).toEqual([{ kind: ChargeKind.SALES_INCENTIVE, payer: Payer.CORPORATION, amount: 6_000n }]);
  });

  it('are none where a market sets nothing, and no commission where no cap allows one', () => {
    expect(chargesOn(LOT, NO_FEES)).toEqual([]);
    expect(salesIncentive(1_000_000n, NO_FEES)).toEqual([]);
    expect(chargesOn({ ...LOT, capPerMille: undefined }, FEES).filter(({ payer }) => payer === Payer.CONSIGNOR)).toEqual([]);
  });

  it('are cut down to ten won where the market does so', () => {
    expect(chargesOn({ ...LOT, amount: 123_456n, quantity: 1n }, { ...FEES, truncation: 10n }).map(({ amount }) => amount)).toEqual([4_930n, 200n, 150n, 670n, 490n, 180n]);
  });
});

describe('setting fees', () => {
  it('keeps the legal caps', () => {
    expect(setFees(FEES, [CAP])).toMatchObject({ accepted: true });
    expect(setFees({ ...FEES, commissions: [{ category: CAP.category, rate: 701, flatAmount: 0n }] }, [CAP])).toMatchObject({ refusal: { code: 'COMMISSION_ABOVE_CAP' } });
    expect(setFees(FEES, [])).toMatchObject({ refusal: { code: 'COMMISSION_ABOVE_CAP' } });
  });

  it('revises them from a day to come, as the next version', () => {
    const revised = { ...FEES, effectiveFrom: '2022-07-01' };
    expect(reviseFees(revised, FEES, [CAP], '2022-06-23')).toMatchObject({ accepted: true, events: [{ fees: { version: 2 } }] });
    expect(reviseFees(revised, FEES, [CAP], '2022-07-01')).toMatchObject({ refusal: { code: 'FEES_NOT_LATER' } });
    expect(reviseFees(revised, { ...FEES, effectiveFrom: '2022-08-01' }, [CAP], '2022-06-23')).toMatchObject({ refusal: { code: 'FEES_NOT_LATER', details: { last: '2022-08-01' } } });
  });
});
