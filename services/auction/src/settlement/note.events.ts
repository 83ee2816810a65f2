import { SettlementNoteIssued } from '@naru/contracts/gen/naru/auction/v1/events';
import { type Occurred, occurred } from '@naru/platform/event';
import type { Market } from '../market/market.js';
import type { Note, SoldLot } from './note.js';

export function noteIssued(note: Note, lots: readonly SoldLot[], market: Market): Occurred {
  const { noteId, code, marketId, businessDay, sessionId, consignorOrganizationId } = note;
  const money = (amount: bigint) => ({ currency: market.rules.currency, amount });
  return occurred(
    SettlementNoteIssued,
    {
      ...{ noteId, code, marketId, marketCode: market.code, businessDay, sessionId, consignorOrganizationId },
      lotIds: lots.map((lot) => lot.lotId),
      consignmentIds: lots.map((lot) => lot.consignmentId),
      gross: money(note.gross),
      net: money(note.net),
      payoutDueAt: new Date(note.payoutDueAt),
      correctsNoteId: note.correctsNoteId ?? '',
      reason: note.reason ?? '',
    },
    note.issuedAt,
  );
}
