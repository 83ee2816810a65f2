import { OrderStaged, ParcelPacked, ParcelStaged } from '@naru/contracts/gen/naru/warehousing/v1/events';
import type { Instant } from '@naru/kernel/instant';
import { type Occurred, occurred } from '@naru/platform/event';
import type { FloorCentre, OutwardOrder } from '../outward/floor.store.js';
import type { ContentRow, ParcelRow } from './parcel.store.js';

export function packedFact(parcel: ParcelRow, contents: readonly ContentRow[], order: OutwardOrder, centre: FloorCentre): Occurred {
  const { unitId, sscc, code, orderId, orderCode, centreId, grossGrams, temperatureClass } = parcel;
  return occurred(
    ParcelPacked,
    ParcelPacked.fromPartial({
      ...{ unitId, sscc, code, orderId, orderCode, centreId, grossGrams, temperatureClass },
      merchantOrganizationId: order.merchantId,
      centreCode: centre.code,
      country: order.country,
      contents: contents.map(({ line, goods, count, grams }) => ({ line, itemId: goods.itemId, batch: goods.batch, count, grams })),
    }),
    parcel.packedAt,
  );
}

export function stagedFact({ unitId, sscc, code, orderId, centreId }: ParcelRow, door: { readonly locationId: string; readonly code: string }, at: Instant): Occurred {
  return occurred(ParcelStaged, ParcelStaged.fromPartial({ unitId, sscc, code, orderId, centreId, locationId: door.locationId, locationCode: door.code }), at);
}

export function orderStagedFact(order: OutwardOrder, unitIds: readonly string[], at: Instant): Occurred {
  const { orderId, code, merchantId, merchantReference, networkId } = order;
  return occurred(
    OrderStaged,
    OrderStaged.fromPartial({ orderId, orderCode: code, merchantOrganizationId: merchantId, merchantReference, networkId, unitIds: [...unitIds] }),
    at,
  );
}
