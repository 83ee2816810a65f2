import { ConsignmentReceived, ConsignmentRefused, NoticePutAway, StockPutAway } from '@naru/contracts/gen/naru/warehousing/v1/events';
import type { Instant } from '@naru/kernel/instant';
import { type Occurred, occurred } from '@naru/platform/event';
import type { Lying } from '../stock/ledger.js';
import { sumOf } from '../stock/slices.js';
import { dispositions, findings } from './receipt.message.js';
import type { LockedReceipt, ReceiptRow } from './receipt.store.js';

function headOf({ receiptId, code, centreId }: ReceiptRow, consignmentId: string, centreCode: string) {
  return { consignmentId, receiptId, receiptCode: code, centreId, centreCode };
}

/** What the others are told of a consignment's line: it is in the centre, or it was sent back. */
export function receivedFact(receipt: ReceiptRow, consignmentId: string, centreCode: string): Occurred {
  const head = { ...headOf(receipt, consignmentId, centreCode), findings: receipt.findings.map(findings.value) };
  if (receipt.phase === 'refused') return occurred(ConsignmentRefused, ConsignmentRefused.fromPartial(head), receipt.receivedAt);
  const { counted, weighedGrams, scaleTicket, receivedAt } = receipt;
  return occurred(
    ConsignmentReceived,
    ConsignmentReceived.fromPartial({
      ...head,
      counted,
      weighedGrams,
      scaleTicket,
      disposition: dispositions.value(receipt.disposition),
      receivedAt: new Date(receivedAt),
    }),
    receivedAt,
  );
}

/** Goods of a receipt that were moved to their place. */
interface Moved {
  readonly receipt: LockedReceipt;
  readonly parts: readonly Lying[];
  readonly place: { readonly locationId: string; readonly code: string };
}

function stockPutAway({ receipt, parts, place }: Moved, consignmentId: string, at: Instant): Occurred {
  const { count, grams } = sumOf(parts);
  const told = { ...headOf(receipt, consignmentId, receipt.centreCode), locationId: place.locationId, locationCode: place.code, counted: count, weighedGrams: grams };
  return occurred(StockPutAway, StockPutAway.fromPartial(told), at);
}

function noticePutAway(noticeId: string, moved: readonly Moved[], at: Instant): Occurred {
  const [{ receipt }] = moved as [Moved];
  const lines = moved.map((pile) => ({
    receiptId: pile.receipt.receiptId,
    receiptCode: pile.receipt.code,
    locationId: pile.place.locationId,
    locationCode: pile.place.code,
    ...sumOf(pile.parts),
  }));
  return occurred(NoticePutAway, NoticePutAway.fromPartial({ noticeId, centreId: receipt.centreId, centreCode: receipt.centreCode, lines }), at);
}

/** What the others are told of goods in their places: each consignment for itself, and each notice with its lines. */
export function putAwayFacts(moved: readonly Moved[], at: Instant): readonly Occurred[] {
  const consignments = moved.flatMap((pile) => (pile.receipt.source.kind === 'consignment' ? [stockPutAway(pile, pile.receipt.source.consignmentId, at)] : []));
  const byNotice = Map.groupBy(moved, ({ receipt: { source } }) => (source.kind === 'notice' ? source.noticeId : ''));
  byNotice.delete('');
  return [...consignments, ...[...byNotice].map(([noticeId, piles]) => noticePutAway(noticeId, piles, at))];
}
