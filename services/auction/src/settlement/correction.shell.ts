import { Injectable } from '@nestjs/common';
import { eventsOf, refused } from '@naru/kernel/decision';
import type { Id } from '@naru/kernel/ids';
import type { Minor } from '@naru/kernel/money';
import { BusinessTime } from '@naru/platform/business-time';
import type { Transaction } from '@naru/platform/database';
import type { Occurred } from '@naru/platform/event';
import { Ids } from '@naru/platform/ids';
import { Outbox } from '@naru/platform/outbox';
import { changeExposures, lockAccount } from '../bidder/bidder.store.js';
import { chargesOn, salesIncentive } from '../fees/fees.js';
import { feesOfVersion } from '../fees/fees.store.js';
import { invoicePaid } from '../invoice/invoice.events.js';
import { composeInvoice } from '../invoice/invoice.js';
import { type InvoiceDraft, issueInvoices } from '../invoice/invoice.shell.js';
import { lockCurrentInvoice } from '../invoice/invoice.store.js';
import { evolveReceivable, outstandingOf, replaceReceivable, successorOf } from '../invoice/receivable.js';
import { saveReceivable } from '../invoice/receivable.store.js';
import { drawNumbers } from '../ledger/number.store.js';
import { holdPostingDay } from '../ledger/market-day.store.js';
import { reversed, saleEntry } from '../ledger/posting.js';
import { appendEntries } from '../ledger/posting.store.js';
import type { Market } from '../market/market.js';
import { MarketStore } from '../market/market.store.js';
import { evolvePayout, replacePayout, standingOf } from '../payout/payout.js';
import { lockPayoutsIn, savePayoutPhase } from '../payout/payout.store.js';
import { lockSession } from '../session/session.store.js';
import { slipIssued } from '../slip/slip.events.js';
import { type Slip, type SlipCorrection, correctSlip } from '../slip/slip.js';
import { boundsOf, findSlip, insertCorrection } from '../slip/slip.store.js';
import { type Viewer, operates } from '../viewer.js';
import { countDeductions, lockOpenAdvances, overpaidIn } from './advance.store.js';
import { chargesIn, lotsOf } from './document.store.js';
import { type ChargeCorrection, type DocumentCharge, type NoteView, type SoldLot, composeNote, correctCharges } from './note.js';
import { type Issue, type NoteDraft, issueNotes } from './note.shell.js';
import { currentNote, findNote } from './note.store.js';
import { isSettled } from './settling.store.js';

/** What a corrected slip changes in the documents that hold it. */
interface ChangedLot {
  readonly before: Slip;
  readonly after: Slip;
}

/**
 * Corrections are new documents: what was issued never changes. Order of locks: the session, its advances, the receivable, the payouts, the buyer's account,
 * the counters of slips, notes and invoices.
 */
@Injectable()
export class Corrections {
  constructor(
    private readonly markets: MarketStore,
    private readonly outbox: Outbox,
    private readonly ids: Ids,
    private readonly time: BusinessTime,
  ) {}

  /** Corrects a slip, with the note and the invoice that hold it; gives the id of the new slip. */
  async correctSlip(tx: Transaction, viewer: Viewer, slipId: Id, reason: string, correction: SlipCorrection): Promise<Id> {
    const found = await findSlip(tx, slipId);
    if (!found || !operates(viewer, found.operatorOrganizationId)) refused('NOT_FOUND');
    const session = (await lockSession(tx, found.sessionId))!;
    const slip = (await findSlip(tx, slipId))!;
    const [corrected] = eventsOf(correctSlip(slip, slip.correctedByCode, correction, await boundsOf(tx, slip.lotId)));
    const issue = await this.#issueOf(tx, session.marketId);
    const after: Slip = { ...slip, ...corrected!, slipId: this.ids.next(), code: '', number: 0n, businessDay: issue.day, issuedAt: issue.now, correctsSlipId: slipId, reason };
    const changed = { before: slip, after };
    const drafts = (await isSettled(tx, session.sessionId)) ? await this.#drafts(tx, issue, changed) : undefined;
    await this.#changeAccount(tx, issue.market, slip.buyerOrganizationId, drafts ? drafts.by : after.amount - slip.amount, drafts?.overdue ?? 0);

    const [number] = await drawNumbers(tx, 'SLP', issue.market, issue.day, 1);
    const numbered = { ...after, ...number! };
    insertCorrection(tx, numbered);
    appendEntries(tx, issue.market.marketId, issue.day, [{ documentId: after.slipId, postings: [...reversed(saleEntry(slip), slipId), ...saleEntry(after)] }]);
    const events: Occurred[] = [slipIssued(numbered, slip.lotCode, issue.market)];
    if (drafts) {
      const { events: notes } = await issueNotes(tx, issue, [drafts.note]);
      const { events: invoices, invoices: [invoice] } = await issueInvoices(tx, issue, [drafts.invoice]);
      events.push(...notes, ...invoices);
      if (drafts.invoice.receivable.phase === 'paid') events.push(invoicePaid(invoice!, drafts.invoice.body.lots, issue.market, issue.now));
    }
    await this.outbox.publish(tx, events);
    return after.slipId;
  }

