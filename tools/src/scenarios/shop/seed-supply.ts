import type { ParsedRow } from '../../importers/row.js';
import type { RetailInvoice, RetailLine } from '../../importers/online-retail.js';
import type { Draw } from '../market-day/draw.js';
import { demandOf } from './goods.js';
import type { SeedIncidents, SeedLine, SeedShopTruck, ShopFinding } from './seed.js';

/** Trucks of the shop: four to its own centre, one to the market's, one in the afternoon with a part of what was missing. */
export const TRUCKS: readonly SeedShopTruck[] = [
  { key: 's1', centre: 'centre-2', reference: 'GL-1201-1', carrier: 'c01', vehicleRegistration: 'NARU-S01', windowStartsAt: '05:00', windowEndsAt: '05:30', gateInAt: '05:06' },
  { key: 's2', centre: 'centre-2', reference: 'GL-1201-2', carrier: 'c02', vehicleRegistration: 'NARU-S02', windowStartsAt: '05:30', windowEndsAt: '06:00', gateInAt: '05:41' },
  { key: 's3', centre: 'centre-2', reference: 'GL-1201-3', carrier: 'c03', vehicleRegistration: 'NARU-S03', windowStartsAt: '06:00', windowEndsAt: '06:30', gateInAt: '06:02' },
  { key: 's4', centre: 'centre-2', reference: 'GL-1201-4', carrier: 'c01', vehicleRegistration: 'NARU-S04', windowStartsAt: '06:30', windowEndsAt: '07:00', gateInAt: '06:44' },
  { key: 's5', centre: 'centre-1', reference: 'GL-1201-5', carrier: 'c03', vehicleRegistration: 'NARU-S05', windowStartsAt: '06:40', windowEndsAt: '07:20', gateInAt: '06:52' },
  { key: 's6', centre: 'centre-2', reference: 'GL-1201-6', carrier: 'c02', vehicleRegistration: 'NARU-S06', windowStartsAt: '14:00', windowEndsAt: '14:30', gateInAt: '14:09' },
];
const MORNING = ['s1', 's2', 's3', 's4'];
const BESIDE = 's5';
const AFTERNOON = 's6';

/** Items that only the market's centre has. */
const ELSEWHERE = 12;
/** Per cent of the items that both centres have, none of them all that the day asks for. */
const IN_BOTH = 15;
/** Items that come short; every second of them is made up for in the afternoon. */
const SHORT = 40;
const OVER = 8;
const DAMAGED = 6;
const WRONG = 2;

export interface Supply {
  readonly lines: readonly SeedLine[];
  readonly incidents: SeedIncidents;
}

