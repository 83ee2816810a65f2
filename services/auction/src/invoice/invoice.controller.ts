import { Controller } from '@nestjs/common';
import type { HttpBody } from '@naru/contracts/gen/google/api/httpbody';
import {
  type GetInvoicePdfRequest,
  type GetInvoiceRequest,
  type GetInvoiceResponse,
  Invoice as InvoiceMessage,
  InvoiceServiceService,
  type ListInvoicesRequest,
  type ListInvoicesResponse,
  ReceivablePhase as PhaseMessage,
  type RecordPaymentRequest,
  type RecordPaymentResponse,
  type WriteOffInvoiceRequest,
  type WriteOffInvoiceResponse,
} from '@naru/contracts/gen/naru/auction/v1/invoice_service';
import { eventsOf, refused } from '@naru/kernel/decision';
import { type Id, isUuid } from '@naru/kernel/ids';
import { BusinessTime } from '@naru/platform/business-time';
import { Database, type Transaction } from '@naru/platform/database';
import { Ids } from '@naru/platform/ids';
import { Outbox } from '@naru/platform/outbox';
import { PageTokens, pageSize } from '@naru/platform/page-tokens';
import type { Call, CommandCall } from '@naru/platform/rpc/call';
import { Command, Rpc } from '@naru/platform/rpc/decorators';
import { changeExposures, lockAccount, saveAdmission } from '../bidder/bidder.store.js';
import { holdPostingDay } from '../ledger/market-day.store.js';
import { paymentEntry, writeOffEntry } from '../ledger/posting.js';
import { appendEntries } from '../ledger/posting.store.js';
import type { Market } from '../market/market.js';
import { MarketStore } from '../market/market.store.js';
import { printedInvoice } from '../print/invoice.js';
import { languageOf } from '../print/language.js';
import { namesOf } from '../print/party.store.js';
import { pdfOf } from '../print/pdf.shell.js';
import type { Queries } from '../queries.js';
import { chargesMessage, linesMessage } from '../settlement/document.message.js';
import { chargesIn, linesOf, lotsOf } from '../settlement/document.store.js';
import { type Viewer, operates, viewerOf } from '../viewer.js';
import { invoicePaid, invoicePartPaid, invoiceWrittenOff } from './invoice.events.js';
import type { InvoiceView } from './invoice.js';
import { listInvoices, lockInvoice } from './invoice.store.js';
import { type ReceivablePhase, evolveReceivable, outstandingOf, recordPayment, writeOff } from './receivable.js';
import { insertPayment, paymentsOf, saveReceivable } from './receivable.store.js';

const PHASES: Readonly<Record<ReceivablePhase, PhaseMessage>> = {
  open: PhaseMessage.OPEN,
  'part-paid': PhaseMessage.PART_PAID,
  overdue: PhaseMessage.OVERDUE,
  paid: PhaseMessage.PAID,
  'written-off': PhaseMessage.WRITTEN_OFF,
  replaced: PhaseMessage.REPLACED,
};

/** An invoice without its lines and payments. */
function headOf(invoice: InvoiceView, { rules }: Market): InvoiceMessage {
  const money = (amount: bigint) => ({ currency: rules.currency, amount });
  const { receivable } = invoice;
  return InvoiceMessage.fromPartial({
    ...invoice,
    gross: money(invoice.gross),
    grants: money(invoice.grants),
    total: money(invoice.total),
    issuedAt: new Date(invoice.issuedAt),
    dueAt: new Date(invoice.dueAt),
    correctsInvoiceId: invoice.correctsInvoiceId ?? '',
    correctedByInvoiceId: invoice.correctedByInvoiceId ?? '',
    reason: invoice.reason ?? '',
    phase: PHASES[receivable.phase],
    paid: money(receivable.paid),
    outstanding: money(outstandingOf(receivable)),
  });
}

@Controller()
export class InvoiceController {
  constructor(
    private readonly markets: MarketStore,
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly ids: Ids,
    private readonly time: BusinessTime,
    private readonly pages: PageTokens,
  ) {}

