import { Injectable } from '@nestjs/common';
import { businessDayOf, type Instant } from '@naru/kernel/instant';
import type { Transaction } from '@naru/platform/database';
import { Ids } from '@naru/platform/ids';
import { Outbox } from '@naru/platform/outbox';
import { BlockNumbers } from '../block-numbers.store.js';
import { type Fact, FactStore } from '../order/fact.store.js';
import { backorderedFact, promisedFact } from '../order/order.events.js';
import { type LineChange, OrderStore, type WaitingLine } from '../order/order.store.js';
import type { StockGoods } from '../stock/ledger.js';
import { allocate, type Asked, without } from './allocate.js';
import { cancelUncovered } from '../wave/pick-task.store.js';
import { expiredFact, releasedFact } from './reservation.events.js';
import { type Loss, type PromiseKey, type ReservationPhase, type ReservationRow, ReservationStore, type ShelfStock } from './reservation.store.js';

/** Why promises are taken away, and the events behind it. */
export interface Because {
  readonly reason: string;
  readonly why: readonly string[];
}

/** What is wanted of one owner's item. */
export type Want = Asked & PromiseKey & { readonly unit: string };

/** For what a promise is made: a line of an order, or a shop's own hold until an instant. */
export type For = { readonly orderId: string; readonly line: number } | { readonly expiresAt: Instant };

/** Codes are counted by the days of one zone, whichever centre the goods lie in. */
const CODE_ZONE = 'Asia/Seoul';

/** More than any shelf holds. */
const MOST = 1n << 62n;

/** What is free on the shelf of a transaction: each promise made leaves less of it. */
export class Shelf {
  readonly #stock: Map<string, readonly ShelfStock[]>;

  constructor(stock: readonly ShelfStock[]) {
    this.#stock = Map.groupBy(stock, keyOf);
  }

  of(want: PromiseKey & { readonly unit: string }): readonly ShelfStock[] {
    return this.#stock.get(keyOf(want)) ?? [];
  }

  take(want: Want): ReturnType<typeof allocate<ShelfStock>> {
    const free = this.of(want);
    const allocation = allocate(want, free);
    this.#stock.set(keyOf(want), without(free, allocation));
    return allocation;
  }

  /** How much of what is wanted a centre could give: goods that keep long enough. */
  usable(want: Want, centreId: string): bigint {
    const most = allocate({ ...want, count: MOST, centres: [centreId] }, this.of(want));
    return MOST - most.short;
  }

  /** Undoes a `take` that was not enough. */
  putBack(want: Want, free: readonly ShelfStock[]): void {
    this.#stock.set(keyOf(want), free);
  }
}

function keyOf({ networkId, ownerId, itemId, unit }: PromiseKey & { readonly unit: string }): string {
  return `${networkId} ${ownerId} ${itemId} ${unit}`;
}

/**
 * Makes promises of stock and takes them away: the one way in which `reserved` changes. Locks in this order: the keys of the goods, the goods, reservations,
 * order lines.
 */
@Injectable()
export class Promising {
  readonly #codes = new BlockNumbers('RSV', 'reservation_numbers', 1000n);

  constructor(
    private readonly reservations: ReservationStore,
    private readonly orders: OrderStore,
    private readonly facts: FactStore,
    private readonly outbox: Outbox,
    private readonly ids: Ids,
  ) {}

  /** What is free of these goods, locked until the commit. */
  async shelf(tx: Transaction, keys: readonly PromiseKey[], now: Instant): Promise<Shelf> {
    return new Shelf(await this.reservations.lockShelf(tx, keys, now));
  }

  /** The same for promises that leave nothing waiting: the goods alone are locked. */
  async goods(tx: Transaction, keys: readonly PromiseKey[], now: Instant): Promise<Shelf> {
    return new Shelf(await this.reservations.lockGoods(tx, keys, now));
  }

