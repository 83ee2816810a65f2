import { conditionFromJSON, dispositionFromJSON } from '@naru/contracts/gen/naru/warehousing/v1/receipt_service';
import type { Instant } from '@naru/kernel/instant';
import type { Action, KeyOf } from './actions.js';
import type { DayRow } from './day-row.js';
import type { SeedTruck } from './seed.js';

const MINUTE = 60_000;
const WAIT_MS = 3 * MINUTE;
const LINE_MS = 45_000;
const PUT_AWAY_MS = 90_000;
const LEAVE_MS = MINUTE;

export interface TrucksToUnload {
  readonly trucks: readonly SeedTruck[];
  /** What each truck brings, in the same order. */
  readonly consignments: readonly (readonly DayRow[])[];
  readonly doors: readonly string[];
  readonly operator: string;
  readonly centre: string;
  readonly booksAt: Instant;
  readonly at: (time: string) => Instant;
  readonly key: KeyOf;
}

/** Appointments, gates, doors, receipts and put-aways. Trucks are called in the order in which they came, each to the door that is free first. */
export function unloadTrucks({ trucks, consignments, doors, operator, centre, booksAt, at, key }: TrucksToUnload): readonly Action[] {
  const free = new Map<string, Instant>(doors.map((door) => [door, 0]));
  const booked = trucks.map((truck, i) => ({ truck, rows: consignments[i]! }));
  const bookings = booked.map(({ truck, rows }): Action => ({
    kind: 'book-appointment', key: key('book', truck.key), at: booksAt, by: truck.carrier, appointment: truck.key, centre, vehicleRegistration: truck.vehicleRegistration,
    windowStartsAt: at(truck.windowStartsAt), windowEndsAt: at(truck.windowEndsAt), consignments: rows.map((row) => row.key),
  }));
  const unloadings = booked.toSorted((a, b) => at(a.truck.gateInAt) - at(b.truck.gateInAt)).flatMap(({ truck, rows }): readonly Action[] => {
    const [door, since] = [...free].reduce((best, entry) => (entry[1] < best[1] ? entry : best));
    const gateInAt = at(truck.gateInAt);
    const calledAt = Math.max(gateInAt + WAIT_MS, since + MINUTE);
    const receivedAt = (i: number): Instant => calledAt + WAIT_MS + i * LINE_MS;
    const leavesAt = receivedAt(rows.length) + LEAVE_MS;
    free.set(door, leavesAt);
    const appointment = truck.key;
    return [
      { kind: 'gate-in', key: key('gate', appointment), at: gateInAt, by: operator, appointment },
      { kind: 'call-to-door', key: key('door', appointment), at: calledAt, by: operator, appointment, centre, door },
      ...rows.map((row, i) => receiveLine(row, appointment, operator, receivedAt(i), key)),
      ...rows.map(({ key: consignment, seed: { location } }, i): Action => ({
        kind: 'put-away', key: key('put', consignment), at: receivedAt(i) + PUT_AWAY_MS, by: operator, consignment, centre, ...(location === undefined ? {} : { location }),
      })),
      { kind: 'finish-unloading', key: key('leave', appointment), at: leavesAt, by: operator, appointment },
    ];
  });
  return [...bookings, ...unloadings];
}

function receiveLine({ key: consignment, item, seed: { receipt } }: DayRow, appointment: string, by: string, at: Instant, key: KeyOf): Action {
  const { counted, weighedGrams, scaleTicket, temperatureTenths, condition, disposition } = receipt;
  return {
    kind: 'receive-line', key: key('receive', consignment), at, by, appointment, consignment, item,
    body: {
      counted: BigInt(counted),
      weighedGrams: BigInt(weighedGrams),
      scaleTicket,
      ...(temperatureTenths === undefined ? {} : { temperatureTenths }),
      condition: conditionFromJSON(condition),
      disposition: dispositionFromJSON(disposition),
    },
  };
}
