import { Injectable } from '@nestjs/common';
import type { Instant } from '@naru/kernel/instant';
import { Database, date } from '@naru/platform/database';
import { Ids } from '@naru/platform/ids';
import type { Queries, Writes } from '../queries.js';
import type { StockGoods } from '../stock/ledger.js';
import type { PlannedTask } from './allocate.js';
import type { PickTaskPhase } from './pick.js';

export interface PickTaskRow {
  readonly taskId: string;
  readonly waveId: string;
  readonly sequence: number;
  readonly orderId: string;
  readonly line: number;
  readonly itemId: string;
  readonly itemCode: string;
  readonly batch: string;
  readonly locationId: string;
  readonly locationCode: string;
  readonly count: bigint;
  readonly picked: bigint;
  readonly pickedGrams: bigint;
  readonly phase: PickTaskPhase;
  readonly reason: string | null;
  readonly doneAt: Instant | null;
}

/** A task with what its completion needs. */
export type LockedPickTask = PickTaskRow & { readonly reservationId: string; readonly goods: StockGoods; readonly catchWeight: boolean };

/** How a task ended. */
export interface TaskEnd {
  readonly taskId: string;
  readonly phase: Exclude<PickTaskPhase, 'ready'>;
  readonly picked: bigint;
  readonly pickedGrams: bigint;
  readonly reason: string;
}

const TASK = `
  t.task_id as "taskId", t.wave_id as "waveId", t.sequence, t.order_id as "orderId", t.line, t.item_id as "itemId", i.code as "itemCode", t.batch,
  t.location_id as "locationId", l.code as "locationCode", t.count, t.picked, t.picked_grams as "pickedGrams", t.phase, t.reason, t.done_at as "doneAt"`;

/**
 * Cancels the ready tasks of these reservations that they no longer cover, the last of a walk first. Whoever takes a count away from a confirmed
 * reservation calls it in the same transaction, after the count is lowered.
 */
export function cancelUncovered(tx: Writes, reservationIds: readonly string[], reason: string): void {
  tx.send(
    `update pick_tasks t set phase = 'cancelled', reason = $2
       from (select t.task_id, sum(t.count) over (partition by t.reservation_id order by t.wave_id, t.sequence) as asked, r.count - r.picked as covered
               from pick_tasks t join reservations r using (reservation_id) where t.phase = 'ready' and t.reservation_id = any($1::uuid[])) s
      where t.task_id = s.task_id and t.phase = 'ready' and s.asked > s.covered`,
    [reservationIds, reason],
  );
  tx.send(
    `update waves w set phase = 'picked'
      where w.phase = 'released' and w.wave_id in (select wave_id from pick_tasks where reservation_id = any($1::uuid[]))
        and not exists (select 1 from pick_tasks t where t.wave_id = w.wave_id and t.phase = 'ready')`,
    [reservationIds],
  );
}

@Injectable()
export class PickTaskStore {
  constructor(
    private readonly database: Database,
    private readonly ids: Ids,
  ) {}

  /** Adds ready tasks to a wave; answers their ids. */
  add(tx: Writes, waveId: string, centreId: string, tasks: readonly PlannedTask[]): readonly string[] {
    const taskIds = tasks.map(() => this.ids.next());
    tx.send(
      `insert into pick_tasks (task_id, wave_id, centre_id, sequence, reservation_id, order_id, line, item_id, batch, location_id, count, phase)
       select task_id, $1, $2, sequence, reservation_id, order_id, line, item_id, batch, location_id, count, 'ready'
         from unnest($3::uuid[], $4::integer[], $5::uuid[], $6::uuid[], $7::integer[], $8::uuid[], $9::text[], $10::uuid[], $11::bigint[])
           as t (task_id, sequence, reservation_id, order_id, line, item_id, batch, location_id, count)`,
      [
        waveId,
        centreId,
        taskIds,
        tasks.map(({ sequence }) => sequence),
        tasks.map(({ toPick }) => toPick.reservationId),
        tasks.map(({ toPick }) => toPick.orderId),
        tasks.map(({ toPick }) => toPick.line),
        tasks.map(({ toPick }) => toPick.goods.itemId),
        tasks.map(({ toPick }) => toPick.goods.batch),
        tasks.map(({ locationId }) => locationId),
        tasks.map(({ count }) => count),
      ],
    );
    return taskIds;
  }

  async lastSequence(tx: Queries, waveId: string): Promise<number> {
    const [row] = await tx.query<{ last: number }>('select coalesce(max(sequence), 0) as last from pick_tasks where wave_id = $1', [waveId]);
    return row!.last;
  }

  /** The orders that tasks of a wave are for. */
  async ordersOf(tx: Queries, waveId: string, taskIds: readonly string[]): Promise<readonly string[]> {
    const rows = await tx.query<{ orderId: string }>(
      `select distinct order_id as "orderId" from pick_tasks where wave_id = $1 and task_id = any($2::uuid[])`,
      [waveId, taskIds],
    );
    return rows.map(({ orderId }) => orderId);
  }

  /** Tasks of a wave, locked in the order of their ids. */
  async lock(tx: Queries, waveId: string, taskIds: readonly string[]): Promise<readonly LockedPickTask[]> {
    const rows = await tx.query<PickTaskRow & Omit<LockedPickTask, 'goods'> & Pick<StockGoods, 'ownerId' | 'unit'>>(
      `select ${TASK}, t.reservation_id as "reservationId", i.catch_weight as "catchWeight", r.owner_organization_id as "ownerId", r.unit
         from pick_tasks t join items i using (item_id) join locations l using (location_id) join reservations r using (reservation_id)
        where t.wave_id = $1 and t.task_id = any($2::uuid[]) order by t.task_id for no key update of t`,
      [waveId, taskIds],
    );
    return rows.map(({ ownerId, unit, ...task }) => ({ ...task, goods: { ownerId, itemId: task.itemId, batch: task.batch, unit } }));
  }

  end(tx: Writes, ends: readonly TaskEnd[], at: Instant): void {
    tx.send(
      `update pick_tasks t set phase = e.phase, picked = e.picked, picked_grams = e.grams, reason = nullif(e.reason, ''), done_at = $6
         from unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[], $5::text[]) as e (task_id, phase, picked, grams, reason) where t.task_id = e.task_id`,
      [ends.map((e) => e.taskId), ends.map((e) => e.phase), ends.map((e) => e.picked), ends.map((e) => e.pickedGrams), ends.map((e) => e.reason), date(at)],
    );
  }

  /** Up to `limit` tasks of the wave after the place in its walk. */
  list(queries: Queries | undefined, waveId: string, after: number, limit: number): Promise<readonly PickTaskRow[]> {
    return (queries ?? this.database).query<PickTaskRow>(
      `select ${TASK} from pick_tasks t join items i using (item_id) join locations l using (location_id)
        where t.wave_id = $1 and t.sequence > $2 order by t.sequence limit $3`,
      [waveId, after, limit],
    );
  }
}