  /** Promises as rows, one per batch and centre. Not written yet. */
  async rowsOf(tx: Transaction, promised: readonly { readonly want: Want; readonly parts: readonly { readonly stock: ShelfStock; readonly count: bigint }[]; readonly reservedFor: For }[], now: Instant): Promise<readonly ReservationRow[]> {
    const all = promised.flatMap(({ want, parts, reservedFor }) => parts.map((part) => ({ want, ...part, reservedFor })));
    const codes = await this.#codes.codes(tx, businessDayOf(now, CODE_ZONE), all.length);
    return all.map(({ want, stock, count, reservedFor }, i) => ({
      reservationId: this.ids.next(),
      code: codes[i]!,
      networkId: want.networkId,
      ownerId: want.ownerId,
      itemId: want.itemId,
      batch: stock.batch,
      unit: want.unit,
      centreId: stock.centreId,
      count,
      asked: count,
      picked: 0n,
      orderId: 'orderId' in reservedFor ? reservedFor.orderId : null,
      line: 'orderId' in reservedFor ? reservedFor.line : null,
      phase: 'orderId' in reservedFor ? ('confirmed' as const) : ('held' as const),
      expiresAt: 'orderId' in reservedFor ? null : reservedFor.expiresAt,
      reservedAt: now,
      closedAt: null,
      closedBecause: null,
      eventId: null,
    }));
  }

  /**
   * Takes counts away from reservations, at most what of them is not in parcels; what their lines lose is backordered, or cancelled. Gives what was taken.
   * Call it before the goods leave the available ones.
   */
  async giveBack(
    tx: Transaction,
    back: readonly { readonly reservationId: string; readonly count: bigint }[],
    phase: Extract<ReservationPhase, 'released' | 'expired' | 'displaced'>,
    because: Because,
    now: Instant,
  ): Promise<readonly Loss[]> {
    const asked = new Map<string, bigint>();
    for (const { reservationId, count } of back) asked.set(reservationId, (asked.get(reservationId) ?? 0n) + count);
    const open = await this.reservations.lockOpen(tx, [...asked.keys()]);
    const losses = open.flatMap((reservation) => {
      const most = reservation.count - reservation.packed;
      const wanted = asked.get(reservation.reservationId)!;
      const count = wanted < most ? wanted : most;
      return count > 0n ? [{ reservation, count }] : [];
    });
    this.reservations.take(tx, losses, phase, because.reason, now);
    cancelUncovered(tx, losses.map(({ reservation }) => reservation.reservationId), because.reason);
    const ofLines = losses.filter(({ reservation }) => reservation.orderId !== null);
    this.orders.change(tx, ofLines.map((loss): LineChange => {
      const { reservation, count } = loss;
      const left = reservation.count - count;
      const unpicked = reservation.picked > left ? left - reservation.picked : 0n;
      return { orderId: reservation.orderId!, line: reservation.line!, reserved: -count, picked: unpicked, ...(phase === 'displaced' ? { backordered: count } : { cancelled: count }) };
    }));
    await this.#tellOwnHolds(tx, losses.filter(({ reservation }) => reservation.orderId === null), phase, because.reason, now);
    return losses;
  }

