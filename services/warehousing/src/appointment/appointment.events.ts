import { AppointmentBooked, TruckGatedIn, UnloadingFinished } from '@naru/contracts/gen/naru/warehousing/v1/events';
import type { Instant } from '@naru/kernel/instant';
import { type Occurred, occurred } from '@naru/platform/event';
import type { AppointmentEvent } from './appointment.js';
import type { StoredAppointment } from './appointment.store.js';

function headOf({ appointmentId, code, centreId, centreCode }: StoredAppointment) {
  return { appointmentId, code, centreId, centreCode };
}

export function bookedFact(appointment: StoredAppointment, at: Instant): Occurred {
  const { consignmentIds } = appointment.state;
  return occurred(
    AppointmentBooked,
    AppointmentBooked.fromPartial({ ...headOf(appointment), carrierOrganizationId: appointment.carrierId, consignmentIds: [...consignmentIds] }),
    at,
  );
}

/** What the others are told of an event. Which door a truck stands at, and that it never came, is the centre's own business. */
export function factsOf(appointment: StoredAppointment, event: AppointmentEvent): readonly Occurred[] {
  switch (event.type) {
    case 'TruckGatedIn':
      return [occurred(TruckGatedIn, TruckGatedIn.fromPartial({ ...headOf(appointment), gatedInAt: new Date(event.at) }), event.at)];
    case 'UnloadingFinished':
      return [occurred(UnloadingFinished, UnloadingFinished.fromPartial(headOf(appointment)), event.at)];
    case 'TruckCalledToDoor':
    case 'TruckMissed':
      return [];
  }
}
