import { describe, expect, it } from '@jest/globals';
import { ChargeKind, Payer } from '@naru/contracts/gen/naru/auction/v1/charge';
import { Category } from '@naru/contracts/gen/naru/auction/v1/market_service';
import { instantOf } from '@naru/kernel/instant';
import fc from 'fast-check';
import { type FeeSchedule, NO_FEES } from '../fees/fees.js';
import { composeInvoice, incentivesOf, invoiceEntry } from '../invoice/invoice.js';
import { reversed, sumOf } from '../ledger/posting.js';
import { type SoldLot, chargesOf, composeNote, correctCharges, noteEntry } from './note.js';
import { invoiceDueAt, payoutDueAt } from './terms.js';

const FEES: FeeSchedule = {
  ...NO_FEES,
  commissions: [{ category: Category.FRUIT_AND_VEGETABLE, rate: 400, flatAmount: 200n }],
  ...{ marketUseRate: 55, settlementRate: 40, handlingAmount: 150n, salesIncentiveRate: 60, shippingIncentiveRate: 15 },
};
const LOT: SoldLot = {
  ...{ slipId: 'slip', lotId: 'lot', consignmentId: 'consignment', consignorOrganizationId: 'farm', buyerOrganizationId: 'buyer' },
  ...{ amount: 100_000n, quantity: 10n, category: Category.FRUIT_AND_VEGETABLE, loose: false, capPerMille: 70 },
};
const lots = () =>
  fc.array(fc.record({ amount: fc.bigInt({ min: 1n, max: 10n ** 9n }), quantity: fc.bigInt({ min: 1n, max: 1_000n }), loose: fc.boolean() }), { minLength: 1, maxLength: 8 }).map((some) => some.map((lot, i): SoldLot => ({ ...LOT, ...lot, lotId: `lot-${i}` })));
const advances = () => fc.array(fc.bigInt({ min: 1n, max: 10n ** 9n }), { maxLength: 4 }).map((some) => some.map((outstanding, i) => ({ advanceId: `advance-${i}`, outstanding })));
const onAccount = (entry: ReturnType<typeof noteEntry>, account: string) => sumOf(entry.filter((posting) => posting.account === account));

describe('a note', () => {
  it('is its lines and grants less its deductions, never below zero, and the ledger says the same', () =>
    fc.assert(
      fc.property(lots(), advances(), (sold, open) => {
        const note = composeNote(sold, chargesOf(sold, FEES), open);
        expect(note.net >= 0n).toBe(true);
        expect(note.net).toBe(note.gross + note.grants - note.deductions);
        expect(note.deductions).toBe(note.charges.filter(({ payer }) => payer === Payer.CONSIGNOR).reduce((sum, { amount }) => sum + amount, 0n));
        const entry = noteEntry('farm', note.charges);
        expect(sumOf(entry)).toBe(0n);
        expect(onAccount(entry, 'consignor-payable')).toBe(note.deductions - note.grants);
        expect(sumOf([...entry, ...reversed(entry, 'note')])).toBe(0n);
        // no advance is taken beyond what is open of it, and none is left while there is something to take it from
        const taken = (advanceId: string) => note.charges.filter((charge) => charge.advanceId === advanceId).reduce((sum, { amount }) => sum + amount, 0n);
        for (const { advanceId, outstanding } of open) expect(taken(advanceId) === outstanding || note.net === 0n).toBe(true);
      }),
    ));

  it('takes corrections of its charges that stay lawful', () => {
    const note = composeNote([LOT], chargesOf([LOT], FEES), []);
    const correct = (kind: ChargeKind, amount: bigint, lotId = 'lot') => correctCharges(note, [{ lotId, kind, amount }]);
    const decision = correct(ChargeKind.COMMISSION, 3_000n);
    const onLots = decision.accepted ? decision.events[0]!.onLots : [];
    expect(composeNote([LOT], onLots, []).net).toBe(note.net + 1_000n);
    expect(correct(ChargeKind.COMMISSION, 5_001n)).toMatchObject({ refusal: { code: 'COMMISSION_ABOVE_CAP' } });
    expect(correct(ChargeKind.COMMISSION, 1n, 'other')).toMatchObject({ refusal: { code: 'LOT_NOT_IN_NOTE' } });
    const loose = { ...LOT, loose: true };
    expect(correctCharges(composeNote([loose], [], []), [{ lotId: 'lot', kind: ChargeKind.HANDLING, amount: 100_001n }])).toMatchObject({ refusal: { code: 'CHARGES_ABOVE_AMOUNT' } });
  });
});

describe('an invoice', () => {
  it('is its lines less what is granted, and the ledger says the same', () =>
    fc.assert(
      fc.property(lots(), (sold) => {
        const invoice = composeInvoice(sold, incentivesOf(sold, FEES));
        expect(invoice.total).toBe(invoice.gross - invoice.grants);
        const entry = invoiceEntry('buyer', invoice.charges);
        expect(sumOf(entry)).toBe(0n);
        expect(onAccount(entry, 'buyer-receivable')).toBe(-invoice.grants);
      }),
    ));
});

describe('terms', () => {
  it('count calendar days for buyers and working days for payouts, to the end of the day', () => {
    const end = (day: string) => instantOf(day, '00:00', 'Asia/Seoul');
    expect(invoiceDueAt('2022-06-23', { ...FEES, paymentDays: 7 }, 'Asia/Seoul')).toBe(end('2022-07-01'));
    expect(payoutDueAt('2022-06-23', { ...FEES, payoutWorkingDays: 0 }, 'Asia/Seoul')).toBe(end('2022-06-24'));
    expect(payoutDueAt('2022-06-24', { ...FEES, payoutWorkingDays: 1 }, 'Asia/Seoul')).toBe(end('2022-06-28')); // Friday → Monday
    expect(payoutDueAt('2022-06-25', { ...FEES, payoutWorkingDays: 0 }, 'Asia/Seoul')).toBe(end('2022-06-28')); // Saturday → Monday
    expect(payoutDueAt('2022-06-24', { ...FEES, payoutWorkingDays: 3, holidays: ['2022-06-28'] }, 'Asia/Seoul')).toBe(end('2022-07-01'));
  });
});
