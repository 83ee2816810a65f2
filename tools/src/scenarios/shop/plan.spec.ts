import { describe, expect, it } from '@jest/globals';
import { ChargeKind } from '@naru/contracts/gen/naru/warehousing/v1/order_service';
import { timeOfDay } from '@naru/kernel/instant';
import type { Action, ActionKind } from '../market-day/actions.js';
import { seedText } from '../market-day/seed-text.js';
import { demandOf, shopItems } from './goods.js';
import { readWholeDay } from './live-day.js';
import { planWholeDay } from './plan.js';
import { makeShopSeed } from './seed-maker.js';
import type { SeedLine } from './seed.js';

const { market, shop, sold, plan } = readWholeDay();
const { seed, orders, cartons } = shop;
const of = <K extends ActionKind>(kind: K): Extract<Action, { kind: K }>[] => plan.actions.filter((action): action is Extract<Action, { kind: K }> => action.kind === kind);
const clock = (at: number): string => timeOfDay(at, plan.timeZone).slice(0, 5);
const items = shopItems(orders.rows, seed, cartons);
const demand = demandOf(orders.rows);
const centreOf = (truck: string): string => seed.trucks.find(({ key }) => key === truck)!.centre;
const promised = (lines: readonly SeedLine[]): number => lines.filter(([, , , , , finding]) => finding !== 'damaged' && finding !== 'wrong goods').reduce((sum, [, , , , counted]) => sum + counted, 0);
const linesOf = (code: string, centre?: string): readonly SeedLine[] => seed.lines.filter(([truck, own]) => own === code && (centre === undefined || centreOf(truck) === centre));

describe('the seed of the orders', () => {
  it('is what its number draws, and says that it is invented', () => {
    expect(seedText(makeShopSeed({ orders, cartons, sold, number: seed.number }))).toBe(seedText(seed));
    expect(Object.keys(seed)[0]).toBe('invented');
    expect(seed.invented).toBe(true);
  });

  it('measures every one of the 1,346 items as its share of a real carton', () => {
    expect(items).toHaveLength(1_346);
    const volumes = items.map(({ lengthMm, widthMm, heightMm }) => lengthMm * widthMm * heightMm);
    expect(Math.max(...items.flatMap(({ lengthMm, widthMm, heightMm }) => [lengthMm, widthMm, heightMm]))).toBeLessThanOrEqual(205);
    expect(Math.min(...volumes)).toBeGreaterThan(0);
    for (const [i, [, article, l, w, h]] of seed.items.entries()) {
      const carton = cartons.get(article)!;
      expect(volumes[i]! * l * w * h).toBeLessThanOrEqual(carton.lengthMm * carton.widthMm * carton.heightMm);
      expect(items[i]!.unitGrams * l * w * h).toBeLessThanOrEqual(carton.grams);
    }
  });

  it('brings what the day asks for, but for 40 items that run short; 20 of them are made up for in the afternoon', () => {
    const short = [...demand].filter(([code, asked]) => promised(linesOf(code).filter(([truck]) => truck !== 's6')) < asked).map(([code]) => code);
    expect(short).toHaveLength(40);
    expect(short).toEqual(expect.arrayContaining(seed.lines.filter(([, , , , , finding]) => finding === 'short').map(([, code]) => code)));
    expect(short.filter((code) => promised(linesOf(code)) >= demand.get(code)!)).toHaveLength(20);
  });

  it('splits the goods so that neither centre can fill every order alone', () => {
    const both = [...demand.keys()].filter((code) => linesOf(code, 'centre-1').length > 0 && linesOf(code, 'centre-2').length > 0);
    const elsewhere = [...demand.keys()].filter((code) => linesOf(code, 'centre-2').length === 0);
    expect(both.length).toBeGreaterThan(80);
    expect(elsewhere).toHaveLength(12);
    for (const code of both) for (const centre of ['centre-1', 'centre-2']) expect(promised(linesOf(code, centre))).toBeLessThan(promised(linesOf(code)));
  });

  it('has lines that are over, damaged and wrong, and no more than one notice line per batch', () => {
    const findings = seed.lines.map(([, , , , , finding]) => finding);
    const count = (finding: string): number => findings.filter((own) => own === finding).length;
    expect(['short', 'over', 'damaged', 'wrong goods'].map(count)).toEqual([40, 8, 6, 2]);
    expect(new Set(seed.lines.map(([truck, code, batch]) => `${truck} ${code} ${batch}`)).size).toBe(seed.lines.length);
    for (const [, , , announced, counted, finding] of seed.lines) expect(Math.sign(counted - announced)).toBe(finding === 'short' ? -1 : finding === 'over' ? 1 : 0);
  });

  it('fits the goods onto the shelves, wherever the centre puts them', () => {
    const grams = new Map(items.map(({ code, unitGrams }) => [code, unitGrams]));
    for (const [centre, zones] of [['centre-1', seed.zonesBeside], ['centre-2', seed.centre.zones]] as const) {
      const places = zones.find(({ code }) => code === 'S')!.locations;
      const loads = seed.lines.filter(([truck]) => centreOf(truck) === centre).map(([, code, , , counted]) => counted * grams.get(code)!);
      for (const kind of ['BIN', 'FLOOR']) {
        const own = places.filter((place) => place.kind === `LOCATION_KIND_${kind}`).map(({ capacityGrams }) => capacityGrams);
        const here = loads.filter((load) => load <= 20_000 === (kind === 'BIN'));
        const most = Math.max(...here);
        expect(own.reduce((sum, capacity) => sum + capacity - most, 0) + most).toBeGreaterThanOrEqual(here.reduce((sum, load) => sum + load, 0));
      }
    }
  });
});

