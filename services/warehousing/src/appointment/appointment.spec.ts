import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { eventsOf, type Decision } from '@naru/kernel/decision';
import type { Instant } from '@naru/kernel/instant';
import {
  type Appointment,
  type AppointmentEvent,
  bookAppointment,
  type Booking,
  callToDoor,
  evolve,
  finishUnloading,
  missedAt,
  missTruck,
  recordGateIn,
  type RecordedLine,
} from './appointment.js';

const START = Date.UTC(2022, 5, 22, 18);
const END = START + 3_600_000;
const booking: Booking = { windowStartsAt: START, windowEndsAt: END, consignmentIds: ['apples', 'pears'], noticeIds: [] };
const booked: Appointment = { phase: 'booked', ...booking };
const door = { locationId: 'D1', kind: 'dock_door', taken: false } as const;

function after(appointment: Appointment, decision: Decision<AppointmentEvent>): Appointment {
  return eventsOf(decision).reduce(evolve, appointment);
}
const waiting = after(booked, recordGateIn(booked, START));
const atDoor = after(waiting, callToDoor(waiting, door));

describe('an appointment', () => {
  it('is booked for a window that is still to come', () => {
    expect(bookAppointment(booking, END - 1)).toMatchObject({ accepted: true });
    expect(bookAppointment(booking, END)).toMatchObject({ refusal: { code: 'WINDOW_OVER' } });
  });

  it.each<[Instant, string]>([
    [START - 1, 'early'],
    [START, 'on_time'],
    [END, 'on_time'],
    [END + 1, 'late'],
  ])('at gate-in %d is %s', (at, punctuality) => {
    expect(after(booked, recordGateIn(booked, at))).toMatchObject({ phase: 'waiting', gatedInAt: at, punctuality });
  });

  it('goes to a free door of the centre, and to nothing else', () => {
    expect(atDoor).toMatchObject({ phase: 'at_door', doorLocationId: 'D1' });
    expect(callToDoor(waiting, { ...door, taken: true })).toMatchObject({ refusal: { code: 'DOOR_TAKEN' } });
    expect(callToDoor(waiting, { ...door, kind: 'rack' })).toMatchObject({ refusal: { code: 'NOT_A_DOOR' } });
    expect(callToDoor(waiting, undefined)).toMatchObject({ refusal: { code: 'NOT_A_DOOR' } });
  });

  it.each<[string, readonly RecordedLine[]]>([
    [
      'done',
      [
        { consignmentId: 'apples', refused: false },
        { consignmentId: 'pears', refused: true },
      ],
    ],
    [
      'refused',
      [
        { consignmentId: 'apples', refused: true },
        { consignmentId: 'pears', refused: true },
      ],
    ],
    ['left', [{ consignmentId: 'apples', refused: false }]],
    ['left', []],
  ])('ends %s, as its lines say', (phase, lines) => {
    expect(after(atDoor, finishUnloading(atDoor, { lines, openNoticeLines: 0 }, END))).toMatchObject({ phase, finishedAt: END });
  });

  it('of an unannounced load is done by its lines alone, and left without any', () => {
    const unannounced: Appointment = { ...atDoor, consignmentIds: [] };
    expect(after(unannounced, finishUnloading(unannounced, { lines: [{ consignmentId: 'plums', refused: false }], openNoticeLines: 0 }, END))).toMatchObject({ phase: 'done' });
    const ofNotice = { lines: [{ consignmentId: null, refused: false }], openNoticeLines: 1 };
    expect(after(unannounced, finishUnloading(unannounced, ofNotice, END))).toMatchObject({ phase: 'left' });
    expect(after(unannounced, finishUnloading(unannounced, { ...ofNotice, openNoticeLines: 0 }, END))).toMatchObject({ phase: 'done' });
    expect(after(unannounced, finishUnloading(unannounced, { lines: [], openNoticeLines: 0 }, END))).toMatchObject({ phase: 'left' });
  });

  it('is a no-show once nobody waits any more, and only if the truck never came', () => {
    expect(after(booked, missTruck(booked, missedAt(booking) - 1))).toEqual(booked);
    expect(after(booked, missTruck(booked, missedAt(booking)))).toMatchObject({ phase: 'no_show' });
    expect(after(waiting, missTruck(waiting, missedAt(booking)))).toEqual(waiting);
  });

  it('passes each phase at most once and in order, whatever is asked of it', () => {
    const order = ['booked', 'waiting', 'at_door', 'ended'];
    const place = (appointment: Appointment): number =>
      Math.max(order.indexOf(appointment.phase), ['done', 'refused', 'left', 'no_show'].includes(appointment.phase) ? 3 : -1);
    const command = fc.constantFrom<(a: Appointment, now: Instant) => Decision<AppointmentEvent>>(
      recordGateIn,
      (a) => callToDoor(a, door),
      (a, now) => finishUnloading(a, { lines: [{ consignmentId: 'apples', refused: false }], openNoticeLines: 0 }, now),
      missTruck,
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(command, fc.integer({ min: START - 1e7, max: END + 1e8 })), { maxLength: 20 }), (steps) => {
        let appointment: Appointment = booked;
        for (const [ask, now] of steps) {
          const decision = ask(appointment, now);
          if (!decision.accepted) continue;
          const next: Appointment = decision.events.reduce(evolve, appointment);
          if (decision.events.length === 0) expect(next).toEqual(appointment);
          else expect(next.phase === 'no_show' ? appointment.phase === 'booked' : place(next) === place(appointment) + 1).toBe(true);
          appointment = next;
        }
      }),
    );
  });
});
