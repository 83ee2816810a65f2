import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { eventsOf, Refused } from '@naru/kernel/decision';
import {
  balanceKey,
  type Balances,
  isBalanced,
  post,
  promisableChanges,
  type Quantity,
  type StockGoods,
  type StockLine,
  type StockPlace,
  type StockStatus,
  transfer,
  unitOfMeasure,
} from './ledger.js';

const centreId = 'GN-01';
const apples: StockGoods = { ownerId: 'farm', itemId: 'apples', batch: 'B1', unit: unitOfMeasure('gram', 10_000n) };
const supplier: StockPlace = { account: 'supplier', centreId, status: 'available' };
const door: StockPlace = { account: 'location', centreId, locationId: 'D1', status: 'available' };
const bin: StockPlace = { account: 'location', centreId, locationId: 'C1', status: 'available' };

function posted(balances: Balances, lines: readonly StockLine[]): Balances {
  return new Map([...balances, ...eventsOf(post(balances, lines)).map(({ line, balance }) => [balanceKey(line), balance] as const)]);
}
const at = (balances: Balances, place: StockPlace, goods = apples): Quantity => balances.get(balanceKey({ goods, place })) ?? { count: 0n, grams: 0n };

describe('the ledger', () => {
  const received = posted(new Map(), transfer(apples, supplier, door, { count: 10n, grams: 100_300n }));

  it('brings received goods from the supplier to the door, and on to a bin', () => {
    const stored = posted(received, transfer(apples, door, bin, { count: 10n, grams: 100_300n }));
    expect(at(stored, supplier)).toEqual({ count: -10n, grams: -100_300n });
    expect(at(stored, door)).toEqual({ count: 0n, grams: 0n });
    expect(at(stored, bin)).toEqual({ count: 10n, grams: 100_300n });
  });

  it('takes no more from a location than lies there, neither by count nor by weight (rule W2)', () => {
    for (const quantity of [
      { count: 11n, grams: 100n },
      { count: 1n, grams: 100_301n },
    ]) {
      expect(post(received, transfer(apples, door, bin, quantity))).toMatchObject({
        refusal: { code: 'STOCK_NOT_THERE', details: { count: 10n, grams: 100_300n } },
      });
    }
  });

  it('tells owners, batches, units and statuses apart', () => {
    for (const other of [{ ownerId: 'other farm' }, { batch: 'B2' }, { unit: '100 pieces' }, { itemId: 'pears' }]) {
      expect(post(received, transfer({ ...apples, ...other }, door, bin, { count: 1n, grams: 1n })).accepted).toBe(false);
    }
    expect(post(received, transfer(apples, { ...door, status: 'held' }, bin, { count: 1n, grams: 1n })).accepted).toBe(false);
  });

  it('adds up the lines on one balance before it judges them', () => {
    const quantity = { count: 6n, grams: 60_000n };
    expect(post(received, [...transfer(apples, door, bin, quantity), ...transfer(apples, door, bin, quantity)]).accepted).toBe(false);
    expect(post(new Map(), [...transfer(apples, door, bin, quantity), ...transfer(apples, supplier, door, quantity)]).accepted).toBe(true);
  });

  it('knows no movement that does not sum to zero (rule W1)', () => {
    const [from, to] = transfer(apples, supplier, door, { count: 1n, grams: 1n });
    expect(() => post(new Map(), [from])).toThrow(RangeError);
    expect(() => post(new Map(), [from, { ...to, goods: { ...apples, ownerId: 'other farm' } }])).toThrow(RangeError);
    expect(isBalanced([from, to])).toBe(true);
  });
});

/** The model: a plain map from names to quantities, with the rules written out again. */
class Model {
  readonly counts = new Map<string, bigint>();
  readonly grams = new Map<string, bigint>();

  static nameOf(goods: StockGoods, place: StockPlace): string {
    return [goods.ownerId, goods.itemId, goods.batch, goods.unit, place.account, 'locationId' in place ? place.locationId : '-', place.status].join('/');
  }

  move(goods: StockGoods, from: StockPlace, to: StockPlace, { count, grams }: Quantity): boolean {
    const [source, target] = [Model.nameOf(goods, from), Model.nameOf(goods, to)];
    const left = (of: Map<string, bigint>, amount: bigint): bigint => (of.get(source) ?? 0n) - (source === target ? 0n : amount);
    if (from.account === 'location' && (left(this.counts, count) < 0n || left(this.grams, grams) < 0n)) return false;
    for (const [of, amount] of [
      [this.counts, count],
      [this.grams, grams],
    ] as const) {
      of.set(source, (of.get(source) ?? 0n) - amount);
      of.set(target, (of.get(target) ?? 0n) + amount);
    }
    return true;
  }
}

interface World {
  balances: Balances;
  readonly journal: StockLine[];
}

const statuses: readonly StockStatus[] = ['available', 'held', 'damaged'];
const goodsOf = fc.record<StockGoods>({
  ownerId: fc.constantFrom('farm', 'co-op'),
  itemId: fc.constantFrom('apples', 'pears'),
  batch: fc.constantFrom('B1', 'B2'),
  unit: fc.constantFrom('10000 g', '100 pieces'),
});
const placeOf: fc.Arbitrary<StockPlace> = fc.oneof(
  fc.record({
    account: fc.constant('location' as const),
    centreId: fc.constant(centreId),
    locationId: fc.constantFrom('D1', 'C1', 'C2'),
    status: fc.constantFrom(...statuses),
  }),
  fc.record({
    account: fc.constantFrom('supplier' as const, 'customer' as const, 'loss' as const),
    centreId: fc.constant(centreId),
    status: fc.constantFrom(...statuses),
  }),
);

