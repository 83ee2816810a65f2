import type { Id } from '@naru/kernel/ids';
import type { InvoiceView } from '../invoice/invoice.js';
import type { Market } from '../market/market.js';
import type { DocumentCharge, DocumentLineView } from '../settlement/note.js';
import type { Language } from './language.js';
import { type Printed, chargesTable, correctionRemarks, goodsTable, penOf, withCurrency } from './printed.js';
import { WORDS } from './words.js';

/** An invoice as it is printed. */
export function printedInvoice(invoice: InvoiceView, lines: readonly DocumentLineView[], charges: readonly DocumentCharge[], market: Market, names: ReadonlyMap<Id, string>, language: Language): Printed {
  const pen = penOf(language, market);
  const { word } = pen;
  return {
    language,
    title: word('invoice'),
    subtitle: WORDS.invoice[language === 'ko' ? 'en' : 'ko'],
    code: invoice.code,
    issuedAt: invoice.issuedAt,
    facts: [
      { label: word('number'), value: invoice.code },
      { label: word('businessDay'), value: invoice.businessDay },
      { label: word('issued'), value: pen.instant(invoice.issuedAt) },
      { label: word('method'), value: word('auction') },
      { label: word('due'), value: pen.instant(invoice.dueAt - 60_000) },
    ],
    parties: [
      { label: word('market'), value: `${market.name} (${market.code})` },
      { label: word('corporation'), value: names.get(invoice.operatorOrganizationId)! },
      { label: word('buyer'), value: names.get(invoice.buyerOrganizationId)! },
    ],
    tables: [goodsTable(pen, lines), chargesTable(pen, charges)],
    totals: [
      { label: word('gross'), value: pen.money(invoice.gross) },
      { label: `－ ${word('grants')}`, value: pen.money(invoice.grants) },
    ],
    result: { label: word('total'), value: withCurrency(pen, invoice.total, market) },
    remarks: correctionRemarks(pen, { reason: invoice.reason, replaced: invoice.correctedByInvoiceId !== undefined }),
    basis: word('invoiceBasis'),
    page: word('page'),
  };
}
