import type { ApiClient } from '../api/client.js';
import { allOf } from '../scenarios/driver/pages.js';
import { plainTable } from '../text/plain-table.js';

/** A line of an order as the API tells it. Pieces, or trade units of produce. */
export interface OrderLineJson {
  readonly ordered: string;
  readonly reserved: string;
  readonly backordered: string;
  readonly cancelled: string;
  readonly staged: string;
}

export interface OrderJson {
  readonly orderId: string;
  readonly phase: string;
  readonly lines: readonly OrderLineJson[];
}

/** What came of the orders of a day. */
export interface OrderFigures {
  readonly orders: number;
  readonly lines: number;
  readonly parcels: number;
  /** Orders that hold promised goods: they must stand at a door in the end. */
  readonly due: number;
  /** Those of them whose promised goods all stand there. */
  readonly staged: number;
  /** Orders that wait for goods with at least a part. */
  readonly waiting: number;
  readonly cancelledOrders: number;
  readonly ordered: bigint;
  readonly stagedCount: bigint;
  readonly backordered: bigint;
  readonly cancelled: bigint;
}

/** Orders and parcels as the operator of the network sees them. */
export async function orderFigures(operator: Pick<ApiClient, 'get'>): Promise<OrderFigures> {
  const orders = await allOf<OrderJson>(operator, '/v1/orders', 'orders');
  const parcels = await allOf<{ readonly unitId: string }>(operator, '/v1/parcels', 'parcels');
  return figuresOf(orders, parcels.length);
}

/** An order is due with what it was promised: backorders and what was cancelled are not counted. */
export function figuresOf(orders: readonly OrderJson[], parcels: number): OrderFigures {
  const sum = (lines: readonly OrderLineJson[], part: keyof OrderLineJson): bigint => lines.reduce((total, line) => total + BigInt(line[part]), 0n);
  const due = orders.filter(({ lines }) => sum(lines, 'reserved') > 0n);
  const all = orders.flatMap(({ lines }) => lines);
  return {
    orders: orders.length,
    lines: all.length,
    parcels,
    due: due.length,
    staged: due.filter(({ lines }) => lines.every(({ reserved, staged }) => reserved === staged)).length,
    waiting: orders.filter(({ lines }) => sum(lines, 'backordered') > 0n).length,
    cancelledOrders: orders.filter(({ lines }) => lines.every(({ ordered, cancelled }) => ordered === cancelled)).length,
    ordered: sum(all, 'ordered'),
    stagedCount: sum(all, 'staged'),
    backordered: sum(all, 'backordered'),
    cancelled: sum(all, 'cancelled'),
  };
}

/** The figures as a table: how many orders and lines, and what became of the pieces and trade units that were ordered. */
export function orderTable(figures: OrderFigures): string {
  const rows: readonly (readonly [string, number | bigint])[] = [
    ['orders', figures.orders],
    ['orders with promised goods', figures.due],
    ['orders at the door', figures.staged],
    ['orders that wait, whole or in part', figures.waiting],
    ['orders cancelled', figures.cancelledOrders],
    ['lines', figures.lines],
    ['units ordered', figures.ordered],
    ['units at the door', figures.stagedCount],
    ['units backordered', figures.backordered],
    ['units cancelled', figures.cancelled],
    ['parcels', figures.parcels],
  ];
  return plainTable(['after the hammer', ''], rows.map(([what, figure]) => [what, figure.toLocaleString('en-US')]), ['left', 'right']);
}
