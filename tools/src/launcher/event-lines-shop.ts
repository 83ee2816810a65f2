import { type Data, kilograms, many, text, words } from './event-text.js';

export type LineOf = (data: Data) => readonly [place: string, what: string, code: string];

const pieces = (data: Data): string => `${text(data, 'count')} × ${text(data, 'unit')} of batch ${text(data, 'batch')}`;

/** The lines of what happens after the hammer: goods by road, ownership, orders, waves and parcels. */
export const AFTER_THE_HAMMER: Readonly<Record<string, LineOf>> = {
  InvoicePaid: (d) => ['', `invoice paid: ${many(d, 'lotIds', 'lot')}`, text(d, 'code')],
  NoticeAnnounced: (d) => [text(d, 'centreCode'), `announced by road: ${many(d, 'lines', 'line')} (${text(d, 'merchantReference')})`, text(d, 'code')],
  GoodsReceived: (d) => [text(d, 'centreCode'), `received: ${many(d, 'lines', 'line')}${differing(d)}`, text(d, 'code')],
  NoticePutAway: (d) => [text(d, 'centreCode'), `put away: ${many(d, 'lines', 'line')}`, ''],
  OwnershipPassed: (d) => [text(d, 'centreCode'), `passed to the buyer, unpaid: ${text(d, 'count')} × ${text(d, 'unit')}`, text(d, 'batch')],
  OwnershipFreed: (d) => [text(d, 'centreCode'), `paid, the buyer’s own: ${text(d, 'count')} × ${text(d, 'unit')}`, text(d, 'batch')],
  StockHeld: (d) => [text(d, 'centreCode'), `held: ${pieces(d)}`, ''],
  StockReleased: (d) => [text(d, 'centreCode'), `released: ${pieces(d)}`, ''],
  StockWrittenOff: (d) => [text(d, 'centreCode'), `written off: ${pieces(d)}`, ''],
  OrderReceived: (d) => [((d['centreCodes'] ?? []) as string[])[0] ?? '', `order ${text(d, 'merchantReference')}: ${many(d, 'lines', 'line')} from ${many(d, 'centreCodes', 'centre')}`, text(d, 'code')],
  OrderReserved: (d) => ['', `promised: ${many(d, 'goods', 'batch', 'batches')}`, text(d, 'code')],
  LineBackordered: (d) => ['', `waits for goods: ${many(d, 'lines', 'line')} (${text(((d['lines'] ?? []) as Data[])[0] ?? {}, 'reason').toLowerCase().replaceAll('_', ' ')})`, text(d, 'code')],
  BackorderPromised: (d) => ['', `goods have come for ${many(d, 'goods', 'waiting line')}`, text(d, 'code')],
  OrderCancelled: (d) => ['', `cancelled: ${many(d, 'lines', 'line')}, ${total(d, 'lines', 'givenBack')} given back`, text(d, 'code')],
  StockReserved: (d) => ['', `held for a shop: ${text(d, 'count')} × ${text(d, 'unit')}`, text(d, 'code')],
  ReservationConfirmed: (d) => ['', `hold confirmed: ${text(d, 'count')} × ${text(d, 'unit')}`, text(d, 'code')],
  ReservationReleased: (d) => ['', `hold given back: ${text(d, 'count')} × ${text(d, 'unit')}`, text(d, 'code')],
  ReservationExpired: (d) => ['', `hold ran out: ${text(d, 'count')} × ${text(d, 'unit')}`, text(d, 'code')],
  ReservationDisplaced: (d) => ['', `hold lost its goods: ${text(d, 'count')} × ${text(d, 'unit')}`, text(d, 'code')],
  WaveReleased: (d) => [text(d, 'centreCode'), `wave released: ${many(d, 'tasks', 'task')} for ${many(d, 'orderIds', 'order')}`, text(d, 'code')],
  PickShorted: (d) => [text(d, 'locationCode'), `picked short: ${text(d, 'picked')} of ${text(d, 'asked')}, ${text(d, 'reason')}`, text(d, 'orderCode')],
  ParcelPacked: (d) => [text(d, 'centreCode'), `packed: ${many(d, 'contents', 'line')}, ${kilograms(d, 'grossGrams')}, SSCC ${text(d, 'sscc')}`, text(d, 'code')],
  ParcelStaged: (d) => [text(d, 'locationCode'), 'stands at the door', text(d, 'code')],
  OrderStaged: (d) => ['', `all of ${text(d, 'merchantReference')} stands at the door: ${many(d, 'unitIds', 'parcel')}`, text(d, 'orderCode')],
};

/** The sum of a field over the entries of a list. */
function total(data: Data, list: string, name: string): string {
  return ((data[list] ?? []) as readonly Data[]).reduce((sum, entry) => sum + Number(text(entry, name) || 0), 0).toLocaleString('en-US');
}

/** How many of the received lines are not as expected. */
function differing(data: Data): string {
  const lines = (data['lines'] ?? []) as readonly Data[];
  const odd = lines.filter(({ findings }) => Array.isArray(findings) && findings.some((finding) => finding !== 'FINDING_AS_EXPECTED'));
  const kinds = Map.groupBy(odd.flatMap(({ findings }) => findings as readonly string[]), (finding) => finding);
  return odd.length === 0 ? '' : ` (${[...kinds].map(([finding, { length }]) => `${length} ${words([finding], 'FINDING_')}`).join(', ')})`;
}
