import { PickShorted, WaveReleased } from '@naru/contracts/gen/naru/warehousing/v1/events';
import type { Instant } from '@naru/kernel/instant';
import { type Occurred, occurred } from '@naru/platform/event';
import type { FloorCentre, OutwardOrder } from '../outward/floor.store.js';
import type { LockedPickTask } from './pick-task.store.js';
import type { WaveRow } from './wave.store.js';

export function releasedFact(wave: WaveRow, centre: FloorCentre, orderIds: readonly string[], tasks: number): Occurred {
  const { waveId, code, centreId, releasedAt } = wave;
  return occurred(WaveReleased, WaveReleased.fromPartial({ waveId, code, centreId, centreCode: centre.code, orderIds: [...orderIds], tasks }), releasedAt);
}

export function shortedFact(task: LockedPickTask, order: OutwardOrder, centreId: string, picked: bigint, reason: string, at: Instant): Occurred {
  return occurred(
    PickShorted,
    PickShorted.fromPartial({
      orderId: order.orderId,
      orderCode: order.code,
      line: task.line,
      waveId: task.waveId,
      taskId: task.taskId,
      itemId: task.itemId,
      batch: task.batch,
      centreId,
      locationId: task.locationId,
      locationCode: task.locationCode,
      asked: task.count,
      picked,
      missing: task.count - picked,
      reason,
    }),
    at,
  );
}
