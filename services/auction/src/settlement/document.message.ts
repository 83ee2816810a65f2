import { type Charge, type DocumentLine } from '@naru/contracts/gen/naru/auction/v1/charge';
import type { Market } from '../market/market.js';
import type { DocumentCharge, DocumentLineView } from './note.js';

/** The lines of a document as messages. */
export function linesMessage(lines: readonly DocumentLineView[], { rules }: Market): DocumentLine[] {
  const money = (amount: bigint) => ({ currency: rules.currency, amount });
  return lines.map((line) => ({ ...line, price: money(line.price), amount: money(line.amount) }));
}

/** The charges of a document as messages. */
export function chargesMessage(charges: readonly DocumentCharge[], { rules }: Market): Charge[] {
  return charges.map(({ kind, payer, amount, lotId }) => ({ kind, payer, amount: { currency: rules.currency, amount }, lotId: lotId ?? '' }));
}
