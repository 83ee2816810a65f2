import type { Id } from '@naru/kernel/ids';
import type { Occurred } from '@naru/platform/event';
import { drawNumbers } from '../ledger/number.store.js';
import { reversed } from '../ledger/posting.js';
import { appendEntries } from '../ledger/posting.store.js';
import type { Queries, Writes } from '../queries.js';
import { appendBodies } from '../settlement/document.store.js';
import type { DocumentCharge } from '../settlement/note.js';
import type { Issue } from '../settlement/note.shell.js';
import { invoiceIssued } from './invoice.events.js';
import { type Invoice, type InvoiceBody, invoiceEntry } from './invoice.js';
import { insertInvoices } from './invoice.store.js';
import type { Receivable } from './receivable.js';
import { insertReceivables } from './receivable.store.js';

/** An invoice to be issued. */
export interface InvoiceDraft {
  readonly invoiceId: Id;
  readonly sessionId: Id;
  readonly buyerOrganizationId: Id;
  readonly feesVersion: number;
  readonly body: InvoiceBody;
  readonly receivable: Receivable;
  readonly replaces: { readonly invoiceId: Id; readonly charges: readonly DocumentCharge[]; readonly reason: string } | undefined;
}

/** Issues invoices: numbers, rows, postings, receivables. All that they touch is locked but the counter; gives their events. */
export async function issueInvoices(tx: Queries & Writes, { market, day, now }: Issue, drafts: readonly InvoiceDraft[]): Promise<{ readonly invoices: readonly Invoice[]; readonly events: readonly Occurred[] }> {
  const numbers = await drawNumbers(tx, 'INV', market, day, drafts.length);
  const invoices = drafts.map(({ invoiceId, sessionId, buyerOrganizationId, feesVersion, body, receivable, replaces }, i): Invoice => {
    const { marketId, operatorOrganizationId } = market;
    const head = { invoiceId, sessionId, buyerOrganizationId, feesVersion, ...numbers[i]!, marketId, operatorOrganizationId, businessDay: day };
    const { gross, grants, total } = body;
    return { ...head, gross, grants, total, issuedAt: now, dueAt: receivable.dueAt, correctsInvoiceId: replaces?.invoiceId, reason: replaces?.reason };
  });
  insertInvoices(tx, invoices);
  insertReceivables(tx, invoices.map((invoice, i) => ({ invoice, receivable: drafts[i]!.receivable })));
  appendBodies(tx, drafts.map(({ invoiceId, body }) => ({ documentId: invoiceId, lots: body.lots, charges: body.charges })));
  const entries = drafts.map(({ invoiceId, buyerOrganizationId, body, replaces }) => {
    const before = replaces ? reversed(invoiceEntry(buyerOrganizationId, replaces.charges), replaces.invoiceId) : [];
    return { documentId: invoiceId, postings: [...before, ...invoiceEntry(buyerOrganizationId, body.charges)] };
  });
  appendEntries(tx, market.marketId, day, entries);
  return { invoices, events: invoices.map((invoice, i) => invoiceIssued(invoice, drafts[i]!.body.lots, market)) };
}
