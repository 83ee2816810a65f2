import { Injectable } from '@nestjs/common';
import { refused, type Refusal } from '@naru/kernel/decision';
import { BusinessTime } from '@naru/platform/business-time';
import { crashPoint } from '@naru/platform/crash-point';
import type { Transaction } from '@naru/platform/database';
import { Outbox } from '@naru/platform/outbox';
import { ServiceContext } from '@naru/platform/service-context';
import { FloorStore, goodsAtKey, type OutwardOrder } from '../outward/floor.store.js';
import type { Viewer } from '../queries.js';
import { Promising } from '../reservation/promising.shell.js';
import { ReservationStore } from '../reservation/reservation.store.js';
import { type Quantity, type StockPlace, type StockStatus, transfer } from '../stock/ledger.js';
import { type Movement, StockStore } from '../stock/stock.store.js';
import { lockAvailable } from './available.store.js';
import { completePick, type PickEvent, type PickReport } from './pick.js';
import { type LockedPickTask, type PickTaskRow, PickTaskStore, type TaskEnd } from './pick-task.store.js';
import { Releasing } from './releasing.shell.js';
import { ReservationPickStore } from './reservation-pick.store.js';
import { shortedFact } from './wave.events.js';
import { WaveStore } from './wave.store.js';

export type ReportedTask = PickReport & { readonly taskId: string };

export type TaskOutcome = { readonly taskId: string } & ({ readonly end: TaskEnd; readonly short: bigint } | { readonly refusal: Refusal });

const NOTHING: Quantity = { count: 0n, grams: 0n };
const UNKNOWN: Refusal = { code: 'NOT_FOUND', details: {}, why: [] };

/** What one call changes, gathered task by task. */
interface Completed {
  readonly task: LockedPickTask;
  readonly end: TaskEnd;
  readonly picked: Quantity;
  readonly missing: bigint;
  readonly held: Quantity;
}

/**
 * Completes pick tasks. Locks: the centre's shelves, the orders, the tasks, locations, balances, what can be promised, reservations, lines, the counter of
 * codes.
 */
@Injectable()
export class Picking {
  readonly #crashAt: string | undefined;

  constructor(
    private readonly floor: FloorStore,
    private readonly waves: WaveStore,
    private readonly tasks: PickTaskStore,
    private readonly reservations: ReservationPickStore,
    private readonly releasing: Releasing,
    private readonly promising: Promising,
    private readonly keys: ReservationStore,
    private readonly stock: StockStore,
    private readonly outbox: Outbox,
    private readonly time: BusinessTime,
    context: ServiceContext,
  ) {
    this.#crashAt = context.config.crashAt;
  }

