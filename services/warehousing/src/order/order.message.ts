import * as contract from '@naru/contracts/gen/naru/warehousing/v1/order_service';
import { contractWords } from '../contract-words.js';
import { toReservationMessage } from '../reservation/reservation.message.js';
import type { ReservationRow } from '../reservation/reservation.store.js';
import type { CancellationRow } from './cancellation.store.js';
import type { NewCancellation } from './cancelling.shell.js';
import type { ChargeKind, ChargeRow, LineRow, NewOrder, OrderPhase, OrderRow, SourcingRecord } from './order.store.js';

const phases = contractWords<OrderPhase, contract.OrderPhase>({
  received: contract.OrderPhase.RECEIVED,
  reserved: contract.OrderPhase.RESERVED,
  released: contract.OrderPhase.RELEASED,
  picked: contract.OrderPhase.PICKED,
  packed: contract.OrderPhase.PACKED,
  staged: contract.OrderPhase.STAGED,
  cancelled: contract.OrderPhase.CANCELLED,
});
const chargeKinds = contractWords<ChargeKind, contract.ChargeKind>({
  postage: contract.ChargeKind.POSTAGE,
  fee: contract.ChargeKind.FEE,
  discount: contract.ChargeKind.DISCOUNT,
  manual: contract.ChargeKind.MANUAL,
  sample: contract.ChargeKind.SAMPLE,
});
const reasons = contractWords<SourcingRecord['reason'], contract.SourcingReason>({
  nearest_with_all: contract.SourcingReason.NEAREST_WITH_ALL,
  fewest_parcels: contract.SourcingReason.FEWEST_PARCELS,
  nothing_there: contract.SourcingReason.NOTHING_THERE,
});

export function toNewOrder(request: Omit<contract.NewOrder, '$type'>): NewOrder {
  const { merchantReference, customerReference, country, latitudeE6, longitudeE6, minRemainingLifeDays, source } = request;
  return {
    merchantReference,
    customerReference,
    country,
    position: latitudeE6 === undefined || longitudeE6 === undefined ? undefined : { latitudeE6, longitudeE6 },
    minRemainingLifeDays,
    lines: request.lines.map(({ line, itemCode, unit, count, unitPriceAmount, currency }) => ({ line, itemCode, unit, count, unitPriceAmount, currency })),
    charges: request.charges.map(({ line, kind, code, description, quantity, unitPriceAmount, currency, reason }) => ({
      ...{ line, kind: chargeKinds.word(kind), code, description, quantity, unitPriceAmount, currency, reason },
    })),
    source: source && { file: source.file, line: source.line, raw: source.raw },
  };
}

export function toNewCancellation({ merchantReference, customerReference, lines, source }: contract.CreateOrderCancellationRequest): NewCancellation {
  return {
    merchantReference,
    customerReference,
    lines: lines.map(({ line, itemCode, count }) => ({ line, itemCode, count })),
    source: source && { file: source.file, line: source.line, raw: source.raw },
  };
}

/** What belongs to an order. */
export interface OrderParts {
  readonly lines: readonly LineRow[];
  readonly charges: readonly ChargeRow[];
  readonly reservations: readonly ReservationRow[];
}

export function toOrderMessage(order: OrderRow, { lines, charges, reservations }: OrderParts, created = false): contract.Order {
  return contract.Order.fromPartial({
    orderId: order.orderId,
    code: order.code,
    networkId: order.networkId,
    merchantOrganizationId: order.merchantId,
    merchantReference: order.merchantReference,
    customerReference: order.customerReference,
    country: order.country,
    latitudeE6: order.latitudeE6 ?? undefined,
    longitudeE6: order.longitudeE6 ?? undefined,
    minRemainingLifeDays: order.minRemainingLifeDays,
    phase: phases.value(order.phase),
    lines: lines.map(({ unitPriceAmount, currency, ...line }) => contract.OrderLine.fromPartial({ ...line, unitPrice: { currency, amount: unitPriceAmount } })),
    charges: charges.map(({ kind, unitPriceAmount, currency, ...charge }) => contract.OrderCharge.fromPartial({ ...charge, kind: chargeKinds.value(kind), unitPrice: { currency, amount: unitPriceAmount } })),
    sourcing: order.sourcing ? toSourcing(order.sourcing) : undefined,
    reservations: reservations.map(toReservationMessage),
    orderedAt: new Date(order.orderedAt),
    created,
  });
}

function toSourcing({ reason, asked, candidates }: SourcingRecord): contract.Sourcing {
  return contract.Sourcing.fromPartial({
    reason: reasons.value(reason),
    asked: BigInt(asked),
    candidates: candidates.map(({ centreId, centreCode, distanceMetres, couldFill, chosen }) => ({
      ...{ centreId, centreCode, couldFill: BigInt(couldFill), chosen },
      ...(distanceMetres === null ? {} : { distanceMetres: BigInt(distanceMetres) }),
    })),
  });
}

export function toCancellationMessage(row: CancellationRow, created = false): contract.OrderCancellation {
  return contract.OrderCancellation.fromPartial({
    cancellationId: row.cancellationId,
    code: row.code,
    merchantOrganizationId: row.merchantId,
    merchantReference: row.merchantReference,
    customerReference: row.customerReference,
    lines: row.lines.map(({ line, orderedCode, asked, givenBack, parts, reason }) => ({ line, orderedCode, asked, givenBack, reason, givenBackLines: parts.map((part) => ({ ...part })) })),
    cancelledAt: new Date(row.cancelledAt),
    created,
  });
}
