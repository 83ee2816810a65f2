import { describe, expect, it } from '@jest/globals';
import { timeOfDay } from '@naru/kernel/instant';
import type { Action, ActionKind, BidAction } from './actions.js';
import { readLiveDay } from './files.js';
import { categoryOfKamis } from './market.js';
import { planDay } from './plan.js';
import { play } from './proxy.js';
import { seedText } from './seed-text.js';
import { makeSeed } from './seed-maker.js';
import { termsOf } from './seed-bids.js';
import { temperatureClassOf } from './temperature.js';

const day = readLiveDay();
const { seed } = day;
const plan = planDay(day.parsed, seed, day);
const of = <K extends ActionKind>(kind: K): Extract<Action, { kind: K }>[] => plan.actions.filter((action): action is Extract<Action, { kind: K }> => action.kind === kind);
const bidsOn = (consignment: string): readonly BidAction[] => plan.bids.filter((bid) => bid.consignment === consignment);
const sellers = new Map(of('register-consignments').flatMap(({ by, rows }) => rows.map((row) => [row.consignment, { by, row }] as const)));

describe('the seed of the live day', () => {
  it('is what its number draws, and says that it is invented', () => {
    expect(seedText(makeSeed({ rows: day.parsed.rows, number: seed.number, ...day }))).toBe(seedText(seed));
    expect(Object.keys(seed)[0]).toBe('invented');
    expect(seed.invented).toBe(true);
  });

  it('has a few lines that differ from their announcement', () => {
    const findings = seed.rows.flatMap(({ receipt }) => receipt.finding ?? []);
    expect(findings.toSorted()).toEqual(['damaged', 'damaged', 'over', 'over', 'short', 'short', 'short', 'too-warm']);
    for (const { quantity, receipt } of seed.rows) {
      expect(Math.sign(receipt.counted - quantity)).toBe(receipt.finding === 'short' ? -1 : receipt.finding === 'over' ? 1 : 0);
      expect(receipt.disposition).toBe(receipt.finding === 'damaged' || receipt.finding === 'too-warm' ? 'DISPOSITION_ACCEPT_UNDER_RESERVE' : 'DISPOSITION_ACCEPT');
    }
  });

  it('fits the goods into the centre, wherever the centre puts those without a place', () => {
    expect(seed.centre.zones.flatMap(({ locations }) => locations)).toHaveLength(60);
    const classes = day.parsed.rows.map(({ value }) => temperatureClassOf(value, day.temperatures) as string);
    for (const zone of seed.centre.zones.filter(({ code }) => code !== 'D')) {
      const goods = seed.rows.filter((_, i) => classes[i] === zone.temperatureClass);
      const grams = goods.map(({ receipt }) => receipt.weighedGrams);
      const total = grams.reduce((sum, load) => sum + load, 0);
      const most = Math.max(...grams);
      const capacities = zone.locations.map(({ capacityGrams }) => capacityGrams);
      // full everywhere for the heaviest load would need more than there is
      expect(capacities.reduce((sum, capacity) => sum + capacity - most, 0) + most).toBeGreaterThanOrEqual(total);
      for (const { code, capacityGrams } of zone.locations) {
        const here = goods.filter(({ location }) => location === code).reduce((sum, { receipt }) => sum + receipt.weighedGrams, 0);
        expect(here).toBeLessThanOrEqual(capacityGrams);
      }
      const places = new Set(zone.locations.map(({ code }) => code));
      for (const { location } of goods) expect(location === undefined || places.has(location)).toBe(true);
    }
  });

  it('keeps a truck within what a door holds', () => {
    const door = seed.centre.zones.find(({ code }) => code === 'D')!.locations[0]!;
    for (const { consignor } of seed.trucks) {
      const load = seed.rows.filter((row) => row.consignor === consignor).reduce((sum, { receipt }) => sum + receipt.weighedGrams, 0);
      expect(load).toBeGreaterThan(0);
      expect(load).toBeLessThanOrEqual(door.capacityGrams);
    }
  });
});