  async complete(
    tx: Transaction,
    viewer: Viewer,
    waveId: string,
    reports: readonly ReportedTask[],
  ): Promise<{ readonly outcomes: readonly TaskOutcome[]; readonly added: readonly PickTaskRow[] }> {
    const now = this.time.now();
    const { centreId } = (await this.waves.find(tx, viewer, waveId)) ?? refused('NOT_FOUND');
    const station = await this.floor.station(tx, centreId);
    const taskIds = reports.map(({ taskId }) => taskId);
    await this.floor.lockShelves(tx, centreId);
    const orders = await this.floor.lockOrders(tx, await this.tasks.ordersOf(tx, waveId, taskIds));
    const tasks = new Map((await this.tasks.lock(tx, waveId, taskIds)).map((task) => [task.taskId, task]));
    const open = [...tasks.values()].filter(({ phase }) => phase === 'ready');
    const short = new Set(reports.flatMap(({ taskId, picked }) => (picked < (tasks.get(taskId)?.count ?? 0n) ? [taskId] : [])));
    // Whoever promises these goods holds their keys before anything else of them.
    if (short.size > 0) await this.keys.lockKeys(tx, open.filter(({ taskId }) => short.has(taskId)).map(({ goods }) => goods));
    await this.floor.lockLocations(tx, [...open.map(({ locationId }) => locationId), station]);
    const there = await lockAvailable(tx, centreId, open);
    await this.reservations.lockPromisable(tx, open.filter(({ taskId }) => short.has(taskId)).map(({ reservationId }) => reservationId));
    const covered = await this.reservations.lockCovered(tx, open.map(({ reservationId }) => reservationId));

    const completed: Completed[] = [];
    const ended = new Map<string, TaskEnd>();
    const outcomes = reports.map((report): TaskOutcome => {
      const { taskId } = report;
      const task = tasks.get(taskId);
      if (!task) return { taskId, refusal: UNKNOWN };
      const key = goodsAtKey(task);
      const decision = completePick(
        { phase: ended.get(taskId)?.phase ?? task.phase, count: task.count, covered: covered.get(task.reservationId) ?? 0n, catchWeight: task.catchWeight },
        report,
        there.get(key) ?? NOTHING,
      );
      if (!decision.accepted) return { taskId, refusal: decision.refusal };
      const done = toCompleted(task, decision.events);
      completed.push(done);
      ended.set(taskId, done.end);
      const before = there.get(key) ?? NOTHING;
      there.set(key, { count: before.count - done.picked.count - done.held.count, grams: before.grams - done.picked.grams - done.held.grams });
      covered.set(task.reservationId, (covered.get(task.reservationId) ?? 0n) - done.picked.count - done.missing);
      return { taskId, end: done.end, short: done.missing };
    });

    const at = (locationId: string, status: StockStatus): StockPlace => ({ account: 'location', centreId, locationId, status });
    const movementOf = (task: LockedPickTask, cause: Movement['cause'], quantity: Quantity, to: StockPlace): readonly Movement[] =>
      quantity.count > 0n
        ? [{ centreId, cause, causeId: task.taskId, movedAt: now, lines: transfer(task.goods, at(task.locationId, 'available'), to, quantity) }]
        : [];
    const shorted = completed.filter(({ missing }) => missing > 0n);
    this.tasks.end(tx, completed.map(({ end }) => end), now);
    this.reservations.pick(
      tx,
      completed.map(({ task, picked: { count } }) => ({ reservationId: task.reservationId, orderId: task.orderId, line: task.line, count })),
    );
    const why = await this.#giveBack(tx, centreId, orders, shorted);
    const moved = completed.flatMap(({ task, picked, held }): readonly Movement[] => [
      ...movementOf(task, 'short_pick', held, at(task.locationId, 'held_count')),
      ...movementOf(task, 'pick', picked, at(station, 'available')),
    ]);
    await this.stock.postAll(tx, moved);
    const grams = new Map<string, bigint>();
    for (const { place, grams: change } of moved.flatMap(({ lines }) => lines))
      if (place.account === 'location') grams.set(place.locationId, (grams.get(place.locationId) ?? 0n) + change);
    this.floor.shift(tx, grams);
    crashPoint('pick.moved', this.#crashAt);
    const added = await this.#pickElsewhere(tx, waveId, centreId, shorted.map(({ task }) => task), why);
    this.waves.settle(tx, waveId);
    await this.floor.advance(tx, orders.map(({ orderId }) => orderId));
    return { outcomes, added };
  }

  /** What was short leaves its promise, and the order is told; gives the events. */
  async #giveBack(tx: Transaction, centreId: string, orders: readonly OutwardOrder[], shorted: readonly Completed[]): Promise<readonly string[]> {
    if (shorted.length === 0) return [];
    const now = this.time.now();
    const orderOf = new Map(orders.map((order) => [order.orderId, order]));
    const why = await this.outbox.publish(
      tx,
      shorted.map(({ task, end }) => shortedFact(task, orderOf.get(task.orderId)!, centreId, end.picked, end.reason, now)),
    );
    const reason = 'PICK_SHORTED';
    const back = shorted.map(({ task, missing }) => ({ reservationId: task.reservationId, count: missing }));
    for (const loss of await this.promising.giveBack(tx, back, 'displaced', { reason, why }, now)) {
      const own = why.filter((_, i) => back[i]!.reservationId === loss.reservation.reservationId);
      await this.promising.tellBackordered(tx, [loss], { reason, why: own }, now);
    }
    return why;
  }

  /** Promises what was short anew; what lies in other locations of this centre is added to the wave. Other centres pick theirs in a wave of their own. */
  async #pickElsewhere(tx: Transaction, waveId: string, centreId: string, short: readonly LockedPickTask[], why: readonly string[]): Promise<readonly PickTaskRow[]> {
    const promised = await this.promising.promiseWaiting(tx, short.map(({ goods }) => goods), this.time.now(), why);
    // Of other orders that waited for the same goods a later wave takes what they got.
    const own = new Set(short.map(({ orderId }) => orderId));
    const here = promised.flatMap(({ reservationId, orderId, line, centreId: at, ownerId, itemId, batch, unit, count }) =>
      at === centreId && orderId !== null && own.has(orderId) ? [{ reservationId, orderId, line: line!, goods: { ownerId, itemId, batch, unit }, count }] : [],
    );
    if (here.length === 0) return [];
    const last = await this.tasks.lastSequence(tx, waveId);
    const { tasks } = await this.releasing.plan(tx, centreId, here, last + 1);
    if (tasks.length === 0) return [];
    this.tasks.add(tx, waveId, centreId, tasks);
    return this.tasks.list(tx, waveId, last, tasks.length);
  }
}

function toCompleted(task: LockedPickTask, events: readonly PickEvent[]): Completed {
  let [picked, held, missing, reason]: [Quantity, Quantity, bigint, string] = [NOTHING, NOTHING, 0n, ''];
  let phase: TaskEnd['phase'] = 'done';
  for (const event of events) {
    switch (event.type) {
      case 'GoodsPicked':
        picked = { count: event.count, grams: event.grams };
        break;
      case 'PickShorted':
        [phase, missing, held, reason] = ['short', event.missing, event.held, event.reason];
        break;
      case 'PickCancelled':
        [phase, reason] = ['cancelled', 'PICK_NO_LONGER_COVERED'];
        break;
    }
  }
  return { task, end: { taskId: task.taskId, phase, picked: picked.count, pickedGrams: picked.grams, reason }, picked, missing, held };
}
