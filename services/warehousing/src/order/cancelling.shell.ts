import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { eventsOf, refused } from '@naru/kernel/decision';
import { businessDayOf, type Instant } from '@naru/kernel/instant';
import { BusinessTime } from '@naru/platform/business-time';
import { crashPoint } from '@naru/platform/crash-point';
import type { Transaction } from '@naru/platform/database';
import { Ids } from '@naru/platform/ids';
import { Outbox } from '@naru/platform/outbox';
import { ServiceContext } from '@naru/platform/service-context';
import { BlockNumbers } from '../block-numbers.store.js';
import { spellingKey } from '../item/item.js';
import { ItemStore } from '../item/item.store.js';
import { NetworkStore } from '../network/network.store.js';
import type { Viewer } from '../queries.js';
import { Promising } from '../reservation/promising.shell.js';
import { type Loss, ReservationStore } from '../reservation/reservation.store.js';
import { type CancellationRow, CancellationStore } from './cancellation.store.js';
import { FactStore } from './fact.store.js';
import { cancelledFact } from './order.events.js';
import { cancelOrder, cancelWithoutOrder, type LineCancelled, type OpenLine } from './order.js';
import { type OrderRow, OrderStore, type SourceRow } from './order.store.js';

const CODE_ZONE = 'Asia/Seoul';
const BECAUSE = { reason: 'CANCELLED', why: [] };

/** A cancellation as a merchant sends it. */
export interface NewCancellation {
  readonly merchantReference: string;
  readonly customerReference: string;
  readonly lines: readonly { readonly line: number; readonly itemCode: string; readonly count: bigint }[];
  readonly source: SourceRow | undefined;
}

/** What lines of one order give up. */
interface GivenUp {
  readonly orderId: string;
  readonly lines: readonly LineCancelled[];
}

/** Cancels lines of orders: what they hold goes back to the shelf, once, and to those who wait for it. Locks: the orders, the keys, the goods, reservations, lines. */
@Injectable()
export class Cancelling {
  readonly #codes = new BlockNumbers('CNL', 'order_numbers', 100n);
  readonly #crashAt: string | undefined;

  constructor(
    private readonly networks: NetworkStore,
    private readonly items: ItemStore,
    private readonly orders: OrderStore,
    private readonly cancellations: CancellationStore,
    private readonly reservations: ReservationStore,
    private readonly promising: Promising,
    private readonly facts: FactStore,
    private readonly outbox: Outbox,
    private readonly ids: Ids,
    private readonly time: BusinessTime,
    context: ServiceContext,
  ) {
    this.#crashAt = context.config.crashAt;
  }

  async cancel(tx: Transaction, viewer: Viewer, orderId: string, asked: readonly { readonly line: number; readonly count: bigint }[]): Promise<OrderRow> {
    const order = (await this.orders.lock(tx, viewer, orderId)) ?? refused('NOT_FOUND');
    await this.#lockKeys(tx, order.merchantId, [orderId]);
    const lines = eventsOf(cancelOrder(await this.orders.linesOf(tx, [orderId]), asked));
    await this.#giveUp(tx, order.merchantId, [{ orderId, lines }], '', this.time.now());
    return (await this.orders.lock(tx, viewer, orderId))!;
  }

  /** A cancellation that names no order. The same reference again changes nothing. */
  async cancelWithoutOrder(tx: Transaction, merchantId: string, networkId: string, given: NewCancellation): Promise<CancellationRow & { readonly created: boolean }> {
    const now = this.time.now();
    const network = await this.networks.sold(merchantId, networkId, tx);
    const hash = hashOf(networkId, given);
    const earlier = await this.cancellations.lockReference(tx, merchantId, given.merchantReference);
    if (earlier) {
      if (!earlier.contentHash.equals(hash)) refused('REFERENCE_TAKEN', { reference: given.merchantReference, code: earlier.code });
      return { ...earlier, created: false };
    }
    const items = await this.items.byCodes(tx, given.lines.map(({ itemCode }) => itemCode), [merchantId, network.operatorId]);
    const itemIds = [...new Set(items.values())].map(({ itemId }) => itemId);
    const seen = await this.orders.openLinesOf(tx, merchantId, networkId, given.customerReference, itemIds);
    await this.orders.lockAll(tx, [...new Set(seen.map(({ orderId }) => orderId))]);
    await this.reservations.lockKeys(tx, itemIds.map((itemId) => ({ ownerId: merchantId, itemId })));
    const open = Map.groupBy(await this.orders.openLinesOf(tx, merchantId, networkId, given.customerReference, itemIds), ({ itemId }) => itemId);
    const lines = given.lines.map(({ line, itemCode, count }) => {
      const itemId = items.get(spellingKey(itemCode))?.itemId;
      const { taken, rest } = cancelWithoutOrder(count, (itemId && open.get(itemId)) || []);
      if (itemId) open.set(itemId, less(open.get(itemId) ?? [], taken));
      return { line, orderedCode: itemCode, itemId: itemId ?? null, asked: count, givenBack: count - rest, taken, reason: rest === 0n ? '' : itemId ? 'NO_OPEN_LINE' : 'ITEM_UNKNOWN' };
    });
    const cancellationId = this.ids.next();
    const [code] = await this.#codes.codes(tx, businessDayOf(now, CODE_ZONE), 1);
    const row: CancellationRow = {
      cancellationId, code: code!, merchantId, merchantReference: given.merchantReference, contentHash: hash, customerReference: given.customerReference, cancelledAt: now,
      lines: lines.map(({ taken, ...line }) => ({ ...line, parts: taken.map(({ from, cancelled }) => ({ orderId: from.orderId, line: from.line, count: cancelled.fromBackordered + cancelled.fromReserved })) })),
    };
    this.cancellations.add(tx, row, given.source);
    const perOrder = Map.groupBy(lines.flatMap(({ taken }) => taken), ({ from }) => from.orderId);
    await this.#giveUp(tx, merchantId, [...perOrder].map(([orderId, taken]) => ({ orderId, lines: taken.map(({ cancelled }) => cancelled) })), cancellationId, now);
    return { ...row, created: true };
  }

