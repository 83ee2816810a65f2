import { InvoiceIssued, InvoiceOverdue, InvoicePaid, InvoicePartPaid, InvoiceWrittenOff } from '@naru/contracts/gen/naru/auction/v1/events';
import type { Instant } from '@naru/kernel/instant';
import type { Minor } from '@naru/kernel/money';
import { type Occurred, occurred } from '@naru/platform/event';
import type { Market } from '../market/market.js';
import type { SoldLot } from '../settlement/note.js';
import type { Invoice } from './invoice.js';

function moneyOf(market: Market): (amount: Minor) => { currency: string; amount: Minor } {
  return (amount) => ({ currency: market.rules.currency, amount });
}

export function invoiceIssued(invoice: Invoice, lots: readonly SoldLot[], market: Market): Occurred {
  const { invoiceId, code, marketId, businessDay, sessionId, buyerOrganizationId } = invoice;
  const money = moneyOf(market);
  return occurred(
    InvoiceIssued,
    {
      ...{ invoiceId, code, marketId, marketCode: market.code, businessDay, sessionId, buyerOrganizationId },
      lotIds: lots.map((lot) => lot.lotId),
      consignmentIds: lots.map((lot) => lot.consignmentId),
      gross: money(invoice.gross),
      total: money(invoice.total),
      dueAt: new Date(invoice.dueAt),
      correctsInvoiceId: invoice.correctsInvoiceId ?? '',
      reason: invoice.reason ?? '',
    },
    invoice.issuedAt,
  );
}

export function invoicePaid(invoice: Invoice, lots: readonly SoldLot[], market: Market, now: Instant): Occurred {
  const { invoiceId, code, marketId, buyerOrganizationId, total } = invoice;
  const goods = { lotIds: lots.map((lot) => lot.lotId), consignmentIds: lots.map((lot) => lot.consignmentId) };
  return occurred(InvoicePaid, { invoiceId, code, marketId, marketCode: market.code, buyerOrganizationId, ...goods, total: moneyOf(market)(total) }, now);
}

export function invoicePartPaid({ invoiceId, code, buyerOrganizationId }: Invoice, amount: Minor, outstanding: Minor, market: Market, now: Instant): Occurred {
  const money = moneyOf(market);
  return occurred(InvoicePartPaid, { invoiceId, code, marketCode: market.code, buyerOrganizationId, amount: money(amount), outstanding: money(outstanding) }, now);
}

export function invoiceOverdue({ invoiceId, code, buyerOrganizationId, dueAt }: Invoice, outstanding: Minor, market: Market, now: Instant): Occurred {
  return occurred(InvoiceOverdue, { invoiceId, code, marketCode: market.code, buyerOrganizationId, outstanding: moneyOf(market)(outstanding), dueAt: new Date(dueAt) }, now);
}

export function invoiceWrittenOff({ invoiceId, code, buyerOrganizationId }: Invoice, amount: Minor, reason: string, lots: readonly SoldLot[], market: Market, now: Instant): Occurred {
  return occurred(InvoiceWrittenOff, { invoiceId, code, marketCode: market.code, buyerOrganizationId, amount: moneyOf(market)(amount), reason, lotIds: lots.map((lot) => lot.lotId) }, now);
}
