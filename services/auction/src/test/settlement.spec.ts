import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Charge, ChargeKind, Payer } from '@naru/contracts/gen/naru/auction/v1/charge';
import { InvoiceIssued, InvoiceOverdue, InvoicePaid, InvoiceWrittenOff, MarketDayClosed, PayoutBounced, PayoutSent, SettlementNoteIssued, SlipIssued } from '@naru/contracts/gen/naru/auction/v1/events';
import { ReceivablePhase } from '@naru/contracts/gen/naru/auction/v1/invoice_service';
import { Category, FeeSchedule } from '@naru/contracts/gen/naru/auction/v1/market_service';
import { MarketDayPhase } from '@naru/contracts/gen/naru/auction/v1/market_day_service';
import { PayoutPhase } from '@naru/contracts/gen/naru/auction/v1/payout_service';
import { OrganizationRegistered } from '@naru/contracts/gen/naru/identity/v1/events';
import { instantOf } from '@naru/kernel/instant';
import { codeOf, refusalOf } from '@naru/testing/refusals';
import { BUSAN, DAEGU, FARM, GARAK, SEOUL, START, Stage, krw, newId } from './stage.js';

const ALL = { sessionId: '', lotId: '', phase: ReceivablePhase.UNSPECIFIED, pageSize: 0, pageToken: '' };

const FEES = FeeSchedule.fromPartial({
  commissions: [{ category: Category.FRUIT_AND_VEGETABLE, rate: 400, flatAmount: 200n }],
  marketUseRate: 55,
  settlementRate: 40,
  handlingAmount: 150n,
  salesIncentiveRate: 60,
  shippingIncentiveRate: 15,
  truncation: 10n,
  paymentDays: 1,
  payoutWorkingDays: 1,
  source: 'illustrative',
});