  async #lockKeys(tx: Transaction, merchantId: string, orderIds: readonly string[]): Promise<void> {
    const lines = await this.orders.linesOf(tx, orderIds);
    await this.reservations.lockKeys(tx, lines.map(({ itemId }) => ({ ownerId: merchantId, itemId })));
  }

  async #giveUp(tx: Transaction, merchantId: string, given: readonly GivenUp[], cancellationId: string, now: Instant): Promise<void> {
    if (given.length === 0) return;
    const orderIds = given.map(({ orderId }) => orderId);
    const open = (await this.reservations.ofOrders(tx, orderIds)).filter(({ count }) => count > 0n);
    // unpicked promises go first, of these the youngest
    const back = given.flatMap(({ orderId, lines }) => lines.flatMap(({ line, fromReserved }) => {
      let left = fromReserved;
      return open.filter((own) => own.orderId === orderId && own.line === line)
        .toSorted((a, b) => Number(a.picked > 0n) - Number(b.picked > 0n) || b.reservedAt - a.reservedAt || (a.reservationId < b.reservationId ? 1 : -1))
        .flatMap((own) => {
          const count = own.count < left ? own.count : left;
          left -= count;
          return count > 0n ? [{ reservationId: own.reservationId, count }] : [];
        });
    }));
    const losses: readonly Loss[] = await this.promising.giveBack(tx, back, 'released', BECAUSE, now);
    this.orders.change(tx, given.flatMap(({ orderId, lines }) => lines.filter(({ fromBackordered }) => fromBackordered > 0n)
      .map(({ line, fromBackordered }) => ({ orderId, line, backordered: -fromBackordered, cancelled: fromBackordered }))));
    this.orders.settlePhases(tx, orderIds);
    crashPoint('order.cancelled', this.#crashAt);
    const heads = new Map((await this.orders.heads(tx, orderIds)).map((head) => [head.orderId, head]));
    const whole = await this.orders.cancelledWhole(tx, orderIds);
    const counted = given.map(({ orderId, lines }) => ({ orderId, lines: lines.map(({ line, fromBackordered, fromReserved }) => ({ line, count: fromBackordered + fromReserved })) }));
    const eventIds = await this.outbox.publish(tx, counted.map(({ orderId, lines }) => cancelledFact(heads.get(orderId)!, lines, whole.has(orderId), cancellationId, now)));
    this.facts.add(tx, counted.flatMap(({ orderId, lines }, i) => lines.map(({ line, count }) => ({ orderId, line, kind: 'cancelled' as const, eventId: eventIds[i], at: now, details: { count: String(count) }, why: [] }))));
    await this.promising.promiseWaiting(tx, losses.map(({ reservation }) => ({ ownerId: merchantId, itemId: reservation.itemId })), now, eventIds);
  }
}

/** The open lines once `taken` is gone from them. */
function less<Line extends OpenLine>(open: readonly Line[], taken: readonly { readonly from: OpenLine; readonly cancelled: LineCancelled }[]): Line[] {
  return open.map((line) => {
    const part = taken.find(({ from }) => from.orderId === line.orderId && from.line === line.line)?.cancelled;
    return part ? { ...line, backordered: line.backordered - part.fromBackordered, reserved: line.reserved - part.fromReserved } : line;
  });
}

function hashOf(networkId: string, { customerReference, lines }: NewCancellation): Buffer {
  return createHash('sha256').update(JSON.stringify([networkId, customerReference, lines.map(({ line, itemCode, count }) => [line, itemCode, String(count)])])).digest();
}
