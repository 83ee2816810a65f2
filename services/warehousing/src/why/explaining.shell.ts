import { Injectable } from '@nestjs/common';
import type { Viewer } from '../queries.js';
import { OrderStore } from '../order/order.store.js';
import { type WhyRow, WhyStore } from './why.store.js';

/** Finds the facts behind a code that people see. */
@Injectable()
export class Explaining {
  constructor(
    private readonly orders: OrderStore,
    private readonly why: WhyStore,
  ) {}

  /**
   * What stands behind an order (`ORD-20220623-1`), a line of one (`ORD-20220623-1/3`, or `.3` where a slash ends a path) or a reservation, in the order of time;
   * undefined for a code that the viewer does not know.
   */
  explain(viewer: Viewer, code: string): Promise<readonly WhyRow[] | undefined> {
    return code.startsWith('RSV-') ? this.#ofReservation(viewer, code) : this.#ofOrder(viewer, code);
  }

  async #ofOrder(viewer: Viewer, code: string): Promise<readonly WhyRow[] | undefined> {
    const [orderCode, line] = code.split(/[./]/, 2) as [string, string | undefined];
    if (line !== undefined && !/^[1-9][0-9]{0,5}$/.test(line)) return undefined;
    const order = await this.orders.byCode(viewer, orderCode);
    if (!order || (line !== undefined && !(await this.orders.linesOf(undefined, [order.orderId])).some((own) => own.line === Number(line)))) return undefined;
    const facts = await this.why.ofOrder(order.orderId, line === undefined ? undefined : Number(line));
    const own = new Set(facts.map(({ eventId }) => eventId));
    const behind = await this.why.ofEvents(order.merchantId, [...new Set(facts.flatMap(({ why }) => why))].filter((id) => !own.has(id)));
    return [...facts, ...behind].toSorted((a, b) => a.at - b.at);
  }

  async #ofReservation({ organizationId, system }: Viewer, code: string): Promise<readonly WhyRow[] | undefined> {
    const reservation = await this.why.reservation(organizationId, system, code);
    if (!reservation || reservation.orderId === null) return reservation?.facts;
    const ofLine = await this.why.ofOrder(reservation.orderId, reservation.line ?? undefined);
    return [...reservation.facts, ...ofLine].toSorted((a, b) => a.at - b.at);
  }
}
