import { OwnershipFreed, OwnershipPassed } from '@naru/contracts/gen/naru/warehousing/v1/events';
import type { Instant } from '@naru/kernel/instant';
import { type Occurred, occurred } from '@naru/platform/event';
import type { Quantity } from '../stock/ledger.js';
import type { ReceivedGoodsRow } from './ownership.store.js';

export function passedFact(goods: ReceivedGoodsRow, lotId: string, buyerId: string, { count, grams }: Quantity, at: Instant): Occurred {
  const { consignmentId, centreId, centreCode, ownerId, itemId, batch, unit } = goods;
  return occurred(
    OwnershipPassed,
    OwnershipPassed.fromPartial({ consignmentId, lotId, centreId, centreCode, fromOrganizationId: ownerId, toOrganizationId: buyerId, itemId, batch, unit, count, grams }),
    at,
  );
}

export function freedFact(goods: ReceivedGoodsRow, invoiceId: string, buyerId: string, { count, grams }: Quantity, at: Instant): Occurred {
  const { consignmentId, centreId, centreCode, itemId, batch, unit } = goods;
  return occurred(
    OwnershipFreed,
    OwnershipFreed.fromPartial({ consignmentId, invoiceId, centreId, centreCode, ownerOrganizationId: buyerId, itemId, batch, unit, count, grams }),
    at,
  );
}
