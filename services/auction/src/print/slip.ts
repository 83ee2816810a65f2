import type { Id } from '@naru/kernel/ids';
import type { Market } from '../market/market.js';
import type { SlipView } from '../slip/slip.js';
import type { Language } from './language.js';
import { type Printed, correctionRemarks, penOf, withCurrency } from './printed.js';
import { WORDS } from './words.js';

/** A sale slip (판매원표) as it is printed. */
export function printedSlip(slip: SlipView, market: Market, names: ReadonlyMap<Id, string>, language: Language): Printed {
  const pen = penOf(language, market);
  const { word } = pen;
  return {
    language,
    title: word('slip'),
    subtitle: WORDS.slip[language === 'ko' ? 'en' : 'ko'],
    code: slip.code,
    issuedAt: slip.issuedAt,
    facts: [
      { label: word('number'), value: slip.code },
      { label: word('businessDay'), value: slip.businessDay },
      { label: word('issued'), value: pen.instant(slip.issuedAt) },
      { label: word('lot'), value: slip.lotCode },
      { label: word('method'), value: word('auction') },
    ],
    parties: [
      { label: word('market'), value: `${market.name} (${market.code})` },
      { label: word('corporation'), value: names.get(slip.operatorOrganizationId)! },
      { label: word('consignor'), value: names.get(slip.consignorOrganizationId)! },
      { label: word('buyer'), value: names.get(slip.buyerOrganizationId)! },
    ],
    tables: [
      {
        title: word('goods'),
        columns: [
          { label: word('item'), align: 'left', width: 30 },
          { label: word('grade'), align: 'center', width: 12 },
          { label: word('origin'), align: 'left', width: 15 },
          { label: word('unit'), align: 'center', width: 10 },
          { label: word('quantity'), align: 'right', width: 11 },
          { label: word('price'), align: 'right', width: 14 },
          { label: word('amount'), align: 'right', width: 16 },
        ],
        rows: [[[slip.item, slip.variety].filter((text) => text !== '').join(' '), slip.grade, slip.origin, slip.tradeUnit, pen.count(slip.quantity), pen.money(slip.price), pen.money(slip.amount)]],
      },
    ],
    totals: [],
    result: { label: word('amount'), value: withCurrency(pen, slip.amount, market) },
    remarks: correctionRemarks(pen, { reason: slip.reason, replaced: slip.correctedBySlipId !== undefined }),
    basis: word('slipBasis'),
    page: word('page'),
  };
}
