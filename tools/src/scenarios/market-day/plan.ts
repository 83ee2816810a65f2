import { organizationKindFromJSON } from '@naru/contracts/gen/naru/identity/v1/organization_service';
import { Category, categoryFromJSON } from '@naru/contracts/gen/naru/auction/v1/market_service';
import { BaseUnit } from '@naru/contracts/gen/naru/type/v1/trade_unit';
import { capabilityFromJSON, locationKindFromJSON, temperatureClassFromJSON } from '@naru/contracts/gen/naru/warehousing/v1/centre_service';
import { ItemControl } from '@naru/contracts/gen/naru/warehousing/v1/item_service';
import { instantOf, type Instant } from '@naru/kernel/instant';
import type { KamisPrice } from '../../importers/kamis.js';
import type { Parsed } from '../../importers/row.js';
import { inOrder, PLATFORM, registerOperator, type Action, type BidAction, type CentreBody, type ConsignmentRow, type ExpectedLot, type ItemBody, type KeyOf, type Outcome, type Plan } from './actions.js';
import { dayRows, type DayRow } from './day-row.js';
import type { DayRules } from './files.js';
import { limitsFor } from './limits.js';
import { unloadTrucks } from './plan-trucks.js';
import { play } from './proxy.js';
import { termsOf } from './seed-bids.js';
import type { Seed, SeedCentre } from './seed.js';
import { temperatureClassOf } from './temperature.js';

export const MARKET = 'market';
export const CENTRE = 'centre-1';
const BEGINS = '02:00';
const MINUTE = 60_000;

/**
 * The live day: everything that has to happen so that each row of the file is consigned, received, put away and sold at its real price, or passes where
 * it has none. The same input gives the same plan.
 * @throws RangeError when the seed and the file do not belong together.
 */
export function planDay(parsed: Parsed<KamisPrice>, seed: Seed, rules: DayRules): Plan {
  const { market } = rules;
  const rows = dayRows(parsed, seed, rules);
  const at = (time: string): Instant => instantOf(seed.day, time, market.timeZone);
  const begins = at(BEGINS);
  const key: KeyOf = (...parts) => `market-day:${seed.day}:${parts.join(':')}`;
  const consignments = seed.trucks.map(({ consignor }) => rows.filter((row) => row.seed.consignor === consignor));
  const consigned = consignments.flat();

  const actions: Action[] = [
    ...parties(seed, begins, key),
    { kind: 'create-market', key: key('market'), at: begins, by: seed.corporation, market: MARKET, body: market },
    ...admissions(seed, market.timeZone, at, key),
    { kind: 'create-centre', key: key('centre'), at: begins, by: seed.centre.operator, centre: CENTRE, body: centreBody(seed.centre) },
    { kind: 'create-items', key: key('items'), at: begins, by: seed.centre.operator, items: itemBodies(rows, rules) },
    ...seed.trucks.map(({ consignor }, i): Action => ({
      kind: 'register-consignments', key: key('consign', consignor), at: begins + (i + 1) * MINUTE, by: consignor, rows: consignments[i]!.map(consignmentRow),
    })),
    ...unloadTrucks({ trucks: seed.trucks, consignments, doors: doorCodes(seed), operator: seed.centre.operator, centre: CENTRE, booksAt: begins + 20 * MINUTE, at, key }),
    ...sessions(seed, consigned, at, key),
  ];
  return {
    name: 'market-day',
    day: seed.day,
    timeZone: market.timeZone,
    currency: market.rules.currency,
    actions: inOrder(actions),
    bids: inSessions(seed, consigned).flatMap((row) => bidActions(row, key)),
    lots: expectedLots(seed, consigned, rules, at),
  };
}

function parties(seed: Seed, at: Instant, key: KeyOf): readonly Action[] {
  return [
    ...seed.organizations.map(({ key: organization, name, kind }): Action => ({
      kind: 'register-organization', key: key('organization', organization), at, by: PLATFORM, organization, body: { name, kind: organizationKindFromJSON(kind) },
    })),
    ...seed.affiliations.map(([organization, affiliate]): Action => ({
      kind: 'declare-affiliation', key: key('affiliation', organization, affiliate), at, by: PLATFORM, organization, affiliate,
    })),
    ...seed.clients.map(({ organization, roles }): Action => ({
      kind: 'register-client', key: key('client', organization), at, by: PLATFORM, organization, body: { name: `${organization} market day`, roles },
    })),
    registerOperator(seed.corporation, at, key),
  ];
}

function admissions(seed: Seed, timeZone: string, at: (time: string) => Instant, key: KeyOf): readonly Action[] {
  return [
    ...seed.bidders.map(({ organization, categories, licensedUntil, depositAmount, creditAmount }): Action => ({
      kind: 'admit-bidder', key: key('admit', organization), at: at(BEGINS), by: seed.corporation, market: MARKET, organization,
      body: {
        categories: categories.map((name) => categoryFromJSON(name)),
        licensedUntil: instantOf(licensedUntil, '23:59:59', timeZone),
        depositAmount: BigInt(depositAmount),
        creditAmount: BigInt(creditAmount),
      },
    })),
    ...seed.bidders.filter(({ suspended }) => suspended).map(({ organization }): Action => ({
      kind: 'suspend-bidder', key: key('suspend', organization), at: at('02:30'), by: seed.corporation, market: MARKET, organization,
    })),
  ];
}

