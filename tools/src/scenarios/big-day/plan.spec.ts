import { describe, expect, it } from '@jest/globals';
import type { Action, ActionKind } from '../market-day/actions.js';
import { incrementAt } from '../market-day/limits.js';
import { play } from '../market-day/proxy.js';
import { seedText } from '../market-day/seed-text.js';
import { termsOf } from '../market-day/seed-bids.js';
import { chooseRows, isOdd } from './choose.js';
import { readBigDay } from './files.js';
import { acceptGoods, commodityClasses } from './goods.js';
import { bigDay } from './plan.js';
import { makeBigSeed } from './seed-maker.js';
import { itemCode } from './rows.js';

const day = readBigDay();
const whole = bigDay(day);
const part = bigDay(day, 1_000);
const of = <K extends ActionKind>(plan: { readonly actions: readonly Action[] }, kind: K): Extract<Action, { kind: K }>[] =>
  plan.actions.filter((action): action is Extract<Action, { kind: K }> => action.kind === kind);

describe('the rows of the big day', () => {
  it('are 10,034 accepted and 9 refused, timber that no licence covers', () => {
    expect([day.parsed.rows.length, day.parsed.refused.length]).toEqual([10_034, 9]);
    expect(day.parsed.refused.map(({ line, field, value }) => [line, field, value])).toEqual([
      [1843, 'Commodity', 'Wood'], [3829, 'Commodity', 'Firewood'], [3847, 'Commodity', 'Firewood'], [5264, 'Commodity', 'Wood'], [5836, 'Commodity', 'Firewood'],
      [5974, 'Commodity', 'Wood'], [7401, 'Commodity', 'Wood'], [7812, 'Commodity', 'Wood'], [9922, 'Commodity', 'Wood'],
    ]);
    expect(new Set(day.parsed.refused.map(({ reason }) => reason)).size).toBe(1);
  });

  it('have a category and a temperature class each, said once', () => {
    const named = day.commodities.groups.flatMap(({ commodities }) => commodities);
    expect(new Set(named).size).toBe(named.length);
    expect(commodityClasses(day.commodities).size).toBe(205);
    expect(new Set(named.map(itemCode)).size).toBe(named.length);
    for (const commodity of named) expect(itemCode(commodity)).toMatch(/^[\p{L}\p{N}._/-]{1,120}$/u);
  });

  it('of an unknown commodity are refused', () => {
    const { refused } = acceptGoods(day.parsed, { groups: [], refused: [] });
    expect(refused).toHaveLength(day.parsed.rows.length + day.parsed.refused.length);
    expect(refused[0]).toMatchObject({ field: 'Commodity', reason: 'is not in the table of commodities' });
  });

  it('are chosen with every odd one, in the order of the file', () => {
    const odd = day.parsed.rows.filter(isOdd);
    expect(odd).toHaveLength(583);
    const chosen = chooseRows(day.parsed.rows, 1_000);
    expect(chosen).toHaveLength(1_000);
    expect(odd.every((row) => chosen.includes(row))).toBe(true);
    expect(chosen.map(({ source }) => source.line)).toEqual(chosen.map(({ source }) => source.line).toSorted((a, b) => a - b));
    expect(chooseRows(day.parsed.rows, 10)).toEqual(odd);
    expect(chooseRows(day.parsed.rows)).toEqual(day.parsed.rows);
  });
});

describe('the seed of the big day', () => {
  it('is what its number draws, says that it is invented, and is small', () => {
    const text = seedText(day.seed);
    expect(seedText(makeBigSeed(day.parsed.rows, day.commodities, day.seed.number))).toBe(text);
    expect(day.seed.invented).toBe(true);
    expect(text.length).toBeLessThan(300_000);
  });
});

