import { GoodsReceived, NoticeAnnounced } from '@naru/contracts/gen/naru/warehousing/v1/events';
import type { Instant } from '@naru/kernel/instant';
import { type Occurred, occurred } from '@naru/platform/event';
import { dispositions, findings } from '../receipt/receipt.message.js';
import type { ReceiptRow } from '../receipt/receipt.store.js';
import type { NoticeRow } from './notice.store.js';

function headOf({ noticeId, code, centreId, merchantId }: NoticeRow, centreCode: string) {
  return { noticeId, code, centreId, centreCode, merchantOrganizationId: merchantId };
}

export function announcedFact(notice: NoticeRow, centreCode: string, lines: number): Occurred {
  const { merchantReference, announcedAt } = notice;
  return occurred(NoticeAnnounced, NoticeAnnounced.fromPartial({ ...headOf(notice, centreCode), merchantReference, lines }), announcedAt);
}

/** A receipt of a notice's line with the date of its batch. */
export interface ReceivedLine {
  readonly line: number;
  readonly receipt: ReceiptRow;
  readonly expiresOn: string | undefined;
}

export function goodsReceivedFact(notice: NoticeRow, centreCode: string, appointmentId: string, lines: readonly ReceivedLine[], at: Instant): Occurred {
  const told = lines.map(({ line, receipt, expiresOn }) => ({
    line,
    receiptId: receipt.receiptId,
    receiptCode: receipt.code,
    itemId: receipt.itemId,
    batch: receipt.batch,
    expiresOn: expiresOn ?? '',
    unit: receipt.unit,
    counted: receipt.counted,
    weighedGrams: receipt.weighedGrams,
    findings: receipt.findings.map(findings.value),
    disposition: dispositions.value(receipt.disposition),
  }));
  return occurred(GoodsReceived, GoodsReceived.fromPartial({ ...headOf(notice, centreCode), appointmentId, lines: told, receivedAt: new Date(at) }), at);
}
