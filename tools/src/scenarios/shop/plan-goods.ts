import { temperatureClassFromJSON } from '@naru/contracts/gen/naru/warehousing/v1/centre_service';
import { Condition, Disposition } from '@naru/contracts/gen/naru/warehousing/v1/receipt_service';
import type { Instant } from '@naru/kernel/instant';
import type { Action, KeyOf } from '../market-day/actions.js';
import type { BoxTypeBody, CountedLine } from './actions.js';
import type { ShopItem } from './goods.js';
import type { SeedLine, SeedShopTruck, ShopFinding, ShopSeed } from './seed.js';
import { PIECE } from './units.js';

const MINUTE = 60_000;

export interface GoodsToBring {
  readonly seed: ShopSeed;
  readonly items: readonly ShopItem[];
  readonly operator: string;
  readonly announcesAt: Instant;
  readonly at: (time: string) => Instant;
  readonly key: KeyOf;
}

/** Notices, trucks, what was counted at the door, and put-away. Each truck has a door of its own while it stands there. */
export function bringGoods({ seed, items, operator, announcesAt, at, key }: GoodsToBring): readonly Action[] {
  const grams = new Map(items.map(({ code, unitGrams }) => [code, unitGrams]));
  const doors = new Map<string, number>();
  return seed.trucks.flatMap((truck): readonly Action[] => {
    const { key: notice, centre, carrier, vehicleRegistration } = truck;
    const lines = seed.lines.filter(([own]) => own === notice);
    const turn = doors.get(centre) ?? 0;
    doors.set(centre, turn + 1);
    const door = `D-${String((turn % 3) + 1).padStart(2, '0')}`;
    const gateInAt = at(truck.gateInAt);
    const minutes = (n: number): Instant => gateInAt + n * MINUTE;
    return [
      announce(truck, lines, seed.shop.key, announcesAt, key),
      {
        kind: 'book-appointment', key: key('book', notice), at: announcesAt + 5 * MINUTE, by: carrier, appointment: notice, centre, vehicleRegistration,
        windowStartsAt: at(truck.windowStartsAt), windowEndsAt: at(truck.windowEndsAt), consignments: [], notices: [notice],
      },
      { kind: 'gate-in', key: key('gate', notice), at: gateInAt, by: operator, appointment: notice },
      { kind: 'call-to-door', key: key('door', notice), at: minutes(3), by: operator, appointment: notice, centre, door },
      { kind: 'receive-notice', key: key('receive', notice), at: minutes(12), by: operator, appointment: notice, notice, lines: lines.map((line, i) => counted(line, i + 1, notice, grams)) },
      { kind: 'put-away-notice', key: key('put', notice), at: minutes(18), by: operator, notice, lines: lines.flatMap(([, , , , , finding], i) => (finding === 'wrong goods' ? [] : [i + 1])) },
      { kind: 'finish-unloading', key: key('leave', notice), at: minutes(20), by: operator, appointment: notice },
    ];
  });
}

function announce({ key: notice, centre, reference: merchantReference }: SeedShopTruck, lines: readonly SeedLine[], by: string, at: Instant, key: KeyOf): Action {
  const announced = lines.map(([, itemCode, batch, count], i) => ({ line: i + 1, itemCode, unit: PIECE, count: BigInt(count), batch }));
  return { kind: 'announce-goods', key: key('notice', notice), at, by, notice, centre, merchantReference, lines: announced };
}

const CONDITIONS: Readonly<Partial<Record<ShopFinding, Condition>>> = { damaged: Condition.DAMAGED, 'wrong goods': Condition.WRONG_GOODS };
const DISPOSITIONS: Readonly<Partial<Record<ShopFinding, Disposition>>> = { damaged: Disposition.ACCEPT_UNDER_RESERVE, 'wrong goods': Disposition.REFUSE };

function counted([, code, batch, , count, finding]: SeedLine, line: number, notice: string, grams: ReadonlyMap<string, number>): CountedLine {
  return {
    line, counted: BigInt(count), weighedGrams: BigInt(count * grams.get(code)!), scaleTicket: `SC2-${notice}-${String(line).padStart(4, '0')}`, batch,
    condition: CONDITIONS[finding] ?? Condition.SOUND, disposition: DISPOSITIONS[finding] ?? Disposition.ACCEPT,
  };
}

export function boxTypeBodies({ boxTypes }: ShopSeed): readonly BoxTypeBody[] {
  return boxTypes.map(({ code, inner: [innerLengthMm, innerWidthMm, innerHeightMm], tareGrams, maxGrams, temperatureClasses }) => ({
    code, innerLengthMm, innerWidthMm, innerHeightMm, tareGrams: BigInt(tareGrams), maxGrams: BigInt(maxGrams),
    temperatureClasses: temperatureClasses.map((name) => temperatureClassFromJSON(name)),
  }));
}