  @Rpc(InvoiceServiceService.getInvoice)
  async getInvoice(request: GetInvoiceRequest, call: Call): Promise<GetInvoiceResponse> {
    return { invoice: await this.#whole(this.database, await this.#seen(this.database, request.invoiceId, viewerOf(call.caller))) };
  }

  @Rpc(InvoiceServiceService.listInvoices)
  async listInvoices(request: ListInvoicesRequest, call: Call): Promise<ListInvoicesResponse> {
    const { organizationId } = call.caller;
    const { sessionId } = request;
    const list = `invoices ${sessionId} ${request.phase}`;
    const size = pageSize(request.pageSize);
    const after = this.pages.open(request.pageToken, list, organizationId);
    if (sessionId !== '' && !isUuid(sessionId)) return { invoices: [], nextPageToken: '' };
    const phase = (Object.keys(PHASES) as ReceivablePhase[]).find((some) => PHASES[some] === request.phase);
    const rows = await listInvoices(this.database, viewerOf(call.caller), { sessionId: sessionId || undefined, phase, after, limit: size + 1 });
    const { items, nextPageToken } = this.pages.cut(rows, size, list, organizationId, (invoice) => invoice.invoiceId);
    const invoices: InvoiceMessage[] = [];
    for (const invoice of items) invoices.push(headOf(invoice, (await this.markets.find(invoice.marketId))!));
    return { invoices, nextPageToken };
  }

  @Command(InvoiceServiceService.recordPayment)
  async recordPayment({ invoiceId, amount, reference }: RecordPaymentRequest, { tx, caller }: CommandCall): Promise<RecordPaymentResponse> {
    const invoice = await this.#operated(tx, invoiceId, viewerOf(caller));
    const { marketId, buyerOrganizationId, receivable } = invoice;
    const market = (await this.markets.find(marketId, tx))!;
    const now = this.time.now();
    const after = eventsOf(recordPayment(receivable, amount, now)).reduce(evolveReceivable, receivable);
    const paymentId = this.ids.next();
    if (!(await insertPayment(tx, { paymentId, invoiceId, marketId, kind: 'payment', amount, reference, receivedAt: now }))) refused('ALREADY_EXISTS', { what: reference });
    saveReceivable(tx, invoiceId, after);
    const overdue = Number(after.phase === 'overdue') - Number(receivable.phase === 'overdue');
    await changeExposures(tx, marketId, [{ organizationId: buyerOrganizationId, by: -amount, overdue }]);
    appendEntries(tx, marketId, await holdPostingDay(tx, market, now), [{ documentId: paymentId, postings: paymentEntry(buyerOrganizationId, amount) }]);
    const event = after.phase === 'paid' ? invoicePaid(invoice, await lotsOf(tx, invoiceId), market, now) : invoicePartPaid(invoice, amount, outstandingOf(after), market, now);
    await this.outbox.publish(tx, [event]);
    return { invoice: await this.#whole(tx, { ...invoice, receivable: after }) };
  }

  @Command(InvoiceServiceService.writeOffInvoice)
  async writeOffInvoice({ invoiceId, reason }: WriteOffInvoiceRequest, { tx, caller }: CommandCall): Promise<WriteOffInvoiceResponse> {
    const invoice = await this.#operated(tx, invoiceId, viewerOf(caller));
    const { marketId, buyerOrganizationId, receivable } = invoice;
    const market = (await this.markets.find(marketId, tx))!;
    const now = this.time.now();
    const after = eventsOf(writeOff(receivable, now)).reduce(evolveReceivable, receivable);
    const amount = outstandingOf(receivable);
    const paymentId = this.ids.next();
    await insertPayment(tx, { paymentId, invoiceId, marketId, kind: 'write-off', amount, reference: reason, receivedAt: now });
    saveReceivable(tx, invoiceId, after);
    const account = (await lockAccount(tx, marketId, buyerOrganizationId))!;
    await changeExposures(tx, marketId, [{ organizationId: buyerOrganizationId, by: -amount, overdue: -1 }]);
    // who made the corporation lose money bids again once the operator admits it anew
    if (!account.suspended) await saveAdmission(tx, { ...account, admission: account.admission + 1, suspended: true }, now);
    appendEntries(tx, marketId, await holdPostingDay(tx, market, now), [{ documentId: paymentId, postings: writeOffEntry(buyerOrganizationId, amount) }]);
    await this.outbox.publish(tx, [invoiceWrittenOff(invoice, amount, reason, await lotsOf(tx, invoiceId), market, now)]);
    return { invoice: await this.#whole(tx, { ...invoice, receivable: after }) };
  }

  @Rpc(InvoiceServiceService.getInvoicePdf)
  async getInvoicePdf(request: GetInvoicePdfRequest, call: Call): Promise<HttpBody> {
    const invoice = await this.#seen(this.database, request.invoiceId, viewerOf(call.caller));
    const market = (await this.markets.find(invoice.marketId))!;
    const names = await namesOf(this.database, [invoice.operatorOrganizationId, invoice.buyerOrganizationId]);
    const [lines, charges] = [await linesOf(this.database, invoice.invoiceId), await chargesIn(this.database, invoice.invoiceId)];
    return pdfOf(printedInvoice(invoice, lines, charges, market, names, languageOf(request.language)));
  }

  async #seen(queries: Queries, invoiceId: Id, viewer: Viewer): Promise<InvoiceView> {
    const [invoice] = await listInvoices(queries, viewer, { invoiceId, limit: 1 });
    return invoice ?? refused('NOT_FOUND');
  }

  /** The invoice, its receivable locked, if the viewer operates its market. */
  async #operated(tx: Transaction, invoiceId: Id, viewer: Viewer): Promise<InvoiceView> {
    const invoice = await lockInvoice(tx, invoiceId);
    return invoice && operates(viewer, invoice.operatorOrganizationId) ? invoice : refused('NOT_FOUND');
  }

  async #whole(queries: Queries, invoice: InvoiceView): Promise<InvoiceMessage> {
    const market = (await this.markets.find(invoice.marketId, queries))!;
    const { invoiceId } = invoice;
    const payments = (await paymentsOf(queries, invoiceId)).map(({ paymentId, amount, reference, receivedAt }) => ({
      ...{ paymentId, reference, receivedAt: new Date(receivedAt) },
      amount: { currency: market.rules.currency, amount },
    }));
    const lines = linesMessage(await linesOf(queries, invoiceId), market);
    return { ...headOf(invoice, market), lines, charges: chargesMessage(await chargesIn(queries, invoiceId), market), payments };
  }
}
