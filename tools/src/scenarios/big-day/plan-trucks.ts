import { TemperatureClass } from '@naru/contracts/gen/naru/warehousing/v1/centre_service';
import { Condition, Disposition } from '@naru/contracts/gen/naru/warehousing/v1/receipt_service';
import type { Instant } from '@naru/kernel/instant';
import type { Action, KeyOf } from '../market-day/actions.js';
import { itemCode, type BigMarket, type BigRow } from './rows.js';
import type { BigSeed } from './seed.js';

/** When each door of each state's centre is free; moved on as trucks are planned. */
export type Doors = Map<string, Instant[]>;

const MINUTE = 60_000;
const LINE_MS = 5_000;
/** Core temperatures in tenths of a degree; ambient goods are not measured. */
const TENTHS: Readonly<Partial<Record<TemperatureClass, number>>> = { [TemperatureClass.COOL]: 140, [TemperatureClass.CHILLED]: 40 };

export interface MarketToUnload {
  readonly market: BigMarket;
  readonly rows: readonly BigRow[];
  readonly seed: BigSeed;
  readonly doors: Doors;
  readonly begins: Instant;
  readonly key: KeyOf;
}

/** The one truck of a market: booked, gated in when a door is about to be free, unloaded, put away where the centre chooses. */
export function unloadMarket({ market, rows, seed, doors, begins, key }: MarketToUnload): { readonly actions: readonly Action[]; readonly leavesAt: Instant } {
  const own = doors.get(market.stateCode)!;
  const door = own.indexOf(Math.min(...own));
  const gateInAt = Math.max(own[door]!, begins + 10 * MINUTE);
  const calledAt = gateInAt + MINUTE;
  const leavesAt = calledAt + MINUTE + rows.length * LINE_MS;
  own[door] = leavesAt + MINUTE;
  const by = seed.centreOperator.key;
  const appointment = market.key;
  const centre = market.stateCode;
  const receivedAt = (i: number): Instant => calledAt + MINUTE / 2 + i * LINE_MS;
  return {
    leavesAt,
    actions: [
      {
        kind: 'book-appointment', key: key('book', appointment), at: begins + 5 * MINUTE, by: seed.carrier.key, appointment, centre, vehicleRegistration: `NARU-${market.key}`,
        windowStartsAt: gateInAt - 5 * MINUTE, windowEndsAt: gateInAt + 25 * MINUTE, consignments: rows.map((row) => row.key),
      },
      { kind: 'gate-in', key: key('gate', appointment), at: gateInAt, by, appointment },
      { kind: 'call-to-door', key: key('door', appointment), at: calledAt, by, appointment, centre, door: `D-${String(door + 1).padStart(2, '0')}` },
      ...rows.map((row, i): Action => {
        const temperatureTenths = TENTHS[row.temperatureClass];
        return {
          kind: 'receive-line', key: key('receive', row.key), at: receivedAt(i), by, appointment, consignment: row.key, item: itemCode(row.goods.item),
          body: {
            counted: BigInt(row.quantity), weighedGrams: BigInt(row.weighedGrams), scaleTicket: `${market.stateCode}-${row.key}`,
            ...(temperatureTenths === undefined ? {} : { temperatureTenths }), condition: Condition.SOUND, disposition: Disposition.ACCEPT,
          },
        };
      }),
      ...rows.map((row, i): Action => ({ kind: 'put-away', key: key('put', row.key), at: receivedAt(i + 1), by, consignment: row.key, centre })),
      { kind: 'finish-unloading', key: key('leave', appointment), at: leavesAt, by, appointment },
    ],
  };
}