class Move implements fc.Command<Model, World> {
  constructor(
    readonly goods: StockGoods,
    readonly from: StockPlace,
    readonly to: StockPlace,
    readonly quantity: Quantity,
  ) {}

  check(): boolean {
    return true;
  }

  run(model: Model, world: World): void {
    const lines = transfer(this.goods, this.from, this.to, this.quantity);
    const decision = post(world.balances, lines);
    expect(decision.accepted).toBe(model.move(this.goods, this.from, this.to, this.quantity));
    if (decision.accepted) {
      world.balances = posted(world.balances, lines);
      world.journal.push(...lines);
    }
    for (const line of lines) {
      const name = Model.nameOf(line.goods, line.place);
      expect(at(world.balances, line.place, line.goods)).toEqual({ count: model.counts.get(name) ?? 0n, grams: model.grams.get(name) ?? 0n });
    }
    expect(isBalanced(world.journal)).toBe(true);
    for (const line of world.journal)
      if (line.place.account === 'location') expect(at(world.balances, line.place, line.goods).count).toBeGreaterThanOrEqual(0n);
  }

  toString(): string {
    return `move ${this.quantity.count} (${this.quantity.grams} g) of ${Model.nameOf(this.goods, this.from)} to ${Model.nameOf(this.goods, this.to)}`;
  }
}

describe('the ledger against a plain map', () => {
  it('agrees after every movement, balances to zero, and never falls below zero in a real location', () => {
    const quantity = fc.record({ count: fc.bigInt(0n, 12n), grams: fc.bigInt(0n, 120n) });
    const move = fc.tuple(goodsOf, placeOf, placeOf, quantity).map((parts) => new Move(...parts));
    fc.assert(
      fc.property(fc.commands([move], { maxCommands: 60 }), (commands) => {
        fc.modelRun(() => ({ model: new Model(), real: { balances: new Map(), journal: [] } }), commands);
      }),
      { numRuns: 200 },
    );
  });

  it('can be rebuilt from its journal', () => {
    const quantity = fc.record({ count: fc.bigInt(1n, 9n), grams: fc.bigInt(1n, 90n) });
    fc.assert(
      fc.property(fc.array(fc.tuple(goodsOf, placeOf, placeOf, quantity), { maxLength: 40 }), (moves) => {
        let balances: Balances = new Map();
        const journal: StockLine[] = [];
        for (const [goods, from, to, amount] of moves) {
          try {
            balances = posted(balances, transfer(goods, from, to, amount));
            journal.push(...transfer(goods, from, to, amount));
          } catch (error) {
            if (!(error instanceof Refused)) throw error;
          }
        }
        expect(posted(new Map(), journal)).toEqual(balances);
      }),
    );
  });
});

describe('what centres can promise', () => {
  const held: StockPlace = { ...bin, status: 'held' };

  it('changes when goods come, go, or are held; not when they move within the centre', () => {
    const quantity = { count: 4n, grams: 40_000n };
    const change = (count: bigint) => [{ goods: apples, centreId, count }];
    expect(promisableChanges(transfer(apples, supplier, door, quantity))).toEqual(change(4n));
    expect(promisableChanges(transfer(apples, bin, { account: 'loss', centreId, status: 'available' }, quantity))).toEqual(change(-4n));
    expect(promisableChanges(transfer(apples, bin, held, quantity))).toEqual(change(-4n));
    expect(promisableChanges(transfer(apples, held, bin, quantity))).toEqual(change(4n));
    expect(promisableChanges(transfer(apples, door, bin, quantity))).toEqual([]);
    expect(promisableChanges(transfer(apples, supplier, held, quantity))).toEqual([]);
  });

  it('changes in the one centre and in the other when goods go from here to there', () => {
    const there: StockPlace = { account: 'location', centreId: 'GN-02', locationId: 'D9', status: 'available' };
    expect(promisableChanges(transfer(apples, bin, there, { count: 3n, grams: 30n }))).toEqual([
      { goods: apples, centreId, count: -3n },
      { goods: apples, centreId: 'GN-02', count: 3n },
    ]);
  });

  it('added up over any movements, is what lies available in real locations', () => {
    const quantity = fc.record({ count: fc.bigInt(0n, 9n), grams: fc.bigInt(0n, 90n) });
    const moves = fc.array(fc.tuple(goodsOf, placeOf, placeOf, quantity), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.array(moves, { maxLength: 10 }), (movements) => {
        const promised = new Map<string, bigint>();
        const lying = new Map<string, bigint>();
        const add = (to: Map<string, bigint>, goods: StockGoods, count: bigint): void => {
          const key = [goods.ownerId, goods.itemId, goods.batch, goods.unit].join('/');
          to.set(key, (to.get(key) ?? 0n) + count);
        };
        for (const movement of movements) {
          const lines = movement.flatMap(([goods, from, to, amount]) => transfer(goods, from, to, amount));
          const changes = promisableChanges(lines);
          expect(changes.every(({ count }) => count !== 0n)).toBe(true);
          for (const { goods, count } of changes) add(promised, goods, count);
          for (const { goods, place, count } of lines) if (place.account === 'location' && place.status === 'available') add(lying, goods, count);
        }
        const nonZero = (sums: Map<string, bigint>) => new Map([...sums].filter(([, sum]) => sum !== 0n));
        expect(nonZero(promised)).toEqual(nonZero(lying));
      }),
    );
  });
});
