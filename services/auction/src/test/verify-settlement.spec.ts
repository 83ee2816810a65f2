import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChargeKind } from '@naru/contracts/gen/naru/auction/v1/charge';
import { ReceivablePhase } from '@naru/contracts/gen/naru/auction/v1/invoice_service';
import { Category, FeeSchedule } from '@naru/contracts/gen/naru/auction/v1/market_service';
import { instantOf } from '@naru/kernel/instant';
import { Database } from '@naru/platform/database';
import type { Queries } from '../queries.js';
import { rules } from '../verify.js';
import { BUSAN, DAEGU, GARAK, SEOUL, START, Stage, newId } from './stage.js';

const ALL = { sessionId: '', lotId: '', phase: ReceivablePhase.UNSPECIFIED, pageSize: 0, pageToken: '' };
const FEES = FeeSchedule.fromPartial({
  commissions: [{ category: Category.FRUIT_AND_VEGETABLE, rate: 400, flatAmount: 200n }],
  ...{ marketUseRate: 55, settlementRate: 40, handlingAmount: 150n, salesIncentiveRate: 60, paymentDays: 1, payoutWorkingDays: 1, source: 'illustrative' },
});

describe('verify, once money has moved', () => {
  let stage: Stage;
  let reader: Database;
  beforeAll(async () => {
    stage = await Stage.set();
    const { marketId } = await stage.market({}, FEES);
    await stage.admit(marketId, [SEOUL, BUSAN, DAEGU], { licensedUntil: new Date(START + 10 * 86_400_000) });
    const operator = await stage.as('operator', GARAK);
    // paid in part; its slip and then its note corrected, after the payout was sent
    const { sessionId, lotIds: [lotId = ''] } = await stage.soldSession(marketId, [SEOUL, BUSAN]);
    const { notes: [note] } = await operator.notes.listSettlementNotes({ ...ALL, sessionId });
    await operator.payouts.sendPayout({ noteId: note!.noteId, attemptKey: 'A-1' });
    await operator.payouts.recordPayoutBounced({ noteId: note!.noteId, attemptKey: 'A-1', reason: '계좌 없음' });
    await operator.payouts.resendPayout({ noteId: note!.noteId, attemptKey: 'A-2' });
    const { invoices } = await operator.invoices.listInvoices({ ...ALL, sessionId });
    for (const { invoiceId } of invoices) await operator.invoices.recordPayment({ invoiceId, amount: 30_000n, reference: newId() });
    const { slips: [slip] } = await operator.slips.listSlips({ ...ALL, lotId });
    await operator.slips.correctSlip({ slipId: slip!.slipId, reason: '단가 착오', priceAmount: 9_000n, quantity: 0n });
    const corrected = (await operator.notes.listSettlementNotes({ ...ALL, sessionId })).notes.at(-1)!;
    await operator.notes.correctNote({ noteId: corrected.noteId, reason: '정액 착오', charges: [{ lotId, kind: ChargeKind.COMMISSION_FLAT, amount: 100n }] });
    // not paid at all
    const second = await stage.soldSession(marketId, [BUSAN]);
    await operator.days.closeMarketDay({ marketId, businessDay: '2022-06-23' });
    await stage.clock.advanceTo(instantOf('2022-06-25', '00:00', 'Asia/Seoul'));
    const overdue = (await operator.invoices.listInvoices({ ...ALL, sessionId: second.sessionId })).invoices;
    await operator.invoices.writeOffInvoice({ invoiceId: overdue[0]!.invoiceId, reason: '파산' });
    reader = await Database.connect({ url: stage.database.readerUrl, schema: 'public', poolSize: 1 });
  });
  afterAll(async () => {
    await reader.close();
    await stage.strike();
  });

  async function violations(by: Queries = reader): Promise<string[]> {
    const broken: string[] = [];
    for (const { rule, check } of rules) {
      const [found] = await by.query<{ checked: bigint; violations: bigint }>(check as string);
      expect([rule, found!.checked > 0n]).toEqual([rule, true]);
      if (found!.violations > 0n) broken.push(rule);
    }
    return broken;
  }

  it('finds rows for each rule and nothing wrong with them, as a role that may only read', async () => {
    expect(await violations()).toEqual([]);
  });

  // What was done by hand, as a superuser, and the rules that must see it.
  const BREAKS: readonly (readonly [string, string, readonly string[]])[] = [
    ['a posting that nothing answers', `update auction.postings set amount = amount + 1 where line = 1 and account = 'bank'`, ['A9']],
    ['commission above its cap', `update auction.document_charges set amount = 7001 where kind = 'CHARGE_KIND_COMMISSION'`, ['A9', 'A12']],
    ['a journal that may be changed', 'grant delete on auction.postings to auction_app', ['A9']],
    ['slips that may be changed', 'grant update on auction.slips to auction_app', ['A9']],
    ['a number that is missing', 'update auction.slips set number = 9 where number = 2', ['A10']],
    ['a counter that ran ahead', `update auction.document_counters set last = last + 1 where kind = 'INV'`, ['A10']],
    ['a hammer without a slip', `update auction.slips set lot_id = gen_random_uuid() where number = 4 and business_day = '2022-06-23'`, ['A10']],
    ['a slip over another amount than the hammer', `update auction.slips set price = price + 1, amount = amount + quantity where number = 4 and business_day = '2022-06-23'`, ['A10', 'A12']],
    ['a payout that was sent twice', `drop index auction.payout_attempts_standing; update auction.payout_attempts set bounced_at = null, bounce_id = null where attempt = 1`, ['A11']],
    ['a payout that the bank never made', `delete from auction.postings where document_id = (select attempt_id from auction.payout_attempts where attempt = 2)`, ['A11', 'A12']],
    ['a payout of another amount', `update auction.payouts set amount = amount + 1 where phase = 'due'`, ['A11', 'A12']],
    ['a note whose net is another', 'update auction.settlement_notes set net = net + 1, deductions = deductions - 1', ['A12']],
    ['a charge that is gone', `delete from auction.document_charges where kind = 'CHARGE_KIND_SALES_INCENTIVE'`, ['A12']],
    ['a lot that is in no invoice', `delete from auction.document_lines d using auction.invoices i where i.invoice_id = d.document_id and d.lot_id in (select lot_id from auction.slips where number = 2)`, ['A12']],
    ['a payment that was not posted', `update auction.receivables set paid = paid + 1 where phase in ('part-paid', 'overdue')`, ['A7', 'A12']],
    ['exposure that was never released', `update auction.bidders set exposure = exposure + 1 where organization_id = '${SEOUL}'`, ['A7']],
    ['a bid of an overdue buyer', `update auction.bids set stamped_at = stamped_at + interval '2 days' where organization_id = '${SEOUL}'`, ['A8']],
    ['an overdue invoice that bars nobody', 'update auction.bidders set overdue_invoices = 0', ['A8']],
    ['a closed day that was posted to', `update auction.postings set business_day = '2022-06-23' where business_day > '2022-06-23'`, ['A16']],
    ['a closed day that lost a document', `delete from auction.session_settlements`, ['A16']],
    ['a closed day with other figures', `update auction.market_days set debits = debits + 1, credits = credits + 1 where phase = 'closed'`, ['A16']],
  ];

  it.each(BREAKS)('sees %s', async (_, statement, expected) => {
    const superuser = await Database.connect({ url: stage.database.adminUrl, schema: 'public', poolSize: 1 });
    const undo = new Error('undo');
    let broken: string[] = [];
    const attempt = superuser.transaction(async (tx) => {
      for (const one of statement.split('; ')) await tx.query(one);
      broken = await violations(tx);
      throw undo;
    });
    await expect(attempt).rejects.toBe(undo);
    await superuser.close();
    expect(broken).toEqual(expect.arrayContaining([...expected]));
  });
});
