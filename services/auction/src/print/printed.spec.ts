import { describe, expect, it } from '@jest/globals';
import { ChargeKind, Payer } from '@naru/contracts/gen/naru/auction/v1/charge';
import { instantOf } from '@naru/kernel/instant';
import type { DocumentCharge, DocumentLineView, NoteView } from '../settlement/note.js';
import { RULES } from '../test/examples.js';
import { printedNote } from './note.js';
import { pdfOf } from './pdf.shell.js';

const market = { marketId: 'market', code: 'NARU-GARAK', name: '나루 가락시장', operatorOrganizationId: 'garak', timeZone: 'Asia/Seoul', rules: RULES };
const names = new Map([['garak', '가락청과(주)'], ['farm', '논산 딸기 영농조합법인']]);
const LINE: DocumentLineView = {
  ...{ slipId: 'slip', slipCode: 'SLP-NARU-GARAK-20220623-0042', lotId: 'lot', lotCode: 'LOT-20220623-0042', consignmentId: 'consignment' },
  ...{ item: '딸기', variety: '설향', grade: '특', origin: '논산', tradeUnit: '2kg', quantity: 1_200n, price: 12_500n, amount: 15_000_000n },
};
const CHARGES: readonly DocumentCharge[] = [
  { kind: ChargeKind.COMMISSION, payer: Payer.CONSIGNOR, amount: 400_000n, lotId: 'lot' },
  { kind: ChargeKind.COMMISSION, payer: Payer.CONSIGNOR, amount: 200_000n, lotId: 'other' },
  { kind: ChargeKind.HANDLING, payer: Payer.CORPORATION, amount: 30_000n, lotId: 'lot' },
  { kind: ChargeKind.SHIPPING_INCENTIVE, payer: Payer.CORPORATION, amount: 22_500n, lotId: 'lot' },
];
const NOTE: NoteView = {
  ...{ noteId: 'note', code: 'STN-NARU-GARAK-20220623-0007', number: 7n, marketId: 'market', businessDay: '2022-06-23', sessionId: 'session', operatorOrganizationId: 'garak' },
  ...{ consignorOrganizationId: 'farm', feesVersion: 1, gross: 15_000_000n, grants: 22_500n, deductions: 600_000n, net: 14_422_500n },
  ...{ issuedAt: instantOf('2022-06-23', '05:42', 'Asia/Seoul'), payoutDueAt: instantOf('2022-06-25', '00:00', 'Asia/Seoul') },
  ...{ correctsNoteId: 'before', reason: '단가 착오', correctedByNoteId: undefined, correctedByCode: undefined },
};

describe('a printed note', () => {
  it('says what is deducted and who bears it, in the words and figures of its language', () => {
    const printed = printedNote(NOTE, [LINE], CHARGES, market, names, 'ko');
    expect(printed.tables.map((table) => table.rows)).toEqual([
      [['1', '0042', '딸기 설향', '특', '논산', '2kg', '1,200', '12,500', '15,000,000']],
      [['위탁수수료(정률)', '출하자', '공제', '600,000'], ['하역비', '도매시장법인', '공제 안 함', '30,000'], ['출하장려금', '도매시장법인', '지급', '22,500']],
    ]);
    expect(printed.result).toEqual({ label: '실수령액', value: '14,422,500원' });
    expect(printed.facts).toContainEqual({ label: '송금 기한', value: '2022-06-24 23:59' });
    expect(printed.remarks).toEqual(['이 문서는 앞서 발행한 문서를 정정하여 새로 발행한 것입니다.', '정정 사유: 단가 착오']);
    expect(printedNote(NOTE, [LINE], CHARGES, market, names, 'en').result).toEqual({ label: 'Net to the consignor', value: 'KRW 14,422,500' });
    expect(printedNote({ ...NOTE, correctedByNoteId: 'after' }, [LINE], [], market, names, 'en').remarks.at(-1)).toBe('This document has been corrected and no longer holds.');
  });

  it('goes over as many pages as it needs, each with its number', async () => {
    const pages = async (lines: number): Promise<string | undefined> => {
      const { data } = await pdfOf(printedNote(NOTE, Array.from({ length: lines }, () => LINE), CHARGES, market, names, 'ko'));
      return /\/Count (\d+)/.exec(Buffer.from(data).toString('latin1'))?.[1];
    };
    expect(await pages(1)).toBe('1');
    expect(await pages(62)).toBe('2');
  });
});
