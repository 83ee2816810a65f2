import * as contract from '@naru/contracts/gen/naru/warehousing/v1/notice_service';
import { Disposition } from '@naru/contracts/gen/naru/warehousing/v1/receipt_service';
import type { Refusal } from '@naru/kernel/decision';
import { errorText } from '@naru/kernel/errors';
import { contractWords } from '../contract-words.js';
import { conditions, dispositions, findings } from '../receipt/receipt.message.js';
import type { ExpectedPhase } from '../receipt/receipt.js';
import type { ReceiptRow } from '../receipt/receipt.store.js';
import type { CountedLine, NewNoticeLine } from './notice.js';
import type { NoticeLineRow, NoticeRow } from './notice.store.js';

const phases = contractWords<ExpectedPhase, contract.NoticeLinePhase>({
  expected: contract.NoticeLinePhase.EXPECTED,
  received: contract.NoticeLinePhase.RECEIVED,
  refused: contract.NoticeLinePhase.REFUSED,
});

export function toNewLine({ line, itemCode, unit, count, batch, expiresOn }: contract.NewNoticeLine): NewNoticeLine {
  return { line, itemCode, unit, count, batch, ...(expiresOn === '' ? {} : { expiresOn }) };
}

export function toCountedLine(line: contract.CountedLine): CountedLine {
  return {
    line: line.line,
    itemCode: line.itemCode,
    unit: line.unit,
    batch: line.batch,
    ...(line.expiresOn === '' ? {} : { expiresOn: line.expiresOn }),
    observed: {
      count: line.counted,
      grams: line.weighedGrams,
      scaleTicket: line.scaleTicket,
      temperatureTenths: line.temperatureTenths,
      condition: conditions.word(line.condition),
    },
    disposition: line.disposition === Disposition.UNSPECIFIED ? undefined : dispositions.word(line.disposition),
  };
}

export function toNoticeMessage(notice: NoticeRow, lines: readonly NoticeLineRow[], created = false): contract.AdvanceNotice {
  return contract.AdvanceNotice.fromPartial({
    noticeId: notice.noticeId,
    code: notice.code,
    centreId: notice.centreId,
    merchantOrganizationId: notice.merchantId,
    merchantReference: notice.merchantReference,
    announcedAt: new Date(notice.announcedAt),
    lines: lines.map((line) => ({ ...line, expiresOn: line.expiresOn ?? '', receiptId: line.receiptId ?? '', phase: phases.value(line.phase) })),
    created,
  });
}

export function toReceivedOutcome(line: number, receipt: ReceiptRow): contract.CountedLineOutcome {
  return contract.CountedLineOutcome.fromPartial({
    line,
    receiptId: receipt.receiptId,
    receiptCode: receipt.code,
    findings: receipt.findings.map(findings.value),
  });
}

export function toRefusedOutcome(line: number, { code, details, why }: Refusal): contract.CountedLineOutcome {
  return contract.CountedLineOutcome.fromPartial({ line, code, detail: errorText(code, 'en', details), why: [...why] });
}
