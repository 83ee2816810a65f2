import { type Data, kilograms, many, moneyText, text, words } from './event-text.js';

export type LineOf = (data: Data) => readonly [place: string, what: string, code: string];

const pieces = (data: Data): string => `${text(data, 'count')} × ${text(data, 'unit')} of batch ${text(data, 'batch')}`;

/** The lines of what happens after the hammer: goods by road, ownership, orders, waves and parcels. */
export const AFTER_THE_HAMMER: Readonly<Record<string, LineOf>> = {
  SlipIssued: (d) => [text(d, 'marketCode'), `sale slip: ${text(d, 'quantity')} × ${moneyText(d['price'])} = ${moneyText(d['amount'])}`, text(d, 'code')],
  SettlementNoteIssued: (d) => [text(d, 'marketCode'), `settlement note: ${many(d, 'lotIds', 'lot')}, net ${moneyText(d['net'])}`, text(d, 'code')],
  InvoiceIssued: (d) => [text(d, 'marketCode'), `invoice: ${many(d, 'lotIds', 'lot')}, ${moneyText(d['total'])}`, text(d, 'code')],
  InvoicePaid: (d) => [text(d, 'marketCode'), `paid: ${many(d, 'lotIds', 'lot')}, ${moneyText(d['total'])}`, text(d, 'code')],
  InvoicePartPaid: (d) => [text(d, 'marketCode'), `paid in part: ${moneyText(d['amount'])}, ${moneyText(d['outstanding'])} left`, text(d, 'code')],
  InvoiceOverdue: (d) => [text(d, 'marketCode'), `overdue: ${moneyText(d['outstanding'])}`, text(d, 'code')],
  InvoiceWrittenOff: (d) => [text(d, 'marketCode'), `given up: ${moneyText(d['amount'])}, ${text(d, 'reason')}`, text(d, 'code')],
  PayoutSent: (d) => [text(d, 'marketCode'), `paid out: ${moneyText(d['amount'])}${text(d, 'attempt') === '1' ? '' : `, attempt ${text(d, 'attempt')}`}`, text(d, 'code')],
  PayoutBounced: (d) => [text(d, 'marketCode'), `payout came back: ${text(d, 'reason')}`, text(d, 'code')],
  MarketDayClosed: (d) => [text(d, 'marketCode'), `the books are closed: ${moneyText(d['debits'])} on both sides`, text(d, 'businessDay')],
  NoticeAnnounced: (d) => [text(d, 'centreCode'), `announced by road: ${many(d, 'lines', 'line')} (${text(d, 'merchantReference')})`, text(d, 'code')],
  GoodsReceived: (d) => [text(d, 'centreCode'), `received: ${many(d, 'lines', 'line')}${differing(d)}`, text(d, 'code')],
  NoticePutAway: (d) => [text(d, 'centreCode'), `put away: ${many(d, 'lines', 'line')}`, ''],
  OwnershipPassed: (d) => [text(d, 'centreCode'), `passed to the buyer, unpaid: ${text(d, 'count')} × ${text(d, 'unit')}`, text(d, 'batch')],
  OwnershipFreed: (d) => [text(d, 'centreCode'), `paid, the buyer’s own: ${text(d, 'count')} × ${text(d, 'unit')}`, text(d, 'batch')],
  StockHeld: (d) => [text(d, 'centreCode'), `held: ${pieces(d)}`, ''],
  StockReleased: (d) => [text(d, 'centreCode'), `released: ${pieces(d)}`, ''],
  StockWrittenOff: (d) => [text(d, 'centreCode'), `written off: ${pieces(d)}`, ''],
  OrderReceived: (d) => ['', `order ${text(d, 'merchantReference')}: ${many(d, 'lines', 'line')}, ${text(d, 'ordered')} pieces, ${text(d, 'country')}`, text(d, 'code')],
  OrderReserved: (d) => ['', `promised: ${promised(d)} from ${many(d, 'centreIds', 'centre')}`, text(d, 'code')],
  LineBackordered: (d) => ['', `line ${text(d, 'line')} waits for ${text(d, 'count')}: ${words([d['reason']], '')}`, text(d, 'code')],
  BackorderPromised: (d) => ['', `goods have come: ${promised(d)} promised`, text(d, 'code')],
  OrderCancelled: (d) => ['', d['whole'] === true ? 'cancelled' : `cancelled in part: ${many(d, 'lines', 'line')}`, text(d, 'code')],
  ReservationHeld: (d) => ['', `held for a shop: ${pieces(d)}`, text(d, 'code')],
  ReservationConfirmed: (d) => ['', 'the hold is confirmed', text(d, 'code')],
  ReservationReleased: (d) => ['', `the hold is over: ${words([d['reason']], '')}`, text(d, 'code')],
  ReservationExpired: (d) => ['', 'the hold ran out', text(d, 'code')],
  WaveReleased: (d) => [text(d, 'centreCode'), `wave released: ${many(d, 'tasks', 'task')} for ${many(d, 'orderIds', 'order')}`, text(d, 'code')],
  PickShorted: (d) => [text(d, 'locationCode'), `picked short: ${text(d, 'picked')} of ${text(d, 'asked')}, ${text(d, 'reason')}`, text(d, 'orderCode')],
  ParcelPacked: (d) => [text(d, 'centreCode'), `packed: ${many(d, 'contents', 'line')}, ${kilograms(d, 'grossGrams')}, SSCC ${text(d, 'sscc')}`, text(d, 'code')],
  ParcelStaged: (d) => [text(d, 'locationCode'), 'stands at the door', text(d, 'code')],
  OrderStaged: (d) => ['', `all of ${text(d, 'merchantReference')} stands at the door: ${many(d, 'unitIds', 'parcel')}`, text(d, 'orderCode')],
};

/** Pieces of the promises of an event. */
function promised(data: Data): string {
  const promises = (data['promises'] ?? []) as readonly Data[];
  return promises.reduce((sum, promise) => sum + Number(text(promise, 'count')), 0).toLocaleString('en-US');
}

/** How many of the received lines are not as expected. */
function differing(data: Data): string {
  const lines = (data['lines'] ?? []) as readonly Data[];
  const odd = lines.filter(({ findings }) => Array.isArray(findings) && findings.some((finding) => finding !== 'FINDING_AS_EXPECTED'));
  const kinds = Map.groupBy(odd.flatMap(({ findings }) => findings as readonly string[]), (finding) => finding);
  return odd.length === 0 ? '' : ` (${[...kinds].map(([finding, { length }]) => `${length} ${words([finding], 'FINDING_')}`).join(', ')})`;
}