describe('the plan of the live day', () => {
  it('sells 137 of 139 lots, 136 of them to a winner above a runner-up', () => {
    const sold = plan.lots.flatMap(({ outcome }) => (outcome.kind === 'sold' ? outcome : []));
    expect([plan.lots.length, sold.length]).toEqual([139, 137]);
    expect(sold.filter(({ limits }) => limits.kind === 'runner-up')).toHaveLength(136);
    expect(sold.flatMap(({ limits, price }) => (limits.kind === 'equal' ? [[price, limits.why !== '']] : []))).toEqual([[10_100n, true]]);
  });

  it('starts at no more than 60 % of the real price, and passes what has none without a bid', () => {
    for (const { startPrice, outcome, consignment } of plan.lots) {
      if (outcome.kind === 'sold') expect(startPrice * 100n).toBeLessThanOrEqual(outcome.price * 60n);
      else expect([startPrice > 0n, bidsOn(consignment)]).toEqual([true, []]);
    }
  });

  it('has bids that all stand and bring out the real price', () => {
    for (const { consignment, outcome, startPrice } of plan.lots) {
      if (outcome.kind !== 'sold') continue;
      const bids = bidsOn(consignment).map(({ by, limitAmount, afterOpeningMs }) => ({ organization: by, limit: limitAmount, afterOpeningMs }));
      const reserve = sellers.get(consignment)!.row.reservePriceAmount;
      for (const jump of [reserve, 0n]) {
        expect(play(bids, termsOf({ start: startPrice, reserve: jump }, day.market.rules))).toMatchObject({ price: outcome.price, leader: outcome.winner, low: [], late: [] });
      }
      expect(reserve).toBeLessThanOrEqual(outcome.price);
      expect(new Set(bids.map(({ organization }) => organization)).size).toBeGreaterThanOrEqual(2);
      expect(bids.map(({ afterOpeningMs }) => afterOpeningMs)).toEqual(bids.map(({ afterOpeningMs }) => afterOpeningMs).toSorted((a, b) => a - b));
      const limits = bids.map(({ limit }) => limit).toSorted((a, b) => Number(b - a));
      expect([limits[0], limits[1]]).toEqual([outcome.limits.winner, outcome.limits.runnerUp]);
    }
  });

  it('lets nobody bid who may not', () => {
    for (const { by, consignment } of plan.bids) {
      const { by: consignor, row } = sellers.get(consignment)!;
      const bidder = seed.bidders.find(({ organization }) => organization === by)!;
      expect(bidder.categories).toContain(row.goods.category);
      expect(bidder.suspended).toBeUndefined();
      expect(seed.affiliations).not.toContainEqual([by, consignor]);
      expect(by).not.toBe(consignor);
    }
    expect(seed.badDay.affiliates).toHaveLength(2);
    expect(seed.bidders.find(({ organization }) => organization === seed.badDay.unlicensed.organization)!.categories).not.toContain(seed.badDay.unlicensed.category);
  });

  it('stays within deposit and credit, even if every bid led at once', () => {
    for (const { organization, depositAmount, creditAmount } of seed.bidders) {
      const highest = new Map<string, bigint>();
      for (const { consignment, limitAmount } of plan.bids.filter(({ by }) => by === organization)) {
        if (limitAmount > (highest.get(consignment) ?? 0n)) highest.set(consignment, limitAmount);
      }
      const exposure = [...highest].reduce((sum, [consignment, limit]) => sum + limit * plan.lots.find((lot) => lot.consignment === consignment)!.quantity, 0n);
      expect(exposure).toBeLessThanOrEqual(BigInt(depositAmount + creditAmount));
    }
  });

  it('has some bids within the soft-close window and some that only an extension lets in', () => {
    const { lotOpenMs, softCloseWindowMs } = day.market.rules;
    const between = (from: bigint, to: bigint) => plan.bids.filter(({ afterOpeningMs }) => afterOpeningMs >= Number(from) && afterOpeningMs < Number(to));
    expect(between(lotOpenMs - softCloseWindowMs, lotOpenMs).length).toBeGreaterThanOrEqual(10);
    expect(plan.bids.filter(({ afterOpeningMs }) => afterOpeningMs >= Number(lotOpenMs)).length).toBeGreaterThanOrEqual(5);
  });

  it('gives every call its own key of 1 to 64 printable characters', () => {
    const keys = [...plan.actions, ...plan.bids].map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) expect(key).toMatch(/^[\x21-\x7e]{1,64}$/);
  });

  it('sells each session in order of consignment', () => {
    const order = [...sellers.keys()];
    for (const session of seed.sessions) {
      const lots = plan.lots.filter((lot) => lot.session === session.key);
      expect(lots.map(({ consignment }) => order.indexOf(consignment))).toEqual(lots.map(({ consignment }) => order.indexOf(consignment)).toSorted((a, b) => a - b));
      expect(of('list-lot').filter((lot) => lot.session === session.key).map(({ consignment }) => consignment)).toEqual(lots.map(({ consignment }) => consignment));
      expect(lots.map(({ position }) => position)).toEqual(lots.map((_, i) => i + 1));
    }
  });

  it('runs from 02:00 to before 09:00, receives before it lists, and is in order of time', () => {
    expect(plan.actions.map(({ at }) => at)).toEqual(plan.actions.map(({ at }) => at).toSorted((a, b) => a - b));
    expect(timeOfDay(plan.actions[0]!.at, plan.timeZone)).toBe('02:00:00');
    const last = Math.max(...plan.lots.map(({ opensAt }) => opensAt));
    expect(timeOfDay(last, plan.timeZone) < '09:00:00').toBe(true);
    const placed = new Map(of('put-away').map(({ consignment, at }) => [consignment, at]));
    for (const { consignment, at } of of('list-lot')) expect(placed.get(consignment)!).toBeLessThan(at);
  });

  it('uses a door for one truck at a time', () => {
    const left = new Map(of('finish-unloading').map(({ appointment, at }) => [appointment, at]));
    const calls = of('call-to-door');
    calls.forEach((call, i) => {
      for (const other of calls.slice(i + 1)) if (other.door === call.door) expect(other.at).toBeGreaterThan(left.get(call.appointment)!);
    });
  });

  it('sells what was counted: as announced but for the lines that came short or over', () => {
    for (const { announced, quantity, finding } of plan.lots) {
      expect(finding === 'short' ? quantity < announced : finding === 'over' ? quantity > announced : quantity === announced).toBe(true);
    }
  });

  it('knows category and temperature of all goods, and sends each row with its original', () => {
    for (const { row } of sellers.values()) {
      expect(row.goods.category).toBe(categoryOfKamis(row.goods.itemCode, day.classes));
      expect(row.source).toMatchObject({ file: 'kamis-2022-06-23.csv', raw: expect.stringContaining(row.goods.item) });
    }
    expect(of('create-items')[0]!.items).toHaveLength(85);
  });

  it('is the same every time, and from CP949 but for the name of the file', () => {
    expect(planDay(day.parsed, seed, day)).toEqual(plan);
    const korean = readLiveDay('cp949');
    expect(planDay(korean.parsed, seed, korean).lots.map(({ goods, outcome }) => [goods, outcome])).toEqual(plan.lots.map(({ goods, outcome }) => [goods, outcome]));
  });

  it('refuses a seed that does not belong to the file', () => {
    expect(() => planDay({ rows: day.parsed.rows.slice(1), refused: [] }, seed, day)).toThrow(RangeError);
    expect(() => planDay(day.parsed, { ...seed, day: '2022-06-22' }, day)).toThrow(RangeError);
    expect(() => planDay(day.parsed, { ...seed, rows: seed.rows.map((row) => ({ ...row, line: row.line + 1 })) }, day)).toThrow(RangeError);
  });
});
