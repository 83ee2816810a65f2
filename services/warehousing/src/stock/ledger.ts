import { accept, refuse, type Decision } from '@naru/kernel/decision';

/** Accounts are the other side of what enters or leaves the real locations. */
export type StockAccount = 'location' | 'supplier' | 'customer' | 'loss' | 'trim' | 'count';
/** `held`: accepted under reserve. Only what is available is promised (rule W7). */
export type StockStatus = 'available' | 'held' | 'held_unpaid' | 'held_quality' | 'held_count' | 'damaged' | 'expired';

/** Catch weight: how many, and how heavy. */
export interface Quantity {
  readonly count: bigint;
  readonly grams: bigint;
}

/** What is moved. Quantities of different goods are never added up (rule W1). */
export interface StockGoods {
  readonly ownerId: string;
  readonly itemId: string;
  readonly batch: string;
  /** Unit of measure of the count, see `unitOfMeasure`. */
  readonly unit: string;
}

/** Where goods are on the books. */
export type StockPlace =
  | { readonly account: 'location'; readonly centreId: string; readonly locationId: string; readonly status: StockStatus }
  | { readonly account: Exclude<StockAccount, 'location'>; readonly centreId: string; readonly status: StockStatus };

/** Goods in a place. */
export interface Lying extends Quantity {
  readonly goods: StockGoods;
  readonly place: StockPlace;
}

/** One side of a movement. Less than zero is taken from the place. */
export type StockLine = Lying;

/** Balances by `balanceKey`. What is not there is zero. */
export type Balances = ReadonlyMap<string, Quantity>;

/** What a trade unit is made up of. */
export type UnitBase = 'gram' | 'piece';

/** The trade unit as a unit of measure: `10000 g`, `100 pieces`. Labels are the market's spelling and no key. */
export function unitOfMeasure(base: UnitBase, size: bigint): string {
  return `${size} ${base === 'gram' ? 'g' : 'pieces'}`;
}

/** The unit of measure of goods that are counted one by one. */
export const PIECES = unitOfMeasure('piece', 1n);

/** The key of the balance that a line changes: the goods and the place. */
export function balanceKey({ goods, place }: Pick<StockLine, 'goods' | 'place'>): string {
  return JSON.stringify([
    goods.ownerId,
    goods.itemId,
    goods.batch,
    goods.unit,
    place.centreId,
    place.account,
    place.account === 'location' ? place.locationId : '',
    place.status,
  ]);
}

/** The two lines that move `quantity` of `goods`. */
export function transfer(goods: StockGoods, from: StockPlace, to: StockPlace, { count, grams }: Quantity): readonly [StockLine, StockLine] {
  return [
    { goods, place: from, count: -count, grams: -grams },
    { goods, place: to, count, grams },
  ];
}

const ZERO: Quantity = { count: 0n, grams: 0n };

function plus(a: Quantity, b: Quantity): Quantity {
  return { count: a.count + b.count, grams: a.grams + b.grams };
}

function totals(lines: readonly StockLine[], keyOf: (line: StockLine) => string): Map<string, Quantity> {
  const sums = new Map<string, Quantity>();
  for (const line of lines) sums.set(keyOf(line), plus(sums.get(keyOf(line)) ?? ZERO, line));
  return sums;
}

/**
 * Whether the lines sum to zero per owner, item, batch and unit of measure; the stricter form of rule W1. Goods that change hands leave the one
 * owner by the account `customer` and come to the other by `supplier`, so each owner's books balance by themselves.
 */
export function isBalanced(lines: readonly StockLine[]): boolean {
  const sums = totals(lines, ({ goods }) => JSON.stringify([goods.ownerId, goods.itemId, goods.batch, goods.unit]));
  return [...sums.values()].every(({ count, grams }) => count === 0n && grams === 0n);
}

export interface BalanceChanged {
  readonly type: 'BalanceChanged';
  /** One of the lines that changed it: names the goods and the place. */
  readonly line: StockLine;
  readonly balance: Quantity;
}

/**
 * Posts a movement to `balances`: the balances after it, or the refusal when a real location would fall below zero (rule W2).
 * Lines on the same balance are added up first, so that the order of lines decides nothing.
 * @throws RangeError when the lines do not sum to zero: no command makes such a movement.
 */
export function post(balances: Balances, lines: readonly StockLine[]): Decision<BalanceChanged> {
  if (!isBalanced(lines)) throw new RangeError('the lines of a movement must sum to zero');
  const changes = totals(lines, balanceKey);
  const lineOf = new Map(lines.map((line) => [balanceKey(line), line]));
  const changed: BalanceChanged[] = [];
  for (const [key, change] of changes) {
    const before = balances.get(key) ?? ZERO;
    const balance = plus(before, change);
    const line = lineOf.get(key)!;
    if (line.place.account === 'location' && (balance.count < 0n || balance.grams < 0n)) return refuse('STOCK_NOT_THERE', { ...before });
    changed.push({ type: 'BalanceChanged', line, balance });
  }
  return accept(changed);
}

/** Goods of one batch that a centre may promise. */
export interface Promisable {
  readonly goods: StockGoods;
  readonly centreId: string;
}

/** By how much a movement changes what centres may promise: the net count of available goods in real locations. What stays the same is left out. */
export function promisableChanges(lines: readonly StockLine[]): readonly (Promisable & { readonly count: bigint })[] {
  const changes = new Map<string, Promisable & { count: bigint }>();
  for (const { goods, place, count } of lines) {
    if (place.account !== 'location' || place.status !== 'available') continue;
    const key = JSON.stringify([goods.ownerId, goods.itemId, goods.batch, goods.unit, place.centreId]);
    const change = changes.get(key) ?? { goods, centreId: place.centreId, count: 0n };
    change.count += count;
    changes.set(key, change);
  }
  return [...changes.values()].filter(({ count }) => count !== 0n);
}
