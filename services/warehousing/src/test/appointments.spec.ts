import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppointmentPhase, Punctuality } from '@naru/contracts/gen/naru/warehousing/v1/appointment_service';
import type { Centre } from '@naru/contracts/gen/naru/warehousing/v1/centre_service';
import { Condition, Disposition } from '@naru/contracts/gen/naru/warehousing/v1/receipt_service';
import { refusalOf } from '@naru/testing/refusals';
import { missedAt } from '../appointment/appointment.js';
import { Scene } from './scene.js';

let scene: Scene;
let centre: Centre;

beforeAll(async () => {
  scene = await Scene.open();
  centre = await scene.openCentre();
}, 60_000);
afterAll(() => scene.close());

async function phaseOf(appointmentId: string): Promise<AppointmentPhase> {
  return (await scene.carrier.appointments.getAppointment({ appointmentId })).appointment!.phase;
}

describe('a truck', () => {
  it('that never comes is a no-show; one that came is not, also when the service was started again meanwhile', async () => {
    const [missing, present] = [await scene.book(centre, []), await scene.book(centre, [])];
    await scene.operator.appointments.recordGateIn({ appointmentId: present.appointmentId });
    const windowEndsAt = missing.windowEndsAt!.getTime();
    await scene.clock.advanceTo(missedAt({ windowEndsAt }) - 1);
    expect(await phaseOf(missing.appointmentId)).toBe(AppointmentPhase.BOOKED);
    await scene.restart();
    await scene.clock.advanceTo(missedAt({ windowEndsAt }));
    expect(await phaseOf(missing.appointmentId)).toBe(AppointmentPhase.NO_SHOW);
    expect(await phaseOf(present.appointmentId)).toBe(AppointmentPhase.WAITING);
    expect(await refusalOf(scene.operator.appointments.recordGateIn({ appointmentId: missing.appointmentId }))).toBe('APPOINTMENT_NOT_IN_PHASE');
  });

  it('may come late, and is told so', async () => {
    const { appointmentId, windowEndsAt } = await scene.book(centre, []);
    await scene.clock.advanceTo(windowEndsAt!.getTime() + 1);
    expect((await scene.operator.appointments.recordGateIn({ appointmentId })).appointment).toMatchObject({
      phase: AppointmentPhase.WAITING,
      punctuality: Punctuality.LATE,
    });
  });

  it('is booked for a window to come, at a centre that is there', async () => {
    const now = scene.clock.now();
    const request = {
      centreId: centre.centreId,
      vehicleRegistration: '12가3456',
      windowStartsAt: new Date(now - 2000),
      windowEndsAt: new Date(now),
      consignmentIds: [],
      noticeIds: [],
    };
    expect(await refusalOf(scene.carrier.appointments.bookAppointment(request))).toBe('WINDOW_OVER');
    expect(await refusalOf(scene.carrier.appointments.bookAppointment({ ...request, windowEndsAt: new Date(now + 1), centreId: randomUUID() }))).toBe(
      'NOT_FOUND',
    );
  });

  it('frees its door when it is done, refused or half-unloaded', async () => {
    const item = await scene.createItem();
    for (const [lines, phase] of [
      [1, AppointmentPhase.REFUSED],
      [0, AppointmentPhase.LEFT],
    ] as const) {
      const consignment = await scene.announce(10n);
      const truck = await scene.truckAtDoor(centre, [consignment], 'C1-D2');
      const line = scene.line(truck, consignment, item, { condition: Condition.DAMAGED, disposition: Disposition.REFUSE });
      for (let i = 0; i < lines; i++) await scene.operator.receipts.receiveLine(line);
      const { appointmentId } = truck;
      expect((await scene.operator.appointments.finishUnloading({ appointmentId })).appointment!.phase).toBe(phase);
      expect(await refusalOf(scene.operator.appointments.finishUnloading({ appointmentId }))).toBe('APPOINTMENT_NOT_IN_PHASE');
    }
  });
});
