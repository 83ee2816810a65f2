import { accept, refuse, type Decision } from '@naru/kernel/decision';
import type { Instant } from '@naru/kernel/instant';

/** What of a reservation its life depends on. */
export interface Reservation {
  readonly phase: 'held' | 'confirmed' | 'released' | 'expired' | 'displaced' | 'shipped';
  readonly expiresAt: Instant | null;
  /** Of an order's line; null of a shop's own hold. */
  readonly orderId: string | null;
}

export interface ReservationConfirmed {
  readonly type: 'ReservationConfirmed';
}

export interface ReservationReleased {
  readonly type: 'ReservationReleased';
}

/** A hold is confirmed before its end; at its end it has expired, whether or not the sweeper has come by. */
export function confirmReservation({ phase, expiresAt }: Reservation, now: Instant): Decision<ReservationConfirmed> {
  if (phase === 'expired' || (phase === 'held' && expiresAt !== null && now >= expiresAt)) return refuse('RESERVATION_EXPIRED');
  if (phase !== 'held') return refuse('RESERVATION_NOT_OPEN', { phase });
  return accept([{ type: 'ReservationConfirmed' }]);
}

/** A shop gives back its own holds; what an order's line holds goes back by cancelling the line. */
export function releaseReservation({ phase, orderId }: Reservation): Decision<ReservationReleased> {
  if (orderId !== null) return refuse('RESERVATION_OF_ORDER');
  if (phase !== 'held' && phase !== 'confirmed') return refuse('RESERVATION_NOT_OPEN', { phase });
  return accept([{ type: 'ReservationReleased' }]);
}
