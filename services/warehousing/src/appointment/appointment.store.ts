import { Injectable } from '@nestjs/common';
import type { Instant } from '@naru/kernel/instant';
import { Database, date } from '@naru/platform/database';
import { BEFORE_ALL, type Queries, type Viewer, type Writes } from '../queries.js';
import type { Appointment, AppointmentPhase, Door, Ending, Punctuality, RecordedLine, Unloaded } from './appointment.js';

/** What an appointment is beside its life. */
export interface AppointmentHead {
  readonly appointmentId: string;
  readonly code: string;
  readonly centreId: string;
  readonly carrierId: string;
  readonly vehicleRegistration: string;
}

/** The centre of an appointment, as its commands need it. */
export interface AtCentre {
  readonly centreCode: string;
  readonly timeZone: string;
  readonly operatorId: string;
}

export type StoredAppointment = AppointmentHead & AtCentre & { readonly state: Appointment };

interface AppointmentRow extends AppointmentHead, AtCentre {
  readonly windowStartsAt: Instant;
  readonly windowEndsAt: Instant;
  readonly consignmentIds: string[];
  readonly noticeIds: string[];
  readonly phase: AppointmentPhase;
  readonly punctuality: Punctuality | null;
  readonly gatedInAt: Instant | null;
  readonly doorLocationId: string | null;
  readonly finishedAt: Instant | null;
}

const SELECT = `
  select a.appointment_id as "appointmentId", a.code, a.centre_id as "centreId", a.carrier_organization_id as "carrierId",
         a.vehicle_registration as "vehicleRegistration",
         a.window_starts_at as "windowStartsAt", a.window_ends_at as "windowEndsAt", a.consignment_ids as "consignmentIds", a.notice_ids as "noticeIds", a.phase, a.punctuality,
         a.gated_in_at as "gatedInAt", a.door_location_id as "doorLocationId", a.finished_at as "finishedAt",
         c.code as "centreCode", c.time_zone as "timeZone", c.operator_organization_id as "operatorId"
    from appointments a join centres c on c.centre_id = a.centre_id`;

/** The columns of a phase are there by the table's checks. */
function toStored({
  windowStartsAt,
  windowEndsAt,
  consignmentIds,
  noticeIds,
  phase,
  punctuality,
  gatedInAt,
  doorLocationId,
  finishedAt,
  ...head
}: AppointmentRow): StoredAppointment {
  const booking = { windowStartsAt, windowEndsAt, consignmentIds, noticeIds };
  const arrival = { ...booking, gatedInAt: gatedInAt!, punctuality: punctuality! };
  const unloading = { ...arrival, doorLocationId: doorLocationId! };
  switch (phase) {
    case 'booked':
    case 'no_show':
      return { ...head, state: { phase, ...booking } };
    case 'waiting':
      return { ...head, state: { phase, ...arrival } };
    case 'at_door':
      return { ...head, state: { phase, ...unloading } };
    default:
      return { ...head, state: { phase: phase satisfies Ending, ...unloading, finishedAt: finishedAt! } };
  }
}

function arrivalOf(state: Appointment): { gatedInAt: Date | null; punctuality: Punctuality | null; doorLocationId: string | null; finishedAt: Date | null } {
  return {
    gatedInAt: 'gatedInAt' in state ? date(state.gatedInAt) : null,
    punctuality: 'punctuality' in state ? state.punctuality : null,
    doorLocationId: 'doorLocationId' in state ? state.doorLocationId : null,
    finishedAt: 'finishedAt' in state ? date(state.finishedAt) : null,
  };
}

@Injectable()
export class AppointmentStore {
  constructor(private readonly database: Database) {}

