import * as contract from '@naru/contracts/gen/naru/warehousing/v1/reservation_service';
import { contractWords } from '../contract-words.js';
import type { ReservationPhase, ReservationRow } from './reservation.store.js';

const phases = contractWords<ReservationPhase, contract.ReservationPhase>({
  held: contract.ReservationPhase.HELD,
  confirmed: contract.ReservationPhase.CONFIRMED,
  released: contract.ReservationPhase.RELEASED,
  expired: contract.ReservationPhase.EXPIRED,
  displaced: contract.ReservationPhase.DISPLACED,
  shipped: contract.ReservationPhase.SHIPPED,
});

function instant(at: number | null): Date | undefined {
  return at === null ? undefined : new Date(at);
}

export function toReservationMessage(row: ReservationRow): contract.Reservation {
  return {
    reservationId: row.reservationId,
    code: row.code,
    networkId: row.networkId,
    ownerOrganizationId: row.ownerId,
    itemId: row.itemId,
    batch: row.batch,
    unit: row.unit,
    centreId: row.centreId,
    count: row.count,
    asked: row.asked,
    phase: phases.value(row.phase),
    expiresAt: instant(row.expiresAt),
    reservedAt: instant(row.reservedAt),
    closedAt: instant(row.closedAt),
    closedBecause: row.closedBecause ?? '',
    orderId: row.orderId ?? '',
    line: row.line ?? 0,
  };
}