  async #tellOwnHolds(tx: Transaction, losses: readonly Loss[], phase: ReservationPhase, reason: string, now: Instant): Promise<void> {
    const ended = losses.filter(({ reservation, count }) => reservation.count === count);
    const eventIds = await this.outbox.publish(tx, ended.map(({ reservation }) => (phase === 'expired' ? expiredFact(reservation, now) : releasedFact(reservation, reason, now))));
    this.reservations.closedBy(tx, ended.map(({ reservation: { reservationId } }, i) => ({ reservationId, eventId: eventIds[i]! })));
  }

  /** Says of lines that lost promises why they wait. */
  async tellBackordered(tx: Transaction, losses: readonly Loss[], because: Because, now: Instant): Promise<void> {
    const lines = losses.filter(({ reservation }) => reservation.orderId !== null);
    if (lines.length === 0) return;
    const orders = new Map((await this.orders.heads(tx, [...new Set(lines.map(({ reservation }) => reservation.orderId!))])).map((order) => [order.orderId, order]));
    const shortages = lines.map(({ reservation, count }) => ({ order: orders.get(reservation.orderId!)!, shortage: { line: reservation.line!, itemId: reservation.itemId, count, ...because } }));
    const eventIds = await this.outbox.publish(tx, shortages.map(({ order, shortage }) => backorderedFact(order, shortage, now)));
    this.facts.add(tx, shortages.map(({ order, shortage }, i): Fact => ({
      orderId: order.orderId, line: shortage.line, kind: 'displaced', eventId: eventIds[i], at: now, details: { count: String(shortage.count), reason: shortage.reason }, why: shortage.why,
    })));
    this.orders.settlePhases(tx, [...orders.keys()]);
  }

  /**
   * Promises what waits for these goods, the oldest order first: from the centres that its order was sourced from, the nearest first, then from any. Goods of
   * `except` are left alone: they are about to go. `why` are the events that brought the goods.
   */
  async promiseWaiting(
    tx: Transaction,
    keys: readonly { readonly ownerId: string; readonly itemId: string }[],
    now: Instant,
    why: readonly string[] = [],
    except?: { readonly goods: StockGoods; readonly centreId: string },
  ): Promise<readonly ReservationRow[]> {
    if (keys.length === 0) return [];
    // whoever takes an order for these goods at this moment holds their keys: its lines are there once the lock is had
    await this.reservations.lockKeys(tx, keys);
    const lines = await this.orders.waiting(tx, keys);
    if (lines.length === 0) return [];
    const wants = lines.map((line): Want => ({
      networkId: line.networkId, ownerId: line.merchantId, itemId: line.itemId, unit: line.unit, count: line.backordered, minRemainingLifeDays: line.minRemainingLifeDays, centres: undefined,
    }));
    const stock = await this.reservations.lockShelf(tx, wants, now);
    const shelf = new Shelf(stock.filter((own) => !except || !isSame(own, except)));
    const promised = lines.map((line, i) => ({ line, want: wants[i]!, parts: takeNearest(shelf, line, wants[i]!), reservedFor: { orderId: line.orderId, line: line.line } }));
    const rows = await this.rowsOf(tx, promised, now);
    if (rows.length === 0) return rows;
    this.reservations.add(tx, rows);
    this.orders.change(tx, rows.map(({ orderId, line, count }) => ({ orderId: orderId!, line: line!, reserved: count, backordered: -count })));
    const heads = new Map(lines.map((line) => [line.orderId, line]));
    const perOrder = [...Map.groupBy(rows, ({ orderId }) => orderId!)];
    const eventIds = await this.outbox.publish(tx, perOrder.map(([orderId, own]) => promisedFact(heads.get(orderId)!, own, now)));
    const eventOf = new Map(perOrder.map(([orderId], i) => [orderId, eventIds[i]]));
    this.facts.add(tx, rows.map((row): Fact => ({
      orderId: row.orderId!, line: row.line!, kind: 'promised_again', eventId: eventOf.get(row.orderId!), at: now, details: { count: String(row.count), batch: row.batch, reservation: row.code }, why,
    })));
    this.orders.settlePhases(tx, [...heads.keys()]);
    return rows;
  }
}

function isSame(stock: ShelfStock, { goods, centreId }: { readonly goods: StockGoods; readonly centreId: string }): boolean {
  return stock.ownerId === goods.ownerId && stock.itemId === goods.itemId && stock.batch === goods.batch && stock.unit === goods.unit && stock.centreId === centreId;
}

/** Goods of the centres that the order knows, the nearest first; centres that joined the network since come last. */
function takeNearest(shelf: Shelf, line: WaitingLine, want: Want): readonly { readonly stock: ShelfStock; readonly count: bigint }[] {
  const known = line.sourcing?.candidates.map(({ centreId }) => centreId) ?? [];
  const first = shelf.take({ ...want, centres: known });
  return first.short > 0n ? [...first.parts, ...shelf.take({ ...want, count: first.short }).parts] : first.parts;
}
