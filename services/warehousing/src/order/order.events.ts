import { BackorderPromised, LineBackordered, OrderCancelled, OrderReceived, OrderReserved, type PromisedLine } from '@naru/contracts/gen/naru/warehousing/v1/events';
import type { Instant } from '@naru/kernel/instant';
import { type Occurred, occurred } from '@naru/platform/event';
import type { ReservationRow } from '../reservation/reservation.store.js';
import type { OrderRow } from './order.store.js';

export type OrderHead = Pick<OrderRow, 'orderId' | 'code' | 'merchantId'>;

function headOf({ orderId, code, merchantId }: OrderHead) {
  return { orderId, code, merchantOrganizationId: merchantId };
}

function promiseOf({ line, reservationId, itemId, batch, unit, centreId, count }: ReservationRow): PromisedLine {
  return { line: line!, reservationId, itemId, batch, unit, centreId, count };
}

export function receivedFact(order: OrderRow, lines: number, ordered: bigint): Occurred {
  const { networkId, merchantReference, country } = order;
  return occurred(OrderReceived, OrderReceived.fromPartial({ ...headOf(order), networkId, merchantReference, country, lines, ordered }), order.orderedAt);
}

export function reservedFact(order: OrderHead, promises: readonly ReservationRow[], at: Instant): Occurred {
  const centreIds = [...new Set(promises.map(({ centreId }) => centreId))];
  return occurred(OrderReserved, OrderReserved.fromPartial({ ...headOf(order), promises: promises.map(promiseOf), centreIds }), at);
}

/** What a line waits for, and what left so little. */
export interface Shortage {
  readonly line: number;
  readonly itemId: string;
  readonly count: bigint;
  readonly reason: string;
  readonly why: readonly string[];
}

export function backorderedFact(order: OrderHead, { line, itemId, count, reason, why }: Shortage, at: Instant): Occurred {
  return occurred(LineBackordered, LineBackordered.fromPartial({ ...headOf(order), line, itemId, count, reason, why: [...why] }), at);
}

export function promisedFact(order: OrderHead, promises: readonly ReservationRow[], at: Instant): Occurred {
  return occurred(BackorderPromised, BackorderPromised.fromPartial({ ...headOf(order), promises: promises.map(promiseOf) }), at);
}

export function cancelledFact(order: OrderHead, lines: readonly { readonly line: number; readonly count: bigint }[], whole: boolean, cancellationId: string, at: Instant): Occurred {
  return occurred(OrderCancelled, OrderCancelled.fromPartial({ ...headOf(order), lines: lines.map((line) => ({ ...line })), whole, cancellationId }), at);
}
