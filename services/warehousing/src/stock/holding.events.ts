import { StockHeld, StockReleased, StockWrittenOff } from '@naru/contracts/gen/naru/warehousing/v1/events';
import type { Instant } from '@naru/kernel/instant';
import { type Occurred, occurred } from '@naru/platform/event';
import type { StockChanged } from './holding.js';
import type { BatchThere } from './holding.store.js';
import { statuses } from './stock.message.js';

/** What a change is told with beside itself: `id` is the hold's or the write-off's. */
export interface Told {
  readonly there: BatchThere;
  readonly centreCode: string;
  readonly reason: string;
  readonly id: string;
}

export function changedFact({ type, unit, count, grams, status }: StockChanged, { there, centreCode, reason, id }: Told, at: Instant): Occurred {
  const { centreId, ownerId, itemId, batch } = there;
  const head = { centreId, centreCode, ownerOrganizationId: ownerId, itemId, batch, unit, count, grams, reason };
  switch (type) {
    case 'StockHeld':
      return occurred(StockHeld, StockHeld.fromPartial({ ...head, holdId: id }), at);
    case 'StockReleased':
      return occurred(StockReleased, StockReleased.fromPartial({ ...head, status: statuses.value(status) }), at);
    case 'StockWrittenOff':
      return occurred(StockWrittenOff, StockWrittenOff.fromPartial({ ...head, writeOffId: id }), at);
  }
}
