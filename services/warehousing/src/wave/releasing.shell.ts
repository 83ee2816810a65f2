import { Injectable } from '@nestjs/common';
import { refused } from '@naru/kernel/decision';
import { businessDayOf } from '@naru/kernel/instant';
import { BusinessTime } from '@naru/platform/business-time';
import { crashPoint } from '@naru/platform/crash-point';
import type { Transaction } from '@naru/platform/database';
import { Ids } from '@naru/platform/ids';
import { Outbox } from '@naru/platform/outbox';
import { ServiceContext } from '@naru/platform/service-context';
import { nextCode } from '../code-counter.js';
import { type FloorCentre, FloorStore } from '../outward/floor.store.js';
import type { Viewer } from '../queries.js';
import { Promising } from '../reservation/promising.shell.js';
import { isUsable } from '../stock/expiry.js';
import { allocate, type PlannedTask, type ToPick, type Waiting } from './allocate.js';
import { PickTaskStore } from './pick-task.store.js';
import { releasedFact } from './wave.events.js';
import { type OpenPromise, type ShownWave, type WaveRow, WaveStore } from './wave.store.js';

/**
 * Releases waves: chooses where what is promised is picked, and makes the tasks. Locks: the centre's shelves, the orders, then what can be promised, the
 * reservations, the lines, the counter of codes.
 */
@Injectable()
export class Releasing {
  readonly #crashAt: string | undefined;

  constructor(
    private readonly floor: FloorStore,
    private readonly waves: WaveStore,
    private readonly tasks: PickTaskStore,
    private readonly promising: Promising,
    private readonly outbox: Outbox,
    private readonly ids: Ids,
    private readonly time: BusinessTime,
    context: ServiceContext,
  ) {
    this.#crashAt = context.config.crashAt;
  }

  async release(tx: Transaction, viewer: Viewer, centreId: string, wanted: readonly string[]): Promise<ShownWave & { readonly waiting: readonly Waiting[] }> {
    const now = this.time.now();
    const centre = await this.floor.centre(tx, viewer, centreId);
    await this.floor.lockShelves(tx, centreId);
    const known = await this.waves.ordersOf(tx, centreId, wanted);
    if (wanted.some((orderId) => !known.has(orderId))) refused('NOT_FOUND');
    const candidates = await this.waves.ordersToPick(tx, centreId, wanted);
    const orders = await this.floor.lockOrders(tx, candidates);
    const orderIds = orders.map(({ orderId }) => orderId);
    const { promises, moved } = await this.#freshPromises(tx, centre, orderIds);
    if (promises.length === 0 && !moved) refused('NOTHING_TO_RELEASE');
    const waveId = this.ids.next();
    const { tasks, waiting } = await this.plan(tx, centreId, promises, 1);
    const taken = [...new Set(tasks.map(({ toPick }) => toPick.orderId))];
    const code = await nextCode(tx, 'WAV', businessDayOf(now, centre.timeZone));
    const wave: WaveRow = { waveId, code, centreId, phase: tasks.length > 0 ? 'released' : 'picked', releasedAt: now };
    this.waves.add(tx, wave);
    this.tasks.add(tx, waveId, centreId, tasks);
    crashPoint('wave.tasks-written', this.#crashAt);
    await this.floor.advance(tx, orderIds);
    await this.outbox.publish(tx, [releasedFact(wave, centre, taken, tasks.length)]);
    return { ...wave, orderIds: taken, tasks: BigInt(tasks.length), readyTasks: BigInt(tasks.length), waiting };
  }

  /** The tasks for promises, numbered from `first`. The shelves of the centre are locked. */
  async plan(tx: Transaction, centreId: string, promises: readonly ToPick[], first: number): Promise<{ readonly tasks: readonly PlannedTask[]; readonly waiting: readonly Waiting[] }> {
    if (promises.length === 0) return { tasks: [], waiting: [] };
    const stock = await this.waves.freeGoods(
      tx,
      centreId,
      promises.map(({ goods }) => goods),
    );
    return allocate(promises, stock, first);
  }

  /** What may be picked; promises in batches that no longer keep long enough for their customer are moved to others first (rule W6). */
  async #freshPromises(tx: Transaction, centre: FloorCentre, orderIds: readonly string[]): Promise<{ readonly promises: readonly OpenPromise[]; readonly moved: boolean }> {
    const now = this.time.now();
    const today = businessDayOf(now, centre.timeZone);
    const { centreId } = centre;
    const isFresh = ({ expiresOn, minRemainingLifeDays }: OpenPromise): boolean => isUsable(expiresOn ?? undefined, today, minRemainingLifeDays);
    const old = (await this.waves.promises(tx, centreId, orderIds, '')).filter((promise) => !isFresh(promise));
    if (old.length > 0) {
      const because = { reason: 'BATCH_TOO_OLD', why: [] };
      const losses = await this.promising.giveBack(tx, old, 'displaced', because, now);
      await this.promising.tellBackordered(tx, losses, because, now);
      await this.promising.promiseWaiting(tx, old.map(({ goods }) => goods), now);
    }
    const promises = await this.waves.promises(tx, centreId, orderIds, 'for no key update of r');
    return { promises: promises.filter(isFresh), moved: old.length > 0 };
  }
}