/** A centre of a seed as its request. */
export function centreBody(centre: Omit<SeedCentre, 'operator'>): CentreBody {
  return {
    code: centre.code,
    name: centre.name,
    timeZone: centre.timeZone,
    capabilities: centre.capabilities.map((name) => capabilityFromJSON(name)),
    zones: centre.zones.map((zone) => ({
      code: zone.code,
      temperatureClass: temperatureClassFromJSON(zone.temperatureClass),
      locations: zone.locations.map(({ code, kind, capacityGrams }) => ({ code, kind: locationKindFromJSON(kind), capacityGrams: BigInt(capacityGrams) })),
    })),
  };
}

function doorCodes({ centre }: Seed): readonly string[] {
  return centre.zones.flatMap(({ locations }) => locations.filter(({ kind }) => kind === 'LOCATION_KIND_DOCK_DOOR').map(({ code }) => code));
}

function itemBodies(rows: readonly DayRow[], { temperatures }: DayRules): readonly ItemBody[] {
  const items = new Map<string, ItemBody>();
  for (const { item, goods, row } of rows) {
    const catchWeight = goods.category === Category.FISH && goods.tradeUnit.base === BaseUnit.GRAM;
    const temperatureClass = temperatureClassOf(row.value, temperatures);
    items.set(item, { code: item, name: `${goods.item} ${goods.variety}`, temperatureClass, control: ItemControl.BATCH, catchWeight });
  }
  return [...items.values()];
}

function consignmentRow({ key, row, seed, goods }: DayRow): ConsignmentRow {
  return { consignment: key, market: MARKET, goods, quantity: BigInt(seed.quantity), reservePriceAmount: BigInt(seed.reservePrice ?? 0), source: row.source };
}

/** Rows session by session, in order of consignment. */
function inSessions(seed: Seed, consigned: readonly DayRow[]): readonly DayRow[] {
  return seed.sessions.flatMap((session) => consigned.filter((row) => row.seed.session === session.key));
}

function sessions(seed: Seed, consigned: readonly DayRow[], at: (time: string) => Instant, key: KeyOf): readonly Action[] {
  const by = seed.corporation;
  return seed.sessions.flatMap(({ key: session, name, startsAt }): readonly Action[] => [
    { kind: 'create-session', key: key('session', session), at: at(startsAt) - 30 * MINUTE, by, session, market: MARKET, body: { name, businessDay: seed.day } },
    ...consigned.filter((row) => row.seed.session === session).map((row): Action => ({
      kind: 'list-lot', key: key('list', row.key), at: at(startsAt) - 10 * MINUTE, by, consignment: row.key, session, startPriceAmount: BigInt(row.seed.startPrice),
    })),
    { kind: 'start-session', key: key('start', session), at: at(startsAt), by, session },
  ]);
}

function bidActions({ key: consignment, seed }: DayRow, key: KeyOf): readonly BidAction[] {
  return seed.bids.map(({ organization, limit, afterOpeningMs }, i) => ({
    kind: 'place-bid', key: key('bid', consignment, String(i + 1)), by: organization, consignment, market: MARKET, afterOpeningMs, limitAmount: BigInt(limit),
  }));
}

function expectedLots(seed: Seed, consigned: readonly DayRow[], { market: { rules } }: DayRules, at: (time: string) => Instant): readonly ExpectedLot[] {
  return seed.sessions.flatMap((session) => {
    let opensAt = at(session.startsAt);
    return consigned.filter((row) => row.seed.session === session.key).map((row, i): ExpectedLot => {
      const bids = row.seed.bids.map((bid) => ({ ...bid, limit: BigInt(bid.limit) }));
      const start = BigInt(row.seed.startPrice);
      const played = play(bids, termsOf({ start, reserve: BigInt(row.seed.reservePrice ?? 0) }, rules));
      const { price } = row.row.value;
      const winner = bids.find(({ organization }) => organization === played.leader);
      const outcome: Outcome = price === undefined || !winner
        ? { kind: 'passed' }
        : { kind: 'sold', price, winner: winner.organization, limits: { ...limitsFor(price, start, rules), winner: winner.limit } };
      const lot = {
        consignment: row.key, source: row.row.source, market: MARKET, session: session.key, position: i + 1, goods: row.goods,
        announced: BigInt(row.seed.quantity), quantity: BigInt(row.seed.receipt.counted), finding: row.seed.receipt.finding ?? 'as expected',
        startPrice: start, outcome, opensAt,
      } as const;
      opensAt += played.closesAfterMs;
      return lot;
    });
  });
}