  /** Corrects charges of a note; gives the id of the new note. */
  async correctNote(tx: Transaction, viewer: Viewer, noteId: Id, reason: string, corrections: readonly ChargeCorrection[]): Promise<Id> {
    const found = await findNote(tx, noteId);
    if (!found || !operates(viewer, found.operatorOrganizationId)) refused('NOT_FOUND');
    await lockSession(tx, found.sessionId);
    const note = (await findNote(tx, noteId))!;
    if (note.correctedByCode !== undefined) refused('DOCUMENT_REPLACED', { current: note.correctedByCode });
    const lots = await lotsOf(tx, noteId);
    const charges = await chargesIn(tx, noteId);
    const [corrected] = eventsOf(correctCharges({ lots, charges }, corrections));
    const issue = await this.#issueOf(tx, note.marketId);
    const draft = await this.#noteDraft(tx, issue, note, charges, lots, corrected!.onLots, reason);
    if (draft.body.net === note.net && sameCharges(draft.body.charges, charges)) refused('CORRECTION_EMPTY');
    const { events } = await issueNotes(tx, issue, [draft]);
    await this.outbox.publish(tx, events);
    return draft.noteId;
  }

  async #issueOf(tx: Transaction, marketId: Id): Promise<Issue> {
    const market = (await this.markets.find(marketId, tx))!;
    const now = this.time.now();
    return { market, now, day: await holdPostingDay(tx, market, now) };
  }

  /** Note and invoice as they follow from a corrected slip: what is on other lots stays as it was. */
  async #drafts(tx: Transaction, issue: Issue, { before, after }: ChangedLot): Promise<{ readonly note: NoteDraft; readonly invoice: InvoiceDraft; readonly by: Minor; readonly overdue: number }> {
    const note = (await currentNote(tx, before.sessionId, before.consignorOrganizationId))!;
    const noteLots = await lotsOf(tx, note.noteId);
    const lots = noteLots.map((lot) => changedLot(lot, after));
    const charges = await chargesIn(tx, note.noteId);
    const fees = await feesOfVersion(tx, note.marketId, note.feesVersion);
    const changed = lots.find((lot) => lot.lotId === after.lotId)!;
    const onLots = [...onOtherLots(charges, after.lotId), ...chargesOn(changed, fees).map((charge) => ({ ...charge, lotId: after.lotId }))];
    const noteDraft = await this.#noteDraft(tx, issue, note, charges, lots, onLots, after.reason!);

    const invoice = (await lockCurrentInvoice(tx, before.sessionId, before.buyerOrganizationId))!;
    const granted = await chargesIn(tx, invoice.invoiceId);
    const incentives = [...onOtherLots(granted, after.lotId), ...salesIncentive(after.amount, fees).map((charge) => ({ ...charge, lotId: after.lotId }))];
    const body = composeInvoice((await lotsOf(tx, invoice.invoiceId)).map((lot) => changedLot(lot, after)), incentives);
    const { receivable } = invoice;
    const replaced = eventsOf(replaceReceivable(receivable, body.total, issue.now)).reduce(evolveReceivable, receivable);
    saveReceivable(tx, invoice.invoiceId, replaced);
    const successor = successorOf(receivable, body.total, issue.now);
    const { sessionId, buyerOrganizationId, feesVersion } = invoice;
    const replaces = { invoiceId: invoice.invoiceId, charges: granted, reason: after.reason! };
    return {
      note: noteDraft,
      invoice: { invoiceId: this.ids.next(), sessionId, buyerOrganizationId, feesVersion, body, receivable: successor, replaces },
      by: outstandingOf(successor) - outstandingOf(receivable),
      overdue: Number(successor.phase === 'overdue') - Number(receivable.phase === 'overdue'),
    };
  }

  /** The note that takes the place of `note`: its advances are given back and taken anew, its payouts that never arrived end. */
  async #noteDraft(tx: Transaction, { market }: Issue, note: NoteView, charges: readonly DocumentCharge[], lots: readonly SoldLot[], onLots: readonly DocumentCharge[], reason: string): Promise<NoteDraft> {
    const { sessionId, consignorOrganizationId, feesVersion, payoutDueAt } = note;
    countDeductions(tx, charges, -1);
    const advances = await lockOpenAdvances(tx, market.marketId, [consignorOrganizationId], sessionId);
    const payouts = await lockPayoutsIn(tx, sessionId, consignorOrganizationId);
    for (const payout of payouts) {
      const replaced = eventsOf(replacePayout(payout)).reduce(evolvePayout, payout);
      if (replaced.phase !== payout.phase) savePayoutPhase(tx, payout.noteId, replaced.phase);
    }
    const received = standingOf(payouts) - (await overpaidIn(tx, sessionId, consignorOrganizationId));
    const body = composeNote(lots, onLots, advances.get(consignorOrganizationId) ?? []);
    return { noteId: this.ids.next(), sessionId, consignorOrganizationId, feesVersion, body, payoutDueAt, replaces: { noteId: note.noteId, charges, reason, received } };
  }

  async #changeAccount(tx: Transaction, { marketId }: Market, organizationId: Id, by: Minor, overdue: number): Promise<void> {
    const account = (await lockAccount(tx, marketId, organizationId))!;
    const free = account.deposit + account.credit - account.exposure;
    if (by > free) refused('EXPOSURE_EXCEEDED', { needed: String(by), free: String(free) });
    await changeExposures(tx, marketId, [{ organizationId, by, overdue }]);
  }
}

function changedLot(lot: SoldLot, { lotId, slipId, amount, quantity }: Slip): SoldLot {
  return lot.lotId === lotId ? { ...lot, slipId, amount, quantity } : lot;
}

function onOtherLots(charges: readonly DocumentCharge[], lotId: Id): readonly DocumentCharge[] {
  return charges.filter((charge) => charge.advanceId === undefined && charge.lotId !== lotId);
}

function sameCharges(a: readonly DocumentCharge[], b: readonly DocumentCharge[]): boolean {
  const words = (charges: readonly DocumentCharge[]): string => charges.map(({ kind, payer, amount, lotId, advanceId }) => [kind, payer, amount, lotId, advanceId].join(' ')).sort().join('\n');
  return words(a) === words(b);
}
