import { BaseUnit } from '@naru/contracts/gen/naru/type/v1/trade_unit';
import type { ConsignmentRegistered } from '@naru/contracts/gen/naru/auction/v1/events';
import * as contract from '@naru/contracts/gen/naru/warehousing/v1/receipt_service';
import { contractWords } from '../contract-words.js';
import type { UnitBase } from '../stock/ledger.js';
import type { Announcement } from './consignment.store.js';
import type { ReceiptPhase } from './put-away.js';
import type { Condition, Disposition, Finding } from './receipt.js';
import type { ReceiptRow } from './receipt.store.js';

export const conditions = contractWords<Condition, contract.Condition>({
  sound: contract.Condition.SOUND,
  damaged: contract.Condition.DAMAGED,
  wrong_goods: contract.Condition.WRONG_GOODS,
});

export const dispositions = contractWords<Disposition, contract.Disposition>({
  accept: contract.Disposition.ACCEPT,
  accept_under_reserve: contract.Disposition.ACCEPT_UNDER_RESERVE,
  refuse: contract.Disposition.REFUSE,
});

export const findings = contractWords<Finding, contract.Finding>({
  as_expected: contract.Finding.AS_EXPECTED,
  short: contract.Finding.SHORT,
  over: contract.Finding.OVER,
  damaged: contract.Finding.DAMAGED,
  wrong_goods: contract.Finding.WRONG_GOODS,
  too_warm: contract.Finding.TOO_WARM,
  unannounced: contract.Finding.UNANNOUNCED,
});

const phases = contractWords<ReceiptPhase, contract.ReceiptPhase>({
  at_door: contract.ReceiptPhase.AT_DOOR,
  put_away: contract.ReceiptPhase.PUT_AWAY,
  refused: contract.ReceiptPhase.REFUSED,
});

const bases = contractWords<UnitBase, BaseUnit>({ gram: BaseUnit.GRAM, piece: BaseUnit.PIECE });

/** The announcement in a fact of auction, whose own rules have checked that its goods are whole. */
export function toAnnouncement(event: ConsignmentRegistered): Announcement {
  const goods = event.goods!;
  const unit = goods.tradeUnit!;
  return {
    consignmentId: event.consignmentId,
    code: event.code,
    marketId: event.marketId,
    lotId: event.lotId,
    consignorId: event.consignorOrganizationId,
    itemCode: goods.itemCode,
    item: goods.item,
    variety: goods.variety,
    grade: goods.grade,
    quantity: event.quantity,
    unitLabel: unit.label,
    unitBase: bases.word(unit.base),
    unitSize: unit.size,
  };
}

export function toReceiptMessage(receipt: ReceiptRow): contract.Receipt {
  return contract.Receipt.fromPartial({
    receiptId: receipt.receiptId,
    code: receipt.code,
    appointmentId: receipt.appointmentId,
    centreId: receipt.centreId,
    ...(receipt.source.kind === 'consignment' ? { consignmentId: receipt.source.consignmentId } : { noticeId: receipt.source.noticeId, noticeLine: receipt.source.line }),
    ownerOrganizationId: receipt.ownerId,
    itemId: receipt.itemId,
    batch: receipt.batch,
    expectedCount: receipt.expectedCount,
    counted: receipt.counted,
    weighedGrams: receipt.weighedGrams,
    scaleTicket: receipt.scaleTicket,
    temperatureTenths: receipt.temperatureTenths ?? undefined,
    findings: receipt.findings.map(findings.value),
    disposition: dispositions.value(receipt.disposition),
    phase: phases.value(receipt.phase),
    locationId: receipt.locationId ?? '',
    receivedAt: new Date(receipt.receivedAt),
  });
}
