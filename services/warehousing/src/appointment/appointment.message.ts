import * as contract from '@naru/contracts/gen/naru/warehousing/v1/appointment_service';
import { contractWords } from '../contract-words.js';
import type { AppointmentPhase, Punctuality } from './appointment.js';
import type { StoredAppointment } from './appointment.store.js';

const phases = contractWords<AppointmentPhase, contract.AppointmentPhase>({
  booked: contract.AppointmentPhase.BOOKED,
  waiting: contract.AppointmentPhase.WAITING,
  at_door: contract.AppointmentPhase.AT_DOOR,
  done: contract.AppointmentPhase.DONE,
  refused: contract.AppointmentPhase.REFUSED,
  left: contract.AppointmentPhase.LEFT,
  no_show: contract.AppointmentPhase.NO_SHOW,
});

const punctualities = contractWords<Punctuality, contract.Punctuality>({
  early: contract.Punctuality.EARLY,
  on_time: contract.Punctuality.ON_TIME,
  late: contract.Punctuality.LATE,
});

export function toAppointmentMessage({ state, ...head }: StoredAppointment): contract.Appointment {
  return contract.Appointment.fromPartial({
    appointmentId: head.appointmentId,
    code: head.code,
    centreId: head.centreId,
    carrierOrganizationId: head.carrierId,
    vehicleRegistration: head.vehicleRegistration,
    windowStartsAt: new Date(state.windowStartsAt),
    windowEndsAt: new Date(state.windowEndsAt),
    consignmentIds: [...state.consignmentIds],
    noticeIds: [...state.noticeIds],
    phase: phases.value(state.phase),
    ...('gatedInAt' in state ? { gatedInAt: new Date(state.gatedInAt), punctuality: punctualities.value(state.punctuality) } : {}),
    ...('doorLocationId' in state ? { doorLocationId: state.doorLocationId } : {}),
    ...('finishedAt' in state ? { finishedAt: new Date(state.finishedAt) } : {}),
  });
}
