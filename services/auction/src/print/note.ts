import type { Id } from '@naru/kernel/ids';
import type { Market } from '../market/market.js';
import type { DocumentCharge, DocumentLineView, NoteView } from '../settlement/note.js';
import type { Language } from './language.js';
import { type Printed, chargesTable, correctionRemarks, goodsTable, penOf, withCurrency } from './printed.js';
import { WORDS } from './words.js';

/** A settlement note (정산서) as it is printed. */
export function printedNote(note: NoteView, lines: readonly DocumentLineView[], charges: readonly DocumentCharge[], market: Market, names: ReadonlyMap<Id, string>, language: Language): Printed {
  const pen = penOf(language, market);
  const { word } = pen;
  return {
    language,
    title: word('note'),
    subtitle: WORDS.note[language === 'ko' ? 'en' : 'ko'],
    code: note.code,
    issuedAt: note.issuedAt,
    facts: [
      { label: word('number'), value: note.code },
      { label: word('businessDay'), value: note.businessDay },
      { label: word('issued'), value: pen.instant(note.issuedAt) },
      { label: word('method'), value: word('auction') },
      { label: word('payoutDue'), value: pen.instant(note.payoutDueAt - 60_000) },
    ],
    parties: [
      { label: word('market'), value: `${market.name} (${market.code})` },
      { label: word('corporation'), value: names.get(note.operatorOrganizationId)! },
      { label: word('consignor'), value: names.get(note.consignorOrganizationId)! },
    ],
    tables: [goodsTable(pen, lines), chargesTable(pen, charges)],
    totals: [
      { label: word('gross'), value: pen.money(note.gross) },
      { label: `＋ ${word('grants')}`, value: pen.money(note.grants) },
      { label: `－ ${word('deductions')}`, value: pen.money(note.deductions) },
    ],
    result: { label: word('net'), value: withCurrency(pen, note.net, market) },
    remarks: correctionRemarks(pen, { reason: note.reason, replaced: note.correctedByNoteId !== undefined }),
    basis: word('noteBasis'),
    page: word('page'),
  };
}