describe('the plan of the big day', () => {
  it('sells every accepted row, all but one to a winner above a runner-up', () => {
    expect([whole.lots.length, whole.accepted, whole.odd, whole.refused.length]).toEqual([10_034, 10_034, 583, 9]);
    const kinds = whole.lots.flatMap(({ outcome }) => (outcome.kind === 'sold' ? outcome.limits.kind : []));
    expect([kinds.length, kinds.filter((kind) => kind === 'runner-up').length]).toEqual([10_034, 10_033]);
  });

  it('has a market per State, District and Market, with a code of its own and one truck', () => {
    expect(whole.markets).toHaveLength(new Set(day.parsed.rows.map(({ value }) => JSON.stringify([value.state, value.district, value.market]))).size);
    expect(new Set(whole.markets.map(({ code }) => code)).size).toBe(whole.markets.length);
    for (const { code } of whole.markets) expect(code).toMatch(/^[A-Z0-9-]{2,40}$/);
    expect(of(whole, 'book-appointment').map(({ appointment }) => appointment).toSorted()).toEqual(whole.markets.map(({ key }) => key));
    for (const { consignments } of of(whole, 'book-appointment')) expect(consignments.length).toBeLessThanOrEqual(500);
  });

  it('brings out the modal price from at most 60 % of it, by two bidders whom the market admits', () => {
    const admitted = new Set(of(whole, 'admit-bidder').map(({ market, organization }) => `${market}/${organization}`));
    const bids = Map.groupBy(whole.bids, ({ consignment }) => consignment);
    for (const { consignment, market, outcome, startPrice } of whole.lots) {
      if (outcome.kind !== 'sold') throw new Error(`${consignment} is not sold`);
      const own = bids.get(consignment)!;
      const planned = own.map(({ by, limitAmount, afterOpeningMs }) => ({ organization: by, limit: limitAmount, afterOpeningMs }));
      const played = play(planned, termsOf({ start: startPrice, reserve: 0n }, day.market.rules));
      expect(played).toMatchObject({ price: outcome.price, leader: outcome.winner, low: [], late: [] });
      expect(startPrice > 0n && startPrice * 100n <= outcome.price * 60n).toBe(true);
      expect(own.every(({ by }) => admitted.has(`${market}/${by}`))).toBe(true);
      expect(new Set(own.map(({ by }) => by)).size).toBe(2);
      if (outcome.limits.kind === 'runner-up') expect(outcome.limits.runnerUp + incrementAt(outcome.limits.runnerUp, day.market.rules.increments)).toBe(outcome.price);
    }
  });

  it('keeps every bidder within its limit and every load within its place', () => {
    const quantities = new Map(whole.lots.map(({ consignment, quantity }) => [consignment, quantity]));
    const needed = new Map<string, bigint>();
    for (const { market, by, consignment, limitAmount } of whole.bids) {
      const account = `${market}/${by}`;
      needed.set(account, (needed.get(account) ?? 0n) + limitAmount * quantities.get(consignment)!);
    }
    for (const { market, organization, body } of of(whole, 'admit-bidder')) {
      expect(needed.get(`${market}/${organization}`) ?? 0n).toBeLessThanOrEqual(body.depositAmount + body.creditAmount);
    }
    const classes = commodityClasses(day.commodities);
    const goods = new Map(whole.lots.map((lot) => [lot.consignment, classes.get(lot.goods.item)!.temperatureClass]));
    const states = new Map(whole.markets.map(({ key, stateCode }) => [key, stateCode]));
    const received = Map.groupBy(of(whole, 'receive-line'), ({ appointment, consignment }) => `${states.get(appointment)!}/${goods.get(consignment)!}`);
    for (const { centre, body } of of(whole, 'create-centre')) {
      for (const zone of body.zones.filter(({ code }) => code !== 'D')) {
        const loads = (received.get(`${centre}/${zone.temperatureClass}`) ?? []).map(({ body: { weighedGrams } }) => weighedGrams);
        const total = loads.reduce((sum, load) => sum + load, 0n);
        const most = loads.reduce((best, load) => (load > best ? load : best), 0n);
        expect(zone.locations.reduce((sum, { capacityGrams }) => sum + capacityGrams - most, 0n) + most).toBeGreaterThanOrEqual(total);
      }
    }
  });

  it('is in order of time, with its own key of 1 to 64 printable characters for every call', () => {
    expect(whole.actions.map(({ at }) => at)).toEqual(whole.actions.map(({ at }) => at).toSorted((a, b) => a - b));
    const keys = [...whole.actions, ...whole.bids].map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.filter((key) => !/^[\x21-\x7e]{1,64}$/.test(key))).toEqual([]);
    for (const { rows } of of(whole, 'register-consignments')) expect(rows.length).toBeLessThanOrEqual(500);
  });

  it('lists each market in order of consignment', () => {
    const order = new Map(of(whole, 'register-consignments').flatMap(({ rows }) => rows.map(({ consignment }) => consignment)).map((consignment, i) => [consignment, i]));
    for (const lots of Map.groupBy(of(whole, 'list-lot'), ({ session }) => session).values()) {
      const places = lots.map(({ consignment }) => order.get(consignment)!);
      expect(places).toEqual(places.toSorted((a, b) => a - b));
    }
  });

  it('is the same for a part of the rows as for the whole', () => {
    expect(part.lots).toHaveLength(1_000);
    const all = new Map(whole.lots.map((lot) => [lot.consignment, lot]));
    for (const { consignment, market, quantity, startPrice, outcome, goods } of part.lots) {
      expect(all.get(consignment)).toMatchObject({ market, quantity, startPrice, outcome, goods });
    }
    expect(part.markets.length).toBeLessThan(300);
    expect(bigDay(day, 1_000)).toEqual(part);
  });
});
