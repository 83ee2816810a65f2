import { Payer } from '@naru/contracts/gen/naru/auction/v1/charge';
import { type Instant, businessDayOf, timeOfDay } from '@naru/kernel/instant';
import { formatMinor } from '@naru/kernel/money';
import type { Market } from '../market/market.js';
import { type DocumentCharge, type DocumentLineView, isGrant } from '../settlement/note.js';
import type { Language } from './language.js';
import { CHARGES, PAYERS, WORDS, type Word } from './words.js';

/** A label with what stands behind it. */
export interface Fact {
  readonly label: string;
  readonly value: string;
}

export interface Column {
  readonly label: string;
  readonly align: 'left' | 'right' | 'center';
  /** Share of the width. */
  readonly width: number;
}

export interface Table {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

/** A document as it is laid out on paper: words and figures alone. */
export interface Printed {
  readonly language: Language;
  readonly title: string;
  /** The title in the other language. */
  readonly subtitle: string;
  readonly code: string;
  readonly issuedAt: Instant;
  readonly facts: readonly Fact[];
  readonly parties: readonly Fact[];
  readonly tables: readonly Table[];
  readonly totals: readonly Fact[];
  /** The last of the totals: what it comes to. */
  readonly result: Fact;
  readonly remarks: readonly string[];
  readonly basis: string;
  readonly page: string;
}

/** The words and figures of one language and market. */
export interface Pen {
  readonly language: Language;
  readonly word: (word: Word) => string;
  readonly money: (amount: bigint) => string;
  readonly count: (quantity: bigint) => string;
  /** `2022-06-23 05:30`, in the market's zone. */
  readonly instant: (at: Instant) => string;
}

export function penOf(language: Language, { rules, timeZone }: Market): Pen {
  return {
    language,
    word: (word) => WORDS[word][language],
    money: (amount) => formatMinor({ currency: rules.currency, amount }),
    count: (quantity) => formatMinor({ currency: 'KRW', amount: quantity }),
    instant: (at) => `${businessDayOf(at, timeZone)} ${timeOfDay(at, timeZone).slice(0, 5)}`,
  };
}

/** `1,234,000 KRW`: a figure that stands for itself. */
export function withCurrency(pen: Pen, amount: bigint, { rules }: Market): string {
  return pen.language === 'ko' && rules.currency === 'KRW' ? `${pen.money(amount)}원` : `${rules.currency} ${pen.money(amount)}`;
}

/** What a document says of being a correction, or of being corrected. */
export function correctionRemarks(pen: Pen, document: { readonly reason: string | undefined; readonly replaced: boolean }): readonly string[] {
  return [
    ...(document.reason === undefined ? [] : [pen.word('correction'), `${pen.word('reason')}: ${document.reason}`]),
    ...(document.replaced ? [pen.word('replaced')] : []),
  ];
}

/** The lots of a note or an invoice. */
export function goodsTable(pen: Pen, lines: readonly DocumentLineView[]): Table {
  return {
    title: pen.word('goods'),
    columns: [
      { label: pen.word('line'), align: 'center', width: 6 },
      { label: pen.word('slipNumber'), align: 'center', width: 9 },
      { label: pen.word('item'), align: 'left', width: 24 },
      { label: pen.word('grade'), align: 'center', width: 10 },
      { label: pen.word('origin'), align: 'left', width: 12 },
      { label: pen.word('unit'), align: 'center', width: 9 },
      { label: pen.word('quantity'), align: 'right', width: 10 },
      { label: pen.word('price'), align: 'right', width: 13 },
      { label: pen.word('amount'), align: 'right', width: 15 },
    ],
    rows: lines.map((line, i) => [
      String(i + 1),
      line.slipCode.slice(line.slipCode.lastIndexOf('-') + 1),
      [line.item, line.variety].filter((word) => word !== '').join(' '),
      line.grade,
      line.origin,
      line.tradeUnit,
      pen.count(line.quantity),
      pen.money(line.price),
      pen.money(line.amount),
    ]),
  };
}

/** What is charged and granted, added up by kind and by who bears it, and what it does to the sum of the document. */
export function chargesTable(pen: Pen, charges: readonly DocumentCharge[]): Table {
  const kinds = Map.groupBy(charges, ({ kind, payer }) => `${kind} ${payer}`);
  const rows = [...kinds.values()].map((of) => {
    const [{ kind, payer }] = of as [DocumentCharge];
    const effect = payer === Payer.CONSIGNOR ? 'deducted' : isGrant(of[0]!) ? 'granted' : 'noEffect';
    return [CHARGES[kind][pen.language], PAYERS[payer][pen.language], pen.word(effect), pen.money(of.reduce((sum, { amount }) => sum + amount, 0n))];
  });
  return {
    title: pen.word('charges'),
    columns: [
      { label: pen.word('charge'), align: 'left', width: 40 },
      { label: pen.word('payer'), align: 'left', width: 24 },
      { label: pen.word('effect'), align: 'center', width: 16 },
      { label: pen.word('amount'), align: 'right', width: 20 },
    ],
    rows: rows.length > 0 ? rows : [[pen.word('none'), '', '', '']],
  };
}
