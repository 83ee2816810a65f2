import { accept, refuse, type Decision } from '@naru/kernel/decision';
import type { Instant } from '@naru/kernel/instant';
import type { LocationKind } from '../centre/centre.js';

export type Punctuality = 'early' | 'on_time' | 'late';
/** Done; everything sent back; or left with lines neither received nor refused. */
export type Ending = 'done' | 'refused' | 'left';

/** What was booked: when the truck comes and what it brings. */
export interface Booking {
  readonly windowStartsAt: Instant;
  readonly windowEndsAt: Instant;
  /** The announced consignments; none for an unannounced load. */
  readonly consignmentIds: readonly string[];
  /** Advance notices whose goods it brings. */
  readonly noticeIds: readonly string[];
}

interface Arrival extends Booking {
  readonly gatedInAt: Instant;
  readonly punctuality: Punctuality;
}

interface Unloading extends Arrival {
  readonly doorLocationId: string;
}

export type Appointment =
  | ({ readonly phase: 'booked' } & Booking)
  | ({ readonly phase: 'waiting' } & Arrival)
  | ({ readonly phase: 'at_door' } & Unloading)
  | ({ readonly phase: Ending; readonly finishedAt: Instant } & Unloading)
  | ({ readonly phase: 'no_show' } & Booking);

export type AppointmentPhase = Appointment['phase'];

export type AppointmentEvent =
  | { readonly type: 'TruckGatedIn'; readonly at: Instant; readonly punctuality: Punctuality }
  | { readonly type: 'TruckCalledToDoor'; readonly doorLocationId: string }
  | { readonly type: 'UnloadingFinished'; readonly at: Instant; readonly ending: Ending }
  | { readonly type: 'TruckMissed' };

/** How long after its window a truck is still waited for. Then the appointment is a no-show and a new one is booked. */
export const NO_SHOW_AFTER_MS = 4 * 3_600_000;

/** When nobody waits for the truck any more. */
export function missedAt(booking: Pick<Booking, 'windowEndsAt'>): Instant {
  return booking.windowEndsAt + NO_SHOW_AFTER_MS;
}

/** Books a window that is still to come. */
export function bookAppointment(booking: Booking, now: Instant): Decision<{ readonly type: 'AppointmentBooked' } & Booking> {
  if (booking.windowEndsAt <= now) return refuse('WINDOW_OVER', { endedAt: new Date(booking.windowEndsAt).toISOString() });
  return accept([{ type: 'AppointmentBooked', ...booking }]);
}

function punctualityOf(booking: Booking, at: Instant): Punctuality {
  if (at < booking.windowStartsAt) return 'early';
  return at > booking.windowEndsAt ? 'late' : 'on_time';
}

/** The truck has passed the gate. An early or late truck is taken in all the same; what it means is for the contract between the parties. */
export function recordGateIn(appointment: Appointment, now: Instant): Decision<AppointmentEvent> {
  if (appointment.phase !== 'booked') return refuse('APPOINTMENT_NOT_IN_PHASE', { phase: appointment.phase, needed: 'booked' });
  return accept([{ type: 'TruckGatedIn', at: now, punctuality: punctualityOf(appointment, now) }]);
}

/** A location that a truck may be called to. */
export interface Door {
  readonly locationId: string;
  readonly kind: LocationKind;
  /** Whether another truck stands there. */
  readonly taken: boolean;
}

/** Calls the waiting truck to a free door of its centre; `undefined` when the centre has no such location. */
export function callToDoor(appointment: Appointment, door: Door | undefined): Decision<AppointmentEvent> {
  if (appointment.phase !== 'waiting') return refuse('APPOINTMENT_NOT_IN_PHASE', { phase: appointment.phase, needed: 'waiting' });
  if (door?.kind !== 'dock_door') return refuse('NOT_A_DOOR');
  if (door.taken) return refuse('DOOR_TAKEN');
  return accept([{ type: 'TruckCalledToDoor', doorLocationId: door.locationId }]);
}

/** A line that was recorded for the truck; its consignment, where it is of one. */
export interface RecordedLine {
  readonly consignmentId: string | null;
  readonly refused: boolean;
}

/** What was unloaded: the lines recorded, and how many lines of the truck's notices nobody has received or refused. */
export interface Unloaded {
  readonly lines: readonly RecordedLine[];
  readonly openNoticeLines: number;
}

function endingOf(consignmentIds: readonly string[], { lines, openNoticeLines }: Unloaded): Ending {
  const recorded = new Set(lines.map((line) => line.consignmentId));
  if (lines.length === 0 || openNoticeLines > 0 || consignmentIds.some((id) => !recorded.has(id))) return 'left';
  return lines.every((line) => line.refused) ? 'refused' : 'done';
}

/** Ends the unloading, as the lines recorded say. A truck that leaves announced goods open, or leaves without any line, has left half-unloaded. */
export function finishUnloading(appointment: Appointment, unloaded: Unloaded, now: Instant): Decision<AppointmentEvent> {
  if (appointment.phase !== 'at_door') return refuse('APPOINTMENT_NOT_IN_PHASE', { phase: appointment.phase, needed: 'at_door' });
  return accept([{ type: 'UnloadingFinished', at: now, ending: endingOf(appointment.consignmentIds, unloaded) }]);
}

/** The clock of the appointment has run out. A truck that came in time is none of its business. */
export function missTruck(appointment: Appointment, now: Instant): Decision<AppointmentEvent> {
  return accept(appointment.phase === 'booked' && now >= missedAt(appointment) ? [{ type: 'TruckMissed' }] : []);
}

/** What the appointment is after `event`. */
export function evolve(appointment: Appointment, event: AppointmentEvent): Appointment {
  switch (event.type) {
    case 'TruckGatedIn':
      return appointment.phase === 'booked' ? { ...appointment, phase: 'waiting', gatedInAt: event.at, punctuality: event.punctuality } : appointment;
    case 'TruckCalledToDoor':
      return appointment.phase === 'waiting' ? { ...appointment, phase: 'at_door', doorLocationId: event.doorLocationId } : appointment;
    case 'UnloadingFinished':
      return appointment.phase === 'at_door' ? { ...appointment, phase: event.ending, finishedAt: event.at } : appointment;
    case 'TruckMissed':
      return appointment.phase === 'booked' ? { ...appointment, phase: 'no_show' } : appointment;
  }
}