describe('settlement', () => {
  let stage: Stage;
  let marketId: string;
  let operator: Awaited<ReturnType<Stage['as']>>;
  beforeAll(async () => {
    stage = await Stage.set();
    ({ marketId } = await stage.market({}, FEES));
    await stage.admit(marketId, [SEOUL, BUSAN, DAEGU]);
    operator = await stage.as('operator', GARAK);
  });
  afterAll(() => stage.strike());

  const noteIn = async (sessionId: string) => {
    const { notes } = await operator.notes.listSettlementNotes({ ...ALL, sessionId });
    const current = notes.filter((note) => note.correctedByNoteId === '');
    expect(current).toHaveLength(1);
    return (await operator.notes.getSettlementNote({ noteId: current[0]!.noteId })).note!;
  };
  const invoiceIn = async (sessionId: string, buyer: string) => {
    const { invoices } = await operator.invoices.listInvoices({ ...ALL, sessionId });
    const current = invoices.filter((invoice) => invoice.correctedByInvoiceId === '' && invoice.buyerOrganizationId === buyer);
    expect(current).toHaveLength(1);
    return (await operator.invoices.getInvoice({ invoiceId: current[0]!.invoiceId })).invoice!;
  };
  const sums = (charges: readonly Charge[]) => Object.fromEntries(charges.map(({ kind, payer, amount }) => [`${kind} ${payer}`, amount!.amount]));
  const exposureOf = async (organizationId: string) => (await operator.bidders.getBidder({ marketId, organizationId })).bidder!.exposure!.amount;
  const pay = (invoiceId: string, amount: bigint) => operator.invoices.recordPayment({ invoiceId, amount, reference: newId() });
  const balanceOf = async (account: string) => {
    const [row] = await stage.database.query<{ sum: string }>('select coalesce(sum(amount), 0) as sum from auction.postings where market_id = $1 and account = $2', [marketId, account]);
    return BigInt(row!.sum);
  };

  it('issues a slip at each hammer, a note to the consignor and an invoice to each buyer', async () => {
    const { sessionId, lotIds, consignments } = await stage.soldSession(marketId, [SEOUL, BUSAN, SEOUL]);
    const { slips } = await operator.slips.listSlips({ ...ALL, sessionId });
    expect(slips.map((slip) => [slip.number, slip.lotId, slip.buyerOrganizationId, slip.amount!.amount])).toEqual([
      [1n, lotIds[0], SEOUL, 100_000n],
      [2n, lotIds[1], BUSAN, 100_000n],
      [3n, lotIds[2], SEOUL, 100_000n],
    ]);
    expect(slips[0]!.code).toMatch(/^SLP-GARAK-1-20220623-0001$/);

    const note = await noteIn(sessionId);
    expect(note).toMatchObject({ code: 'STN-GARAK-1-20220623-0001', consignorOrganizationId: FARM, gross: krw(300_000), grants: krw(450), deductions: krw(18_000), net: krw(282_450) });
    const [first] = Object.values(Object.groupBy(note.charges, (charge) => charge.lotId));
    expect(sums(first!)).toEqual({
      [`${ChargeKind.COMMISSION} ${Payer.CONSIGNOR}`]: 4_000n,
      [`${ChargeKind.COMMISSION_FLAT} ${Payer.CONSIGNOR}`]: 2_000n,
      [`${ChargeKind.HANDLING} ${Payer.CORPORATION}`]: 1_500n,
      [`${ChargeKind.MARKET_USE} ${Payer.CORPORATION}`]: 550n,
      [`${ChargeKind.SETTLEMENT} ${Payer.CORPORATION}`]: 400n,
      [`${ChargeKind.SHIPPING_INCENTIVE} ${Payer.CORPORATION}`]: 150n,
    });
    expect(note.payoutDueAt).toEqual(new Date(instantOf('2022-06-25', '00:00', 'Asia/Seoul')));

    const invoice = await invoiceIn(sessionId, SEOUL);
    expect(invoice).toMatchObject({ gross: krw(200_000), grants: krw(1_200), total: krw(198_800), phase: ReceivablePhase.OPEN, outstanding: krw(198_800) });
    expect(invoice.lines.map((line) => line.lotId)).toEqual([lotIds[0], lotIds[2]]);
    expect(await exposureOf(SEOUL)).toBe(198_800n);
    const issued = (await stage.published(InvoiceIssued)).find((event) => event.invoiceId === invoice.invoiceId)!;
    expect(issued.consignmentIds).toEqual([consignments[0]!.consignmentId, consignments[2]!.consignmentId]);
    expect((await stage.published(SettlementNoteIssued)).map((event) => event.noteId)).toEqual([note.noteId]);
    expect((await stage.published(SlipIssued)).map((event) => event.lotId)).toEqual(lotIds);
  });

  it('shows each party its own documents alone; a foreign id answers like an unknown one', async () => {
    const [farm, busan, stranger] = [await stage.as('consignor', FARM), await stage.as('bidder', BUSAN), await stage.as('consignor', newId())];
    expect((await farm.notes.listSettlementNotes(ALL)).notes).not.toHaveLength(0);
    expect((await stranger.notes.listSettlementNotes(ALL)).notes).toEqual([]);
    const { notes } = await farm.notes.listSettlementNotes(ALL);
    expect(await refusalOf(stranger.notes.getSettlementNote({ noteId: notes[0]!.noteId }))).toBe('NOT_FOUND');
    expect(await refusalOf(stranger.payouts.getPayout({ noteId: notes[0]!.noteId }))).toBe('NOT_FOUND');
    const { invoices } = await busan.invoices.listInvoices(ALL);
    expect(new Set(invoices.map((invoice) => invoice.buyerOrganizationId))).toEqual(new Set([BUSAN]));
    const all = (await operator.invoices.listInvoices(ALL)).invoices;
    const foreign = all.find((invoice) => invoice.buyerOrganizationId === SEOUL)!;
    expect(await refusalOf(busan.invoices.getInvoice({ invoiceId: foreign.invoiceId }))).toBe('NOT_FOUND');
    expect(await refusalOf(busan.invoices.getInvoicePdf({ invoiceId: foreign.invoiceId, language: 'ko' }))).toBe('NOT_FOUND');
    const other = await stage.as('operator', newId());
    expect(await refusalOf(other.invoices.recordPayment({ invoiceId: foreign.invoiceId, amount: 1n, reference: 'R-1' }))).toBe('NOT_FOUND');
    expect(await refusalOf(other.payouts.sendPayout({ noteId: notes[0]!.noteId, attemptKey: 'K-1' }))).toBe('NOT_FOUND');
    expect(await refusalOf(other.days.closeMarketDay({ marketId, businessDay: '2022-06-23' }))).toBe('NOT_FOUND');
    const { slips } = await busan.slips.listSlips(ALL);
    expect(slips.every((slip) => slip.buyerOrganizationId === BUSAN)).toBe(true);
    expect((await farm.slips.listSlips(ALL)).slips).toHaveLength(3);
  });

  it('prints each document in Korean and English, with the names of its parties', async () => {
    await stage.tell(OrganizationRegistered, OrganizationRegistered.fromPartial({ organizationId: FARM, name: '충남 논산 딸기 영농조합법인' }));
    await stage.until(async () => (await stage.database.query('select from auction.parties where organization_id = $1', [FARM])).length > 0);
    const [farm, seoul] = [await stage.as('consignor', FARM), await stage.as('bidder', SEOUL)];
    const { notes: [note] } = await farm.notes.listSettlementNotes(ALL);
    const { invoices: [invoice] } = await seoul.invoices.listInvoices(ALL);
    const { slips: [slip] } = await seoul.slips.listSlips(ALL);
    for (const language of ['ko', 'en', '']) {
      const printed = [
        await farm.notes.getSettlementNotePdf({ noteId: note!.noteId, language }),
        await seoul.invoices.getInvoicePdf({ invoiceId: invoice!.invoiceId, language }),
        await seoul.slips.getSlipPdf({ slipId: slip!.slipId, language }),
      ];
      for (const { contentType, data } of printed) {
        expect(contentType).toBe('application/pdf');
        expect(Buffer.from(data).toString('latin1')).toMatch(/^%PDF-1\.[\s\S]*NanumGothic[\s\S]*%%EOF\s*$/);
      }
    }
    expect(await refusalOf(farm.notes.getSettlementNotePdf({ noteId: note!.noteId, language: 'fr' }))).toBe('INVALID_ARGUMENT');
  });

  it('takes part payments, refuses more than is outstanding, and frees the goods when all is paid', async () => {
    const { sessionId, lotIds, consignments } = await stage.soldSession(marketId, [SEOUL]);
    const { invoiceId } = await invoiceIn(sessionId, SEOUL);
    const exposure = await exposureOf(SEOUL);
    expect((await pay(invoiceId, 40_000n)).invoice).toMatchObject({ phase: ReceivablePhase.PART_PAID, outstanding: krw(59_400) });
    expect(await exposureOf(SEOUL)).toBe(exposure - 40_000n);
    expect(await refusalOf(pay(invoiceId, 59_401n))).toBe('PAYMENT_EXCEEDS_OUTSTANDING');
    const once = { invoiceId, amount: 9_400n, reference: 'BANK-1' };
    await operator.invoices.recordPayment(once);
    expect(await refusalOf(operator.invoices.recordPayment(once))).toBe('ALREADY_EXISTS');
    const { invoice } = await pay(invoiceId, 50_000n);
    expect(invoice).toMatchObject({ phase: ReceivablePhase.PAID, outstanding: krw(0), paid: krw(99_400) });
    expect(invoice!.payments).toHaveLength(3);
    expect(await refusalOf(pay(invoiceId, 1n))).toBe('INVOICE_NOT_OPEN');
    const paid = (await stage.published(InvoicePaid)).filter((event) => event.invoiceId === invoiceId);
    expect(paid).toMatchObject([{ code: invoice!.code, marketId, buyerOrganizationId: SEOUL, lotIds, consignmentIds: [consignments[0]!.consignmentId] }]);
  });

  it('books payments and corrections that come at once one after the other', async () => {
    const { sessionId, lotIds: [lotId = ''] } = await stage.soldSession(marketId, [SEOUL]);
    const { invoiceId } = await invoiceIn(sessionId, SEOUL);
    const exposure = await exposureOf(SEOUL);
    const paid = await Promise.all(Array.from({ length: 8 }, () => pay(invoiceId, 30_000n).then(() => 'paid', codeOf)));
    expect(paid.sort()).toEqual([...Array.from({ length: 5 }, () => 'PAYMENT_EXCEEDS_OUTSTANDING'), 'paid', 'paid', 'paid']);
    expect(await exposureOf(SEOUL)).toBe(exposure - 90_000n);
    const { noteId } = await noteIn(sessionId);
    const correct = (amount: bigint) => operator.notes.correctNote({ noteId, reason: '수수료 착오', charges: [{ lotId, kind: ChargeKind.COMMISSION, amount }] });
    const corrected = await Promise.all([1n, 2n, 3n, 4n].map((amount) => correct(amount).then(() => 'corrected', codeOf)));
    expect(corrected.sort()).toEqual(['DOCUMENT_REPLACED', 'DOCUMENT_REPLACED', 'DOCUMENT_REPLACED', 'corrected']);
    await noteIn(sessionId);
  });

  it('settles a session after a crash, once, though two instances find it', async () => {
    const { sessionId, lotIds } = await stage.openSession(marketId, [{}, {}]);
    const { lots } = await stage.as('bidder', SEOUL);
    await lots.placeBid({ lotId: lotIds[0]!, limit: krw(7_000) });
    await stage.clock.advanceTo(stage.clock.nextDue()!);
    await stage.services.shift()!.stop(); // and what it would have settled is left
    await stage.database.query(`update auction.lots set phase = 'withdrawn', opened_at = null, closes_at = null, dossier_digest = null, reason = 'trial' where lot_id = $1`, [lotIds[1]]);
    await stage.database.query(`update auction.sessions set phase = 'closed', closed_at = now() where session_id = $1`, [sessionId]);
    await Promise.all([stage.startInstance(), stage.startInstance()]);
    await stage.clock.advanceTo(stage.clock.now());
    await stage.until(async () => (await stage.database.query('select from auction.session_settlements where session_id = $1', [sessionId])).length > 0);
    operator = await stage.as('operator', GARAK);
    expect((await noteIn(sessionId)).lines).toHaveLength(1);
  });

  it('takes new fees from a day to come, and shows those in force to everybody', async () => {
    const { marketId: other } = await stage.market({}, FEES);
    const revise = (effectiveFrom: string, rate = 500) => operator.markets.reviseFees({ marketId: other, effectiveFrom, fees: { ...FEES, commissions: [{ ...FEES.commissions[0]!, rate }] } });
    expect(await refusalOf(revise('2022-06-23'))).toBe('FEES_NOT_LATER');
    expect(await refusalOf(revise('2022-07-01', 701))).toBe('COMMISSION_ABOVE_CAP');
    expect(await refusalOf(revise('2022-02-30'))).toBe('BUSINESS_DAY_UNKNOWN');
    expect((await revise('2022-07-01')).fees).toMatchObject({ version: 2, effectiveFrom: '2022-07-01' });
    const { markets } = await stage.as('analyst', newId());
    const rateOn = async (businessDay: string) => (await markets.getFees({ marketId: other, businessDay })).fees!.commissions[0]!.rate;
    expect([await rateOn(''), await rateOn('2022-06-30'), await rateOn('2022-07-01')]).toEqual([400, 400, 500]);
    const { marketId: plain } = await stage.market();
    expect((await markets.getFees({ marketId: plain, businessDay: '' })).fees).toMatchObject({ version: 0, commissions: [] });
    const stranger = await stage.as('operator', newId());
    expect(await refusalOf(stranger.markets.reviseFees({ marketId: other, effectiveFrom: '2022-08-01', fees: FEES }))).toBe('NOT_FOUND');
  });

  it('sends a payout at most once, and again under a new key after it bounced', async () => {
    const { sessionId } = await stage.soldSession(marketId, [BUSAN]);
    const { noteId, net } = await noteIn(sessionId);
    const before = await balanceOf('bank');
    const sends = await Promise.all(Array.from({ length: 4 }, () => operator.payouts.sendPayout({ noteId, attemptKey: 'A-1' })));
    expect(sends.map(({ payout }) => payout!.attempts.length)).toEqual([1, 1, 1, 1]);
    expect(await balanceOf('bank')).toBe(before - net!.amount);
    expect(await refusalOf(operator.payouts.sendPayout({ noteId, attemptKey: 'A-2' }))).toBe('PAYOUT_NOT_IN_PHASE');
    expect(await refusalOf(operator.payouts.resendPayout({ noteId, attemptKey: 'A-2' }))).toBe('PAYOUT_NOT_IN_PHASE');
    expect(await refusalOf(operator.payouts.recordPayoutBounced({ noteId, attemptKey: 'A-9', reason: '계좌 없음' }))).toBe('ATTEMPT_UNKNOWN');
    for (let i = 0; i < 2; i++) expect((await operator.payouts.recordPayoutBounced({ noteId, attemptKey: 'A-1', reason: '예금주 불일치' })).payout!.phase).toBe(PayoutPhase.BOUNCED);
    expect(await balanceOf('bank')).toBe(before);
    expect(await refusalOf(operator.payouts.resendPayout({ noteId, attemptKey: 'A-1' }))).toBe('ATTEMPT_KEY_USED');
    const { payout } = await operator.payouts.resendPayout({ noteId, attemptKey: 'A-2' });
    expect(payout).toMatchObject({ phase: PayoutPhase.RESENT, attempts: [{ attempt: 1, reason: '예금주 불일치' }, { attempt: 2, bouncedAt: undefined }] });
    expect(await balanceOf('bank')).toBe(before - net!.amount);
    expect((await stage.published(PayoutSent)).filter((event) => event.noteId === noteId).map((event) => event.attempt)).toEqual([1, 2]);
    expect((await stage.published(PayoutBounced)).filter((event) => event.noteId === noteId)).toHaveLength(1);
  });

  it('corrects a note twice by new notes, the difference paid or carried on as an advance', async () => {
    const { sessionId, lotIds: [lotId = ''] } = await stage.soldSession(marketId, [BUSAN]);
    const first = await noteIn(sessionId);
    expect(first.net).toEqual(krw(94_150));
    await operator.payouts.sendPayout({ noteId: first.noteId, attemptKey: 'B-1' });
    const correct = (noteId: string, amount: bigint) => operator.notes.correctNote({ noteId, reason: '수수료 착오', charges: [{ lotId, kind: ChargeKind.COMMISSION_FLAT, amount }] });
    const { note: second } = await correct(first.noteId, 500n);
    expect(second).toMatchObject({ net: krw(95_650), correctsNoteId: first.noteId, reason: '수수료 착오' });
    expect((await operator.payouts.getPayout({ noteId: second!.noteId })).payout).toMatchObject({ phase: PayoutPhase.DUE, amount: krw(1_500) });
    expect(await refusalOf(correct(first.noteId, 0n))).toBe('DOCUMENT_REPLACED');
    expect(await refusalOf(correct(second!.noteId, 500n))).toBe('CORRECTION_EMPTY');
    expect(await refusalOf(correct(second!.noteId, 3_001n))).toBe('COMMISSION_ABOVE_CAP');
    const { note: third } = await correct(second!.noteId, 3_000n);
    expect(third).toMatchObject({ net: krw(93_150), correctsNoteId: second!.noteId });
    expect((await operator.payouts.getPayout({ noteId: second!.noteId })).payout!.phase).toBe(PayoutPhase.REPLACED);
    expect((await operator.payouts.getPayout({ noteId: third!.noteId })).payout!.phase).toBe(PayoutPhase.NOTHING);
    expect((await noteIn(sessionId)).noteId).toBe(third!.noteId);
    expect((await operator.notes.getSettlementNote({ noteId: first.noteId })).note).toEqual({ ...first, correctedByNoteId: second!.noteId });
    // 1,000 won too much were sent: the next note takes them back
    const next = await noteIn((await stage.soldSession(marketId, [BUSAN])).sessionId);
    expect(next.charges.find((charge) => charge.kind === ChargeKind.ADVANCE)).toMatchObject({ payer: Payer.CONSIGNOR, amount: krw(1_000) });
    expect(next.net).toEqual(krw(93_150));
    expect(await balanceOf('advances')).toBe(0n);
  });

  it('corrects a slip by a new one, and note and invoice with it', async () => {
    const { sessionId, lotIds: [lotId = ''] } = await stage.soldSession(marketId, [SEOUL, SEOUL]);
    const { slips } = await operator.slips.listSlips({ ...ALL, lotId });
    const { invoiceId } = await invoiceIn(sessionId, SEOUL);
    await pay(invoiceId, 100_000n);
    const exposure = await exposureOf(SEOUL);
    const { slip } = await operator.slips.correctSlip({ slipId: slips[0]!.slipId, reason: '단가 착오', priceAmount: 9_000n, quantity: 0n });
    expect(slip).toMatchObject({ amount: krw(90_000), correctsSlipId: slips[0]!.slipId, reason: '단가 착오' });
    expect((await operator.slips.getSlip({ slipId: slips[0]!.slipId })).slip).toEqual({ ...slips[0], correctedBySlipId: slip!.slipId });
    const invoice = await invoiceIn(sessionId, SEOUL);
    expect(invoice).toMatchObject({ correctsInvoiceId: invoiceId, gross: krw(190_000), total: krw(188_860), paid: krw(100_000), outstanding: krw(88_860), phase: ReceivablePhase.PART_PAID });
    expect(await exposureOf(SEOUL)).toBe(exposure - 9_940n);
    expect((await noteIn(sessionId)).gross).toEqual(krw(190_000));
    expect(await refusalOf(pay(invoiceId, 1n))).toBe('INVOICE_NOT_OPEN');
    expect(await refusalOf(operator.slips.correctSlip({ slipId: slips[0]!.slipId, reason: '단가 착오', priceAmount: 8_000n, quantity: 0n }))).toBe('DOCUMENT_REPLACED');
    expect(await refusalOf(operator.slips.correctSlip({ slipId: slip!.slipId, reason: '수량 착오', priceAmount: 0n, quantity: 11n }))).toBe('QUANTITY_ABOVE_LOT');
    await pay(invoice.invoiceId, 88_860n);
    expect(await refusalOf(operator.slips.correctSlip({ slipId: slip!.slipId, reason: '수량 착오', priceAmount: 0n, quantity: 5n }))).toBe('CORRECTION_BELOW_PAID');
  });

  it('corrects a slip before its session is settled too', async () => {
    const { lotIds, sessionId } = await stage.openSession(marketId, [{}, {}]);
    const { lots } = await stage.as('bidder', SEOUL);
    await lots.placeBid({ lotId: lotIds[0]!, limit: krw(7_000) });
    await stage.clock.advanceTo(stage.clock.nextDue()!);
    const [slip] = (await operator.slips.listSlips({ ...ALL, lotId: lotIds[0]! })).slips;
    const exposure = await exposureOf(SEOUL);
    await operator.slips.correctSlip({ slipId: slip!.slipId, reason: '수량 착오', priceAmount: 0n, quantity: 9n });
    expect(await exposureOf(SEOUL)).toBe(exposure - slip!.price!.amount);
    await stage.clock.advanceTo(stage.clock.nextDue()!);
    await stage.until(async () => (await operator.notes.listSettlementNotes({ ...ALL, sessionId })).notes.length > 0);
    expect((await noteIn(sessionId)).lines).toMatchObject([{ quantity: 9n }]);
    expect((await invoiceIn(sessionId, SEOUL)).gross!.amount).toBe(slip!.price!.amount * 9n);
  });

  it('splits a freight bill by weight and deducts it; the consignor of loose goods bears their handling', async () => {
    const { sessionId, consignments } = await stage.openSession(marketId, [{ loose: true }, {}, {}]);
    const { shares } = await operator.notes.recordAdvance({ marketId, consignmentIds: consignments.map((consignment) => consignment.consignmentId), amount: 10_000n, reference: '운송장 7' });
    expect(shares.map((share) => share.amount!.amount)).toEqual([3_334n, 3_333n, 3_333n]);
    const { lots } = await stage.as('bidder', SEOUL);
    await lots.placeBid({ lotId: consignments[0]!.lotId, limit: krw(7_000) });
    for (let i = 0; i < 3; i++) await stage.clock.advanceTo(stage.clock.nextDue()!);
    await stage.until(async () => (await operator.notes.listSettlementNotes({ ...ALL, sessionId })).notes.length > 0);
    const note = await noteIn(sessionId);
    const deducted = note.charges.filter((charge) => charge.kind === ChargeKind.ADVANCE).reduce((sum, charge) => sum + charge.amount!.amount, 0n);
    expect(deducted).toBe(10_000n);
    expect(note.charges.find((charge) => charge.kind === ChargeKind.HANDLING)).toMatchObject({ payer: Payer.CONSIGNOR, amount: krw(1_500) });
    const foreign = await stage.as('operator', newId());
    expect(await refusalOf(foreign.notes.recordAdvance({ marketId, consignmentIds: [consignments[0]!.consignmentId], amount: 1n, reference: 'x' }))).toBe('NOT_FOUND');
  });

  it('closes a day only when every session is settled, and posts to the next day after', async () => {
    const running = await stage.openSession(marketId, [{}]);
    expect(await refusalOf(operator.days.closeMarketDay({ marketId, businessDay: '2022-06-23' }))).toBe('MARKET_DAY_NOT_BALANCED');
    expect((await operator.days.getMarketDay({ marketId, businessDay: '2022-06-23' })).day).toMatchObject({ phase: MarketDayPhase.OPEN, sessionsOpen: 1n, documentsMissing: 0n });
    await stage.clock.advanceTo(stage.clock.nextDue()!);
    await stage.until(async () => (await stage.database.query('select from auction.session_settlements where session_id = $1', [running.sessionId])).length > 0);
    expect(await refusalOf(operator.days.closeMarketDay({ marketId, businessDay: '2022-06-24' }))).toBe('MARKET_DAY_TO_COME');
    const { day } = await operator.days.closeMarketDay({ marketId, businessDay: '2022-06-23' });
    expect(day).toMatchObject({ phase: MarketDayPhase.CLOSED, sessionsOpen: 0n, documentsMissing: 0n });
    expect(day!.debits).toEqual(day!.credits);
    expect((await operator.days.getMarketDay({ marketId, businessDay: '2022-06-23' })).day).toEqual(day);
    expect(await stage.published(MarketDayClosed)).toHaveLength(1);
    expect(await refusalOf(operator.days.closeMarketDay({ marketId, businessDay: '2022-06-23' }))).toBe('MARKET_DAY_CLOSED');
    expect(await refusalOf(operator.sessions.createSession({ marketId, name: '늦은 경매', businessDay: '2022-06-23' }))).toBe('MARKET_DAY_CLOSED');
    const open = (await operator.invoices.listInvoices({ ...ALL, phase: ReceivablePhase.OPEN })).invoices.find((invoice) => invoice.buyerOrganizationId === BUSAN)!;
    await pay(open.invoiceId, 1n);
    const after = (await operator.days.getMarketDay({ marketId, businessDay: '2022-06-24' })).day!;
    expect(after.accounts).toMatchObject([{ account: 'bank', debits: krw(1) }, { account: 'buyer-receivable', credits: krw(1) }]);
    let token = '';
    let sum = 0n;
    do {
      const page = await operator.days.listPostings({ marketId, pageSize: 7, pageToken: token });
      sum += page.postings.reduce((total, posting) => total + posting.amount!.amount, 0n);
      token = page.nextPageToken;
    } while (token !== '');
    expect(sum).toBe(0n);
  });

  it('lets an overdue buyer lead nothing until it has paid, and suspends one whose debt is written off', async () => {
    const due = instantOf('2022-06-25', '00:00', 'Asia/Seoul');
    await stage.admit(marketId, [SEOUL, BUSAN, DAEGU], { licensedUntil: new Date(START + 10 * 86_400_000) });
    await stage.clock.advanceTo(due);
    const overdue = (await operator.invoices.listInvoices({ ...ALL, phase: ReceivablePhase.OVERDUE })).invoices;
    expect(overdue.length).toBeGreaterThan(0);
    expect((await stage.published(InvoiceOverdue)).map((event) => event.invoiceId).sort()).toEqual(overdue.map((invoice) => invoice.invoiceId).sort());
    const { sessionId } = (await operator.sessions.createSession({ marketId, name: '토요 경매', businessDay: '2022-06-25' })).session!;
    const consignment = await stage.consign(marketId);
    await stage.receive(consignment);
    await operator.lots.listLot({ lotId: consignment.lotId, sessionId, startPriceAmount: 6_000n });
    await operator.sessions.startSession({ sessionId });
    const [seoul, busan] = [await stage.as('bidder', SEOUL), await stage.as('bidder', BUSAN)];
    const bid = (bidder: typeof seoul, amount: number) => bidder.lots.placeBid({ lotId: consignment.lotId, limit: krw(amount) });
    expect(await refusalOf(bid(seoul, 7_000))).toBe('BIDDER_OVERDUE');
    for (const invoice of overdue.filter((some) => some.buyerOrganizationId === SEOUL)) await pay(invoice.invoiceId, invoice.outstanding!.amount);
    expect((await bid(seoul, 7_000)).bid!.leading).toBe(true);

    const [lost, ...others] = overdue.filter((some) => some.buyerOrganizationId === BUSAN);
    for (const invoice of others) await pay(invoice.invoiceId, invoice.outstanding!.amount);
    const exposure = await exposureOf(BUSAN);
    const { invoice } = await operator.invoices.writeOffInvoice({ invoiceId: lost!.invoiceId, reason: '파산' });
    expect(invoice).toMatchObject({ phase: ReceivablePhase.WRITTEN_OFF, outstanding: krw(0) });
    expect(await exposureOf(BUSAN)).toBe(exposure - lost!.outstanding!.amount);
    expect(await balanceOf('bad-debt-expense')).toBe(lost!.outstanding!.amount);
    expect((await stage.published(InvoiceWrittenOff)).map((event) => event.reason)).toEqual(['파산']);
    expect(await refusalOf(bid(busan, 9_000))).toBe('BIDDER_SUSPENDED');
    expect(await refusalOf(operator.invoices.writeOffInvoice({ invoiceId: lost!.invoiceId, reason: '파산' }))).toBe('INVOICE_NOT_OVERDUE');
    await stage.admit(marketId, [BUSAN], { licensedUntil: new Date(START + 10 * 86_400_000) });
    expect((await bid(busan, 9_000)).bid!.leading).toBe(true);
  });
});