/** What the shop sends so that the day's orders can be filled, but for those that run short on purpose. */
export function drawSupply(rows: readonly ParsedRow<RetailLine>[], invoices: readonly RetailInvoice[], draw: Draw): Supply {
  const demand = demandOf(rows);
  const writtenOff = rows.flatMap(({ value }) => (value.kind === 'write-off' ? [value] : []));
  const inHand = new Set(writtenOff.map(({ code }) => code));
  const held = soldOnceBetween(invoices, '12:00', '12:59', demand, inHand, draw);
  const short = soldOnceBetween(invoices, '13:00', '13:59', demand, new Set([...inHand, held]), draw);
  for (const code of [held, short]) inHand.add(code);

  const free = [...demand.keys()].filter((code) => !inHand.has(code) && demand.get(code)! >= 4);
  const odd = draw.some(free, ELSEWHERE + SHORT + OVER + DAMAGED + WRONG);
  const kinds = new Map<string, 'elsewhere' | ShopFinding>();
  for (const [kind, count] of [['elsewhere', ELSEWHERE], ['short', SHORT], ['over', OVER], ['damaged', DAMAGED], ['wrong goods', WRONG]] as const) {
    for (const code of odd.slice(kinds.size, kinds.size + count)) kinds.set(code, kind);
  }

  const lines: SeedLine[] = [];
  let shorts = 0;
  for (const [code, asked] of demand) {
    const extra = writtenOff.filter((line) => line.code === code).reduce((sum, { quantity }) => sum - Number(quantity), 0);
    const supply = asked + extra + Math.ceil((asked * draw.whole(0, 15)) / 100) + 1;
    const truck = draw.some(MORNING, 1)[0]!;
    const kind = kinds.get(code);
    const line = (announced: number, counted: number, finding: ShopFinding, on = truck, batch = batchOf(on)): SeedLine => [on, code, batch, announced, counted, finding];
    if (code === held) lines.push(line(supply, supply, 'as expected', 's1'), line(supply, supply, 'as expected', 's2'));
    else if (code === short) lines.push(line(supply, supply, 'as expected', 's1'), line(supply, supply, 'as expected', 's3'));
    else if (kind === 'elsewhere') lines.push(line(supply, supply, 'as expected', BESIDE));
    else if (kind === 'short') {
      const missing = Math.max(1, Math.floor((asked * draw.whole(25, 60)) / 100));
      lines.push(line(asked, asked - missing, 'short'));
      if (shorts++ % 2 === 0) lines.push(line(missing, missing, 'as expected', AFTERNOON));
    } else if (kind === 'over') lines.push(line(supply, supply + draw.whole(2, 6), 'over'));
    else if (kind === 'damaged') lines.push(line(supply, supply, 'as expected'), line(draw.whole(2, 6), 0, 'damaged', truck, `${batchOf(truck)}-D`));
    else if (kind === 'wrong goods') lines.push(line(supply, supply, 'as expected'), line(draw.whole(2, 6), 0, 'wrong goods', truck, `${batchOf(truck)}-W`));
    else if (!inHand.has(code) && asked >= 4 && draw.chance(IN_BOTH)) {
      const own = Math.ceil((supply * draw.whole(50, 65)) / 100);
      const beside = Math.max(supply - own, Math.ceil((supply * draw.whole(45, 60)) / 100));
      lines.push(line(own, own, 'as expected'), line(beside, beside, 'as expected', BESIDE));
    } else lines.push(line(supply, supply, 'as expected'));
  }
  const counted = lines.map((line): SeedLine => (line[5] === 'damaged' || line[5] === 'wrong goods' ? [line[0], line[1], line[2], line[3], line[3], line[5]] : line));
  const inOrder = TRUCKS.flatMap(({ key }) => counted.filter(([truck]) => truck === key));
  return {
    lines: inOrder,
    incidents: {
      hold: { centre: 'centre-2', code: held, batch: batchOf('s1'), at: '13:05', reason: 'glaze comes off: the maker asks to hold the batch' },
      short: { centre: 'centre-2', code: short, wave: '14:00', reason: 'one piece less in the bin than on the books' },
      writeOffs: writtenOff.map(({ invoice, code }) => ({ invoice, centre: 'centre-2', batch: inOrder.find((line) => line[1] === code)![2] })),
    },
  };
}

/** The shop names its batches by the truck. */
function batchOf(truck: string): string {
  return `GL-${truck.toUpperCase()}`;
}

/** A code that one invoice of these minutes asks for and no other: what befalls it, befalls that order alone. */
function soldOnceBetween(invoices: readonly RetailInvoice[], from: string, to: string, demand: ReadonlyMap<string, number>, not: ReadonlySet<string>, draw: Draw): string {
  const times = new Map<string, string[]>();
  for (const { time, cancels, lines } of invoices) {
    for (const { value } of lines) if (value.kind === 'goods') times.set(value.code, [...(times.get(value.code) ?? []), cancels ? '' : time]);
  }
  const able = [...times].filter(([code, own]) => own.length === 1 && own[0]! >= from && own[0]! <= to && !not.has(code) && demand.get(code)! >= 3).map(([code]) => code);
  const [code] = draw.some(able.sort(), 1);
  if (code === undefined) throw new RangeError(`no item is asked for once between ${from} and ${to}`);
  return code;
}