  book(tx: Writes, head: AppointmentHead, booking: Appointment, at: Instant): void {
    tx.send(
      `insert into appointments
         (appointment_id, code, centre_id, carrier_organization_id, vehicle_registration, window_starts_at, window_ends_at, consignment_ids, phase, booked_at, notice_ids)
       values ($1, $2, $3, $4, $5, $6, $7, $8::uuid[], 'booked', $9, $10::uuid[])`,
      [
        head.appointmentId,
        head.code,
        head.centreId,
        head.carrierId,
        head.vehicleRegistration,
        date(booking.windowStartsAt),
        date(booking.windowEndsAt),
        booking.consignmentIds,
        date(at),
        booking.noticeIds,
      ],
    );
  }

  /** The appointment of a centre that the viewer operates, locked until the commit. */
  async lock(tx: Queries, viewer: Viewer, appointmentId: string): Promise<StoredAppointment | undefined> {
    const [row] = await tx.query<AppointmentRow>(`${SELECT} where a.appointment_id = $1 and ($3 or c.operator_organization_id = $2) for no key update of a`, [
      appointmentId,
      viewer.organizationId,
      viewer.system,
    ]);
    return row && toStored(row);
  }

  save(tx: Writes, appointmentId: string, state: Appointment): void {
    const { gatedInAt, punctuality, doorLocationId, finishedAt } = arrivalOf(state);
    tx.send(
      'update appointments set phase = $2, gated_in_at = $3, punctuality = $4, door_location_id = $5, finished_at = $6 where appointment_id = $1',
      [appointmentId, state.phase, gatedInAt, punctuality, doorLocationId, finishedAt],
    );
  }

  /** The location of the centre as a door, locked so that two trucks are not called to it at once. */
  async lockDoor(tx: Queries, centreId: string, locationId: string): Promise<Door | undefined> {
    const [location] = await tx.query<Pick<Door, 'locationId' | 'kind'>>(
      `select location_id as "locationId", kind from locations where location_id = $1 and centre_id = $2 for no key update`,
      [locationId, centreId],
    );
    if (!location) return undefined;
    // A statement of its own: the one that waited for the lock still sees the door as it was before.
    const trucks = await tx.query(`select 1 from appointments where door_location_id = $1 and phase = 'at_door'`, [locationId]);
    return { ...location, taken: trucks.length > 0 };
  }

  /** What was recorded for the truck, and what of its notices was not. */
  async unloaded(tx: Queries, appointmentId: string, noticeIds: readonly string[]): Promise<Unloaded> {
    const lines = await tx.query<RecordedLine>(
      `select consignment_id as "consignmentId", phase = 'refused' as refused from receipts where appointment_id = $1`,
      [appointmentId],
    );
    const open = noticeIds.length === 0 ? [] : await tx.query(`select 1 from advance_notice_lines where notice_id = any($1::uuid[]) and phase = 'expected'`, [noticeIds]);
    return { lines, openNoticeLines: open.length };
  }

  /** The appointment, if the viewer is its carrier or operates its centre. */
  async find(viewer: Viewer, appointmentId: string): Promise<StoredAppointment | undefined> {
    const [row] = await this.database.query<AppointmentRow>(
      `${SELECT} where a.appointment_id = $1 and ($3 or a.carrier_organization_id = $2 or c.operator_organization_id = $2)`,
      [appointmentId, viewer.organizationId, viewer.system],
    );
    return row && toStored(row);
  }

  /** Up to `limit` appointments after the id that the viewer booked or whose centre it operates. */
  async list(viewer: Viewer, after: string | undefined, limit: number): Promise<readonly StoredAppointment[]> {
    const rows = await this.database.query<AppointmentRow>(
      `${SELECT} where a.appointment_id > $1 and ($3 or a.carrier_organization_id = $2 or c.operator_organization_id = $2) order by a.appointment_id limit $4`,
      [after ?? BEFORE_ALL, viewer.organizationId, viewer.system, limit],
    );
    return rows.map(toStored);
  }

  /** The trucks that have not come yet. */
  awaited(): Promise<readonly { readonly appointmentId: string; readonly windowEndsAt: Instant }[]> {
    return this.database.query(`select appointment_id as "appointmentId", window_ends_at as "windowEndsAt" from appointments where phase = 'booked'`);
  }
}
