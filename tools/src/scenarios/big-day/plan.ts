import { organizationKindFromJSON } from '@naru/contracts/gen/naru/identity/v1/organization_service';
import { Capability, LocationKind, temperatureClassFromJSON } from '@naru/contracts/gen/naru/warehousing/v1/centre_service';
import { ItemControl } from '@naru/contracts/gen/naru/warehousing/v1/item_service';
import { instantOf, type Instant } from '@naru/kernel/instant';
import type { RefusedRow } from '../../importers/row.js';
import { inOrder, PLATFORM, registerOperator, type Action, type KeyOf, type Plan } from '../market-day/actions.js';
import { chooseRows, isOdd } from './choose.js';
import type { BigDay } from './files.js';
import { unloadMarket, type Doors } from './plan-trucks.js';
import { bidsOf, consignmentRow, expectedLot } from './lots.js';
import { bigRows, itemCode, type BigMarket, type BigRow } from './rows.js';
import type { BigParty, BigSeed, BigState } from './seed.js';

const BEGINS = '02:00';
const MINUTE = 60_000;
const BATCH = 500;

export interface BigPlan extends Plan {
  /** The markets that sell. */
  readonly markets: readonly BigMarket[];
  /** Every row of the file that is not sold for what it is, with field, value and reason. */
  readonly refused: readonly RefusedRow[];
  readonly accepted: number;
  /** Accepted rows with something odd about them; all of them are planned. */
  readonly odd: number;
}

/**
 * The big day: a market per State, District and Market, one truck for each, a centre per state. Every accepted row is consigned; with `limit` only so many
 * of them, every odd one among them, are brought and sold. A part of the day is planned as the same part of the whole.
 */
export function bigDay(day: BigDay, limit?: number): BigPlan {
  const { seed, market } = day;
  const begins = instantOf(seed.day, BEGINS, market.timeZone);
  const key: KeyOf = (...parts) => `big-day:${seed.day}:${parts.join(':')}`;
  const all = bigRows(day);
  const chosen = new Set(chooseRows(day.parsed.rows, limit));
  const rows = all.rows.filter(({ row }) => chosen.has(row));
  const byMarket = Map.groupBy(inOrderOfConsignment(rows), ({ market: { key: own } }) => own);
  const markets = all.markets.filter(({ key: own }) => byMarket.has(own));
  const states = seed.states.filter(({ state }) => markets.some((own) => own.state === state));
  const doors: Doors = new Map(states.map(({ code, doors: count }) => [code, Array.from({ length: count }, () => begins)]));
  const arrivals = markets.map((own) => unloadMarket({ market: own, rows: byMarket.get(own.key)!, seed, doors, begins, key }));

  const actions: Action[] = [
    ...parties(seed, begins, key),
    ...states.map((state) => centre(state, seed, market.timeZone, begins, key)),
    { kind: 'create-items', key: key('items'), at: begins, by: seed.centreOperator.key, items: items(rows) },
    ...all.markets.map((own) => opening(own, day, begins, key)),
    ...markets.flatMap((own) => admissions(own, day, begins, key)),
    ...consignments(all.rows, begins, key),
    ...arrivals.flatMap(({ actions: own }) => own),
    ...markets.flatMap((own, i) => session(own, byMarket.get(own.key)!, seed, arrivals[i]!.leavesAt, key)),
  ];
  return {
    name: 'big-day',
    day: seed.day,
    timeZone: market.timeZone,
    currency: market.rules.currency,
    actions: inOrder(actions),
    bids: markets.flatMap((own) => byMarket.get(own.key)!.flatMap((row) => bidsOf(row, key))),
    lots: markets.flatMap((own, i) => byMarket.get(own.key)!.map((row, j) => expectedLot(row, j + 1, sessionStart(arrivals[i]!.leavesAt), market.rules))),
    markets,
    refused: day.parsed.refused,
    accepted: day.parsed.rows.length,
    odd: day.parsed.rows.filter(isOdd).length,
  };
}

/** Consignors announce one after the other, each in the order of the file. */
function inOrderOfConsignment(rows: readonly BigRow[]): readonly BigRow[] {
  return rows.toSorted((a, b) => (a.consignor === b.consignor ? a.row.source.line - b.row.source.line : a.consignor < b.consignor ? -1 : 1));
}

/** At the next full or half hour at which the goods have been there for a quarter of one. */
function sessionStart(leavesAt: Instant): Instant {
  return Math.ceil((leavesAt + 15 * MINUTE) / (30 * MINUTE)) * 30 * MINUTE;
}

