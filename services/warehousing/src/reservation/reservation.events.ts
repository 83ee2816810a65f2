import { ReservationConfirmed, ReservationExpired, ReservationHeld, ReservationReleased } from '@naru/contracts/gen/naru/warehousing/v1/events';
import type { Instant } from '@naru/kernel/instant';
import { type Occurred, occurred } from '@naru/platform/event';
import type { ReservationRow } from './reservation.store.js';

function headOf({ reservationId, code, ownerId }: ReservationRow) {
  return { reservationId, code, ownerOrganizationId: ownerId };
}

export function heldFact(reservation: ReservationRow): Occurred {
  const { itemId, batch, unit, centreId, count, expiresAt, reservedAt } = reservation;
  return occurred(ReservationHeld, ReservationHeld.fromPartial({ ...headOf(reservation), itemId, batch, unit, centreId, count, expiresAt: new Date(expiresAt!) }), reservedAt);
}

export function confirmedFact(reservation: ReservationRow, at: Instant): Occurred {
  return occurred(ReservationConfirmed, ReservationConfirmed.fromPartial(headOf(reservation)), at);
}

export function releasedFact(reservation: ReservationRow, reason: string, at: Instant): Occurred {
  return occurred(ReservationReleased, ReservationReleased.fromPartial({ ...headOf(reservation), reason }), at);
}

export function expiredFact(reservation: ReservationRow, at: Instant): Occurred {
  return occurred(ReservationExpired, ReservationExpired.fromPartial(headOf(reservation)), at);
}