describe('the plan of the orders', () => {
  it('places 136 orders of the shop and 26 for produce, each at its minute', () => {
    const placed = of('place-order');
    expect(placed.filter(({ by }) => by === seed.shop.key)).toHaveLength(136);
    expect(placed).toHaveLength(162);
    expect(placed.find(({ order }) => order === '536365')).toMatchObject({ by: 'shop', body: { customerReference: '17850', country: 'United Kingdom', source: { line: 2 } } });
    expect(clock(placed.find(({ order }) => order === '536365')!.at)).toBe('08:26');
  });

  it('loses no line: goods and charges in orders, cancelled lines in cancellations, one write-off, one discount on file', () => {
    const shops = of('place-order').filter(({ by }) => by === seed.shop.key);
    const cancelled = of('cancel-lines');
    expect(shops.flatMap(({ body }) => body.lines)).toHaveLength(3_073);
    const charges = shops.flatMap(({ body }) => body.charges).map(({ kind }) => kind);
    expect([charges.length, charges.filter((kind) => kind === ChargeKind.POSTAGE).length, charges.filter((kind) => kind === ChargeKind.MANUAL).length]).toEqual([8, 6, 2]);
    expect(cancelled.map(({ body }) => body.merchantReference)).toEqual(['C536383', 'C536391', 'C536506', 'C536543', 'C536548']);
    expect(cancelled.flatMap(({ body }) => body.lines)).toHaveLength(25);
    expect(of('write-off').map(({ item, count }) => [item, count])).toEqual([['21777', 10n]]);
  });

  it('sells on only what its merchant has won, and no more of it than that', () => {
    for (const order of seed.produceOrders) {
      const goods = sold.find(({ row }) => row === order.row)!;
      expect([goods.buyer, goods.code]).toEqual([order.merchant, order.code.toUpperCase()]);
      const asked = seed.produceOrders.filter(({ row }) => row === order.row).reduce((sum, { count }) => sum + count, 0);
      expect(BigInt(asked)).toBeLessThanOrEqual(goods.count);
    }
    const { money } = seed;
    for (const buyer of [money.inTwoParts.buyer, money.late.buyer, money.never.buyer]) expect(seed.produceOrders.some(({ merchant }) => merchant === buyer)).toBe(true);
    expect(seed.produceOrders.filter(({ code }) => code !== code.toUpperCase())).toHaveLength(1);
    expect(seed.produceOrders.filter(({ cancelledAt }) => cancelledAt !== undefined)).toHaveLength(1);
    expect(seed.produceOrders.filter(({ minRemainingLifeDays }) => minRemainingLifeDays > 300)).toHaveLength(1);
  });

  it('has the held batch and the short pick in the wave that asks for them, with another batch to take instead', () => {
    const { hold, short } = seed.incidents;
    for (const [code, from, to] of [[hold.code, '12:00', '13:00'], [short.code, '13:00', '14:00']] as const) {
      const asking = of('place-order').filter(({ body }) => body.lines.some(({ itemCode }) => itemCode === code));
      expect(asking.map(({ at }) => clock(at) >= from && clock(at) < to)).toEqual([true]);
      expect(linesOf(code).map(([, , , , counted]) => counted > demand.get(code)!)).toEqual([true, true]);
    }
    const wave = of('release-wave').find(({ wave: own }) => own === 'centre-2-1300')!;
    const picked = of('pick-wave').find(({ wave: own }) => own === 'centre-2-1300')!;
    const [held] = of('hold-stock');
    expect(wave.at < held!.at && held!.at < picked.at).toBe(true);
    expect(of('pick-wave').filter(({ short: own }) => own !== undefined).map(({ wave: own }) => own)).toEqual(['centre-2-1400']);
  });

  it('has the written-off pieces beside what is asked for', () => {
    for (const { item, count } of of('write-off')) expect(promised(linesOf(item))).toBeGreaterThanOrEqual(demand.get(item)! + Number(count));
  });

  it('lets all buyers pay but one, one in two parts and one late, and closes the books at last', () => {
    const buyers = of('pay-invoices').map(({ buyer }) => buyer);
    expect(new Set(buyers).size).toBe(seed.resellers.length - 1);
    expect(buyers.filter((buyer) => buyer === seed.money.inTwoParts.buyer)).toHaveLength(2);
    expect(buyers).not.toContain(seed.money.never.buyer);
    const times = of('pay-invoices').map(({ at }) => at);
    const lastLot = Math.max(...plan.lots.map(({ opensAt }) => opensAt));
    expect(Math.min(...times)).toBeGreaterThan(lastLot);
    expect(of('close-market-day')[0]!.at).toBeGreaterThan(Math.max(...times));
  });

  it('has the morning’s goods on the shelves before the first order', () => {
    const first = Math.min(...of('place-order').map(({ at }) => at));
    expect(of('put-away-notice').filter(({ notice, at }) => notice !== 's6' && at >= first)).toEqual([]);
  });

  it('has one truck at a door, and none where parcels stand', () => {
    const left = new Map(of('finish-unloading').map(({ appointment, at }) => [appointment, at]));
    const calls = of('call-to-door');
    const staging = new Set(of('stage-wave').map(({ centre, door }) => `${centre} ${door}`));
    calls.forEach((call, i) => {
      for (const other of calls.slice(i + 1)) if (other.centre === call.centre && other.door === call.door) expect(other.at).toBeGreaterThan(left.get(call.appointment)!);
    });
    const later = calls.filter(({ centre, door, at }) => staging.has(`${centre} ${door}`) && at > of('stage-wave')[0]!.at);
    expect(later).toEqual([]);
  });

  it('gives every call its own key of 1 to 64 printable characters, in order of time, within 2,500 calls', () => {
    const keys = [...plan.actions, ...plan.bids].map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) expect(key).toMatch(/^[\x21-\x7e]{1,64}$/);
    expect(keys.length).toBeLessThan(1_500); // a wave makes several
    expect(plan.actions.map(({ at }) => at)).toEqual(plan.actions.map(({ at }) => at).toSorted((a, b) => a - b));
    expect(clock(plan.actions.at(-1)!.at)).toBe('19:30');
  });

  it('furnishes the market day with sizes, shelf life, shelves and merchants', () => {
    const produce = of('create-items').find(({ by }) => by === market.seed.centre.operator)!.items;
    expect(produce.filter(({ lengthMm, shelfLifeDays }) => lengthMm !== undefined && shelfLifeDays !== undefined).length).toBeGreaterThanOrEqual(84);
    for (const { catchWeight, unitGrams } of produce) if (catchWeight) expect(unitGrams).toBeUndefined();
    expect(of('create-items').filter(({ by }) => by === 'shop').flatMap((action) => action.items)).toHaveLength(1_346);
    expect(of('create-centre').map(({ body }) => body.latitudeE6 !== undefined)).toEqual([true, true]);
    expect(of('register-client').filter(({ body }) => body.roles.includes('merchant')).map(({ organization }) => organization).sort()).toEqual([...seed.resellers, 'shop']);
  });

  it('is the same every time, and refuses a seed that does not belong to the files', () => {
    expect(readWholeDay().plan).toEqual(plan);
    const given = (own: Partial<typeof seed>) => () => planWholeDay(plan, { shop: { ...shop, seed: { ...seed, ...own } }, seed: market.seed, sold });
    expect(given({ items: seed.items.slice(1) })).toThrow(RangeError);
    expect(given({ countries: [] })).toThrow(RangeError);
    expect(given({ produceOrders: seed.produceOrders.map((order) => ({ ...order, merchant: 'b12' })) })).toThrow(RangeError);
    expect(given({ incidents: { ...seed.incidents, writeOffs: [] } })).toThrow(RangeError);
  });
});
