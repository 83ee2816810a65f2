import { Category } from '@naru/contracts/gen/naru/auction/v1/market_service';
import { TemperatureClass } from '@naru/contracts/gen/naru/warehousing/v1/centre_service';
import type { KamisPrice } from '../../importers/kamis.js';
import type { ParsedRow } from '../../importers/row.js';
import { drawFrom, type Draw } from './draw.js';
import { categoryOfKamis, type KamisClasses, type MarketDefinition } from './market.js';
import { BIDDERS, CARRIERS, CENTRE_OPERATOR, CONSIGNORS, CORPORATION, consignorOf, originAbroad } from './parties.js';
import { planBidding, share } from './seed-bids.js';
import { placeGoods } from './seed-places.js';
import type { Seed, SeedBidder, SeedReceipt, SeedRow, SeedTruck } from './seed.js';
import { temperatureClassOf, type TemperatureClasses } from './temperature.js';

export interface SeedInput {
  readonly rows: readonly ParsedRow<KamisPrice>[];
  readonly market: MarketDefinition;
  readonly classes: KamisClasses;
  readonly temperatures: TemperatureClasses;
  readonly number: number;
}

type Finding = NonNullable<SeedReceipt['finding']>;

/** Grams of a piece, by item: rough weights. */
const PIECE_GRAMS: Readonly<Record<string, number>> = { 221: 8_000, 223: 200, 224: 350, 639: 90, 640: 60, 641: 3 };

const SESSIONS = [
  { key: 'fish', name: '수산 경매', startsAt: '04:30' },
  { key: 'vegetables', name: '청과 경매 1동 (채소·버섯·서류)', startsAt: '05:30' },
  { key: 'fruit', name: '청과 경매 2동 (과일)', startsAt: '06:00' },
  { key: 'grain', name: '양곡 경매', startsAt: '08:00' },
] as const;

/** Start prices of the rows that have no price that day, by rank. */
const UNPRICED_START: Readonly<Record<string, bigint>> = { 상품: 8_000n, 중품: 7_000n };

/** How many lines differ from their announcement, and how. */
const FINDINGS: readonly (readonly [Finding, number])[] = [['short', 3], ['over', 2], ['damaged', 2], ['too-warm', 1]];

/** Core temperatures in tenths of a degree at receiving; ambient goods are not measured. */
const TENTHS: Readonly<Partial<Record<TemperatureClass, readonly [number, number]>>> = {
  [TemperatureClass.COOL]: [110, 165],
  [TemperatureClass.CHILLED]: [15, 70],
  [TemperatureClass.FROZEN]: [-230, -185],
};
const TOO_WARM_TENTHS = 135;

/** Everything that the file lacks, drawn from `number`. Written once to the committed `seed.json`. */
export function makeSeed(input: SeedInput): Seed {
  const draw = drawFrom(input.number);
  const findings = drawFindings(input, draw);
  const bare = input.rows.map((row, i) => drawRow(row, findings.get(i), i, input, draw));
  const goods = bare.map(({ receipt }, i) => ({ temperatureClass: temperatureClassOf(input.rows[i]!.value, input.temperatures), grams: receipt.weighedGrams }));
  const { centre, locations } = placeGoods(goods, draw);
  const rows = bare.map((row, i): SeedRow => (locations[i] === undefined ? row : { ...row, location: locations[i] }));
  const parties = [CORPORATION, CENTRE_OPERATOR, ...CARRIERS, ...CONSIGNORS, ...BIDDERS];
  return {
    invented: true,
    note: 'What the published prices lack, drawn once by make-seed.mjs from `number`. Organizations, quantities, places, weights, times, start prices '
      + 'and bids are invented; a likeness to a real company is chance.',
    number: input.number,
    day: input.rows[0]!.value.day,
    corporation: CORPORATION.key,
    organizations: parties.map(({ key, name, kind, origin }) => (origin === undefined ? { key, name, kind } : { key, name, kind, origin })),
    affiliations: BIDDERS.flatMap(({ key, affiliateOf }) => (affiliateOf === undefined ? [] : [[key, affiliateOf] as const])),
    clients: [
      { organization: CORPORATION.key, roles: ['market-operator'] },
      { organization: CENTRE_OPERATOR.key, roles: ['centre-operator'] },
      ...CARRIERS.map(({ key }) => ({ organization: key, roles: ['carrier'] })),
      ...CONSIGNORS.map(({ key }) => ({ organization: key, roles: ['consignor'] })),
      ...BIDDERS.map(({ key }) => ({ organization: key, roles: ['bidder'] })),
    ],
    bidders: BIDDERS.map((bidder) => admission(bidder, rows)),
    badDay: {
      suspended: 'b11',
      unlicensed: { organization: 'b03', category: Category.FRUIT_AND_VEGETABLE },
      affiliates: BIDDERS.flatMap(({ key, affiliateOf }) => (affiliateOf === undefined ? [] : [{ bidder: key, consignor: affiliateOf }])),
      smallLimit: 'b12',
    },
    centre: { operator: CENTRE_OPERATOR.key, ...centre },
    pieceGrams: PIECE_GRAMS,
    sessions: SESSIONS,
    trucks: CONSIGNORS.map((consignor, i) => truckOf(consignor.key, i, draw)),
    rows,
  };
}