function parties(seed: BigSeed, at: Instant, key: KeyOf): readonly Action[] {
  const register = ({ key: organization, name, kind }: BigParty, role: string): readonly Action[] => [
    { kind: 'register-organization', key: key('organization', organization), at, by: PLATFORM, organization, body: { name, kind: organizationKindFromJSON(kind) } },
    { kind: 'register-client', key: key('client', organization), at, by: PLATFORM, organization, body: { name: `${organization} big day`, roles: [role] } },
  ];
  return [
    ...register(seed.corporation, 'market-operator'),
    registerOperator(seed.corporation.key, at, key),
    ...register(seed.centreOperator, 'centre-operator'),
    ...register(seed.carrier, 'carrier'),
    ...seed.states.flatMap(({ consignors, bidders }) => [...consignors.flatMap((party) => register(party, 'consignor')), ...bidders.flatMap((party) => register(party, 'bidder'))]),
  ];
}

function centre({ state, code, zones, doors, doorGrams }: BigState, seed: BigSeed, timeZone: string, at: Instant, key: KeyOf): Action {
  const places = (zone: string, count: number, kind: LocationKind, capacityGrams: number) =>
    Array.from({ length: count }, (_, i) => ({ code: `${zone}-${String(i + 1).padStart(2, '0')}`, kind, capacityGrams: BigInt(capacityGrams) }));
  return {
    kind: 'create-centre', key: key('centre', code), at, by: seed.centreOperator.key, centre: code,
    body: {
      code: `IN-${code}`,
      name: `Demonstration centre, ${state}`,
      timeZone,
      capabilities: [Capability.INLAND, Capability.AGRICULTURAL, Capability.COLD],
      zones: [
        { code: 'D', temperatureClass: temperatureClassFromJSON('TEMPERATURE_CLASS_AMBIENT'), locations: places('D', doors, LocationKind.DOCK_DOOR, doorGrams) },
        ...zones.map((zone) => ({
          code: zone.code,
          temperatureClass: temperatureClassFromJSON(zone.temperatureClass),
          locations: places(zone.code, zone.locations, LocationKind.FLOOR, zone.capacityGrams),
        })),
      ],
    },
  };
}

function items(rows: readonly BigRow[]): Extract<Action, { kind: 'create-items' }>['items'] {
  const unique = new Map(rows.map((row) => [row.goods.item, row]));
  return [...unique].map(([commodity, { temperatureClass }]) => ({
    code: itemCode(commodity), name: commodity, temperatureClass, control: ItemControl.BATCH, catchWeight: false,
  }));
}

function opening(own: BigMarket, { seed, market }: BigDay, at: Instant, key: KeyOf): Action {
  return {
    kind: 'create-market', key: key('market', own.key), at, by: seed.corporation.key, market: own.key,
    body: { code: own.code, name: `${own.market}, ${own.district}, ${own.state}`, timeZone: market.timeZone, rules: market.rules },
  };
}

/** The two bidders that a market admits. */
function admissions(own: BigMarket, { seed, market }: BigDay, at: Instant, key: KeyOf): readonly Action[] {
  const state = seed.states.find((candidate) => candidate.state === own.state)!;
  const by = seed.corporation.key;
  const categories = market.rules.commissionCaps.map(({ category }) => category);
  return own.bidders.map((organization): Action => ({
    kind: 'admit-bidder', key: key('admit', own.key, organization), at, by, market: own.key, organization,
    body: {
      categories,
      licensedUntil: instantOf(seed.licensedUntil, '23:59:59', market.timeZone),
      depositAmount: BigInt(state.depositAmount),
      creditAmount: BigInt(state.creditAmount),
    },
  }));
}

/** Announcements, in batches. */
function consignments(rows: readonly BigRow[], begins: Instant, key: KeyOf): readonly Action[] {
  const consignors = [...Map.groupBy(rows, ({ consignor }) => consignor)].sort(([a], [b]) => (a < b ? -1 : 1));
  return consignors.flatMap(([consignor, own]) =>
    Array.from({ length: Math.ceil(own.length / BATCH) }, (_, i): Action => ({
      kind: 'register-consignments', key: key('consign', consignor, String(i + 1)), at: begins + MINUTE, by: consignor,
      rows: own.slice(i * BATCH, (i + 1) * BATCH).map(consignmentRow),
    })));
}

function session(own: BigMarket, rows: readonly BigRow[], seed: BigSeed, leavesAt: Instant, key: KeyOf): readonly Action[] {
  const by = seed.corporation.key;
  const at = sessionStart(leavesAt);
  return [
    { kind: 'create-session', key: key('session', own.key), at: at - 20 * MINUTE, by, session: own.key, market: own.key, body: { name: own.market, businessDay: seed.day } },
    ...rows.map((row): Action => ({
      kind: 'list-lot', key: key('list', row.key), at: at - 10 * MINUTE, by, consignment: row.key, session: own.key, startPriceAmount: row.start,
    })),
    { kind: 'start-session', key: key('start', own.key), at, by, session: own.key },
  ];
}
