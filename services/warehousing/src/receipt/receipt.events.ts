import { ConsignmentReceived, ConsignmentRefused, StockPutAway } from '@naru/contracts/gen/naru/warehousing/v1/events';
import type { Instant } from '@naru/kernel/instant';
import { type Occurred, occurred } from '@naru/platform/event';
import { dispositions, findings } from './receipt.message.js';
import type { ReceiptRow } from './receipt.store.js';

function headOf({ consignmentId, receiptId, code, centreId }: ReceiptRow, centreCode: string) {
  return { consignmentId, receiptId, receiptCode: code, centreId, centreCode };
}

/** What the others are told of a line: the consignment is in the centre, or it was sent back. */
export function receivedFact(receipt: ReceiptRow, centreCode: string): Occurred {
  const head = { ...headOf(receipt, centreCode), findings: receipt.findings.map(findings.value) };
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

export function putAwayFact(receipt: ReceiptRow, centreCode: string, location: { readonly locationId: string; readonly code: string }, at: Instant): Occurred {
  const { counted, weighedGrams } = receipt;
  return occurred(
    StockPutAway,
    StockPutAway.fromPartial({ ...headOf(receipt, centreCode), locationId: location.locationId, locationCode: location.code, counted, weighedGrams }),
    at,
  );
}
