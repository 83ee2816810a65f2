import { Injectable } from '@nestjs/common';
import type { Id } from '@naru/kernel/ids';
import { BusinessTime } from '@naru/platform/business-time';
import { crashPoint } from '@naru/platform/crash-point';
import { Database, type Transaction } from '@naru/platform/database';
import { Ids } from '@naru/platform/ids';
import { Outbox } from '@naru/platform/outbox';
import { ServiceContext } from '@naru/platform/service-context';
import { changeExposures } from '../bidder/bidder.store.js';
import { feesOn } from '../fees/fees.store.js';
import { composeInvoice, incentivesOf } from '../invoice/invoice.js';
import { type InvoiceDraft, issueInvoices } from '../invoice/invoice.shell.js';
import { OverdueTimer } from '../invoice/overdue.timer.js';
import { openReceivable } from '../invoice/receivable.js';
import { MarketStore } from '../market/market.store.js';
import { lockSession } from '../session/session.store.js';
import { lockOpenAdvances } from './advance.store.js';
import { soldIn } from './document.store.js';
import { chargesOf, composeNote } from './note.js';
import { type NoteDraft, issueNotes } from './note.shell.js';
import { isSettled, saveSettled } from './settling.store.js';
import { invoiceDueAt, payoutDueAt } from './terms.js';

/** Settles closed sessions: a note per consignor and an invoice per buyer over what was sold, once. */
@Injectable()
export class Settling {
  constructor(
    private readonly database: Database,
    private readonly markets: MarketStore,
    private readonly outbox: Outbox,
    private readonly ids: Ids,
    private readonly time: BusinessTime,
    private readonly overdue: OverdueTimer,
    private readonly context: ServiceContext,
  ) {}

  /** Settles a session that is closed; nothing happens to one that is settled, or not closed. */
  async settle(sessionId: Id): Promise<void> {
    const { crashAt } = this.context.config;
    const settled = await this.database.transaction(async (tx) => {
      const issued = await this.#settle(tx, sessionId);
      if (issued) crashPoint('settlement.before-commit', crashAt);
      return issued;
    });
    if (settled) crashPoint('settlement.after-commit', crashAt);
  }

  /** Order of locks: the session, advances, the buyers' accounts by id, the counters. */
  async #settle(tx: Transaction, sessionId: Id): Promise<boolean> {
    const session = await lockSession(tx, sessionId);
    if (session?.phase !== 'closed' || (await isSettled(tx, sessionId))) return false;
    const now = this.time.now();
    const day = session.businessDay;
    const market = (await this.markets.find(session.marketId, tx))!;
    const { marketId, timeZone } = market;
    const sold = await soldIn(tx, sessionId);
    const fees = await feesOn(tx, marketId, day);
    const byConsignor = Map.groupBy(sold, (lot) => lot.consignorOrganizationId);
    const advances = await lockOpenAdvances(tx, marketId, [...byConsignor.keys()]);
    const dueAt = invoiceDueAt(day, fees, timeZone);
    const notes = [...byConsignor].map(([consignorOrganizationId, lots]): NoteDraft => {
      const body = composeNote(lots, chargesOf(lots, fees), advances.get(consignorOrganizationId) ?? []);
      return { noteId: this.ids.next(), sessionId, consignorOrganizationId, feesVersion: fees.version, body, payoutDueAt: payoutDueAt(day, fees, timeZone), replaces: undefined };
    });
    const invoices = [...Map.groupBy(sold, (lot) => lot.buyerOrganizationId)].map(([buyerOrganizationId, lots]): InvoiceDraft => {
      const body = composeInvoice(lots, incentivesOf(lots, fees));
      const receivable = openReceivable(body.total, dueAt, now);
      return { invoiceId: this.ids.next(), sessionId, buyerOrganizationId, feesVersion: fees.version, body, receivable, replaces: undefined };
    });
    await changeExposures(tx, marketId, invoices.map(({ buyerOrganizationId, body }) => ({ organizationId: buyerOrganizationId, by: -body.grants, overdue: 0 })));
    saveSettled(tx, session, sold.length, now);
    if (sold.length > 0) {
      const issue = { market, day, now };
      const issuedNotes = await issueNotes(tx, issue, notes);
      const issuedInvoices = await issueInvoices(tx, issue, invoices);
      await this.outbox.publish(tx, [...issuedNotes.events, ...issuedInvoices.events]);
      tx.afterCommit(() => this.overdue.watch(dueAt));
    }
    return true;
  }
}