function drawFindings({ rows, temperatures }: SeedInput, draw: Draw): ReadonlyMap<number, Finding> {
  const chilled = (i: number): boolean => temperatureClassOf(rows[i]!.value, temperatures) === TemperatureClass.CHILLED;
  const findings = new Map<number, Finding>();
  for (const [finding, count] of FINDINGS) {
    const able = rows.map((_, i) => i).filter((i) => !findings.has(i) && rows[i]!.value.price !== undefined && (finding !== 'too-warm' || chilled(i)));
    for (const i of draw.some(able, count)) findings.set(i, finding);
  }
  return findings;
}

function drawRow({ source, value }: ParsedRow<KamisPrice>, finding: Finding | undefined, index: number, input: SeedInput, draw: Draw): SeedRow {
  const { market: { rules }, classes, temperatures } = input;
  const category = categoryOfKamis(value.itemCode, classes);
  const consignor = consignorOf(value.itemCode, value.kindName);
  const unitGrams = Number(value.unit.size) * (value.unit.base === 'gram' ? 1 : PIECE_GRAMS[value.itemCode]!);
  const quantity = Math.max(20, Math.min(300, Math.round(draw.whole(300_000, 1_500_000) / unitGrams)));
  const start = value.price === undefined ? UNPRICED_START[value.rank]! : share(value.price, draw.whole(50, 60), rules.bidUnit);
  const reserve = value.price !== undefined && draw.chance(20) ? share(value.price, draw.whole(61, 75), rules.bidUnit) : 0n;
  const bids = value.price === undefined ? [] : planBidding({ real: value.price, start, reserve, category, consignor: consignor.key }, rules, draw).bids;
  return {
    line: source.line,
    consignor: consignor.key,
    session: sessionOf(value, category),
    quantity,
    origin: originAbroad(value.kindName) ?? consignor.origin,
    startPrice: Number(start),
    ...(reserve > 0n ? { reservePrice: Number(reserve) } : {}),
    receipt: drawReceipt({ finding, quantity, unitGrams, ticket: index + 1, temperatureClass: temperatureClassOf(value, temperatures) }, draw),
    bids: bids.map(({ organization, limit, afterOpeningMs }) => ({ organization, limit: Number(limit), afterOpeningMs })),
  };
}

function sessionOf({ itemCode }: KamisPrice, category: Category): string {
  if (category === Category.FISH) return 'fish';
  if (category === Category.GRAIN) return 'grain';
  return itemCode.startsWith('4') && itemCode !== '422' ? 'fruit' : 'vegetables';
}

interface LineToReceive {
  readonly finding: Finding | undefined;
  readonly quantity: number;
  readonly unitGrams: number;
  readonly ticket: number;
  readonly temperatureClass: TemperatureClass;
}

function drawReceipt({ finding, quantity, unitGrams, ticket, temperatureClass }: LineToReceive, draw: Draw): SeedReceipt {
  const away = Math.max(1, Math.round((quantity * draw.whole(2, 6)) / 100));
  const counted = quantity + (finding === 'short' ? -away : finding === 'over' ? away : 0);
  const band = TENTHS[temperatureClass];
  const tenths = band && (finding === 'too-warm' ? TOO_WARM_TENTHS : draw.whole(...(band as [number, number])));
  return {
    ...(finding ? { finding } : {}),
    counted,
    weighedGrams: Math.round((counted * unitGrams * draw.whole(990, 1_012)) / 1_000 / 100) * 100,
    scaleTicket: `SC1-${String(ticket).padStart(4, '0')}`,
    ...(tenths === undefined ? {} : { temperatureTenths: tenths }),
    condition: finding === 'damaged' ? 'CONDITION_DAMAGED' : 'CONDITION_SOUND',
    disposition: finding === 'damaged' || finding === 'too-warm' ? 'DISPOSITION_ACCEPT_UNDER_RESERVE' : 'DISPOSITION_ACCEPT',
  };
}

/** Deposit and credit that hold every bid of the day at its limit, a tenth of it as deposit. The one with a small limit holds hardly a lot. */
function admission({ key, categories, suspended, idle }: (typeof BIDDERS)[number], rows: readonly SeedRow[]): SeedBidder {
  const limitOn = ({ bids }: SeedRow): number => Math.max(0, ...bids.filter(({ organization }) => organization === key).map(({ limit }) => limit));
  const most = rows.reduce((sum, row) => sum + row.receipt.counted * limitOn(row), 0);
  const million = Math.ceil(most / 1_000_000) * 1_000_000;
  const [depositAmount, creditAmount] = idle ? [1_000_000, 0] : [Math.ceil(million / 10), million];
  return { organization: key, categories, licensedUntil: '2023-06-30', depositAmount, creditAmount, ...(suspended ? { suspended } : {}) };
}

function truckOf(consignor: string, index: number, draw: Draw): SeedTruck {
  const opens = 150 + index * 8; // minutes of the day: 02:30 for the first
  const come = opens + 10 + (draw.chance(15) ? draw.whole(25, 35) : draw.chance(15) ? -draw.whole(12, 18) : draw.whole(0, 18));
  return {
    key: `t${String(index + 1).padStart(2, '0')}`,
    consignor,
    carrier: CARRIERS[index % CARRIERS.length]!.key,
    vehicleRegistration: `NARU-T${String(index + 1).padStart(2, '0')}`,
    windowStartsAt: clock(opens),
    windowEndsAt: clock(opens + 30),
    gateInAt: clock(come),
  };
}

function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
