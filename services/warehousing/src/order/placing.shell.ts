import { Injectable } from '@nestjs/common';
import { refused } from '@naru/kernel/decision';
import { businessDayOf, type Instant } from '@naru/kernel/instant';
import { BusinessTime } from '@naru/platform/business-time';
import { crashPoint } from '@naru/platform/crash-point';
import type { Transaction } from '@naru/platform/database';
import { Ids } from '@naru/platform/ids';
import { Outbox } from '@naru/platform/outbox';
import { ServiceContext } from '@naru/platform/service-context';
import { BlockNumbers } from '../block-numbers.store.js';
import { spellingKey } from '../item/item.js';
import { ItemStore, type ItemRow } from '../item/item.store.js';
import { NetworkStore, type NetworkRow } from '../network/network.store.js';
import { Promising, type Want } from '../reservation/promising.shell.js';
import { ReservationStore, type ReservationRow } from '../reservation/reservation.store.js';
import { PIECES } from '../stock/ledger.js';
import { type Fact, FactStore } from './fact.store.js';
import { backorderedFact, receivedFact, reservedFact, type Shortage } from './order.events.js';
import { contentHash, type LineRow, type NewOrder, type OrderRow, OrderStore, type SourcingRecord } from './order.store.js';
import { distanceMetres, source, type Sourced, type SourcingCentre } from './sourcing.js';

export interface PlacedOrder {
  readonly order: OrderRow;
  readonly created: boolean;
}

type Line = LineRow & { readonly want: Want };

/** Codes are counted by the days of one zone, wherever the goods come from. */
const CODE_ZONE = 'Asia/Seoul';

/**
 * Takes orders: sourced over the network, and each line reserved as far as there are goods, in the order of lines. Locks: the reference, the keys of the goods
 * in their order, the goods in theirs.
 */
@Injectable()
export class Placing {
  readonly #codes = new BlockNumbers('ORD', 'order_numbers', 100n);
  readonly #crashAt: string | undefined;

  constructor(
    private readonly networks: NetworkStore,
    private readonly items: ItemStore,
    private readonly orders: OrderStore,
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

  async place(tx: Transaction, merchantId: string, networkId: string, order: NewOrder): Promise<PlacedOrder> {
    const now = this.time.now();
    const network = await this.networks.sold(merchantId, networkId, tx);
    const hash = contentHash(networkId, order);
    const earlier = await this.orders.lockReference(tx, merchantId, order.merchantReference);
    if (earlier) {
      if (!earlier.contentHash.equals(hash)) refused('REFERENCE_TAKEN', { reference: order.merchantReference, code: earlier.code });
      return { order: earlier, created: false };
    }
    const orderId = this.ids.next();
    const items = await this.items.byCodes(tx, order.lines.map(({ itemCode }) => itemCode), [merchantId, network.operatorId]);
    const lines = linesOf(orderId, merchantId, networkId, order, items);
    const shelf = await this.promising.shelf(tx, lines.map(({ want }) => want), now);
    const sourced = source(wantsOf(lines), await this.#centres(tx, network, order, lines, shelf));
    const promised = lines.map((line) => ({ line, want: { ...line.want, centres: sourced.centres }, reservedFor: { orderId, line: line.line } }))
      .map((asked) => ({ ...asked, ...shelf.take(asked.want) }));
    const rows = await this.promising.rowsOf(tx, promised, now);
    const written = promised.map(({ line, short }): LineRow => ({ ...line, reserved: line.ordered - short, backordered: short }));
    const [code] = await this.#codes.codes(tx, businessDayOf(now, CODE_ZONE), 1);
    const row: OrderRow = {
      orderId, code: code!, networkId, merchantId, merchantReference: order.merchantReference, contentHash: hash, customerReference: order.customerReference,
      country: order.country, latitudeE6: order.position?.latitudeE6 ?? null, longitudeE6: order.position?.longitudeE6 ?? null,
      minRemainingLifeDays: order.minRemainingLifeDays, phase: rows.length > 0 ? 'reserved' : 'received', sourcing: recordOf(sourced), orderedAt: now,
    };
    this.orders.add(tx, row, order.source, written, order.charges);
    this.reservations.add(tx, rows);
    crashPoint('order.reserved', this.#crashAt);
    await this.#tell(tx, row, written, rows, now);
    return { order: row, created: true };
  }

  /** The centres of the network with what each could give of the order's lines: goods that keep long enough. */
  async #centres(tx: Transaction, network: NetworkRow, order: NewOrder, lines: readonly Line[], shelf: Awaited<ReturnType<Promising['shelf']>>): Promise<readonly SourcingCentre[]> {
    const centres = await this.networks.centresOf(tx, network.networkId);
    return centres.map(({ centreId, code, latitudeE6, longitudeE6 }) => {
      const free = new Map<string, bigint>();
      for (const { want } of lines) free.set(wantKey(want), shelf.usable(want, centreId));
      const here = latitudeE6 === null || longitudeE6 === null ? undefined : { latitudeE6, longitudeE6 };
      return { centreId, code, free, distanceMetres: here && order.position ? distanceMetres(here, order.position) : undefined };
    });
  }

  async #tell(tx: Transaction, order: OrderRow, lines: readonly LineRow[], rows: readonly ReservationRow[], now: Instant): Promise<void> {
    const short = lines.filter(({ backordered }) => backordered > 0n);
    const causes = await this.facts.causes(tx, order.merchantId, short.map(({ itemId }) => itemId));
    const shortages = short.map(({ line, itemId, backordered }): Shortage => ({ line, itemId, count: backordered, reason: 'NOT_ENOUGH', why: causes.get(itemId) ?? [] }));
    const ordered = lines.reduce((sum, line) => sum + line.ordered, 0n);
    const reserved = lines.reduce((sum, line) => sum + line.reserved, 0n);
    const [receivedId, ...later] = await this.outbox.publish(tx, [
      receivedFact(order, lines.length, ordered),
      ...(rows.length > 0 ? [reservedFact(order, rows, now)] : []),
      ...shortages.map((shortage) => backorderedFact(order, shortage, now)),
    ]);
    const reservedId = rows.length > 0 ? later.shift() : undefined;
    const about = (line: number | undefined, kind: Fact['kind'], eventId: string | undefined, details: Fact['details'], why: readonly string[]): Fact => ({ orderId: order.orderId, line, kind, eventId, at: now, details, why });
    this.facts.add(tx, [
      about(undefined, 'received', receivedId, { reference: order.merchantReference, lines: lines.length, ordered: String(ordered) }, []),
      ...(rows.length > 0 ? [about(undefined, 'reserved', reservedId, { reserved: String(reserved), ordered: String(ordered), centres: chosenOf(order.sourcing!), reason: order.sourcing!.reason }, [])] : []),
      ...shortages.map((shortage, i) => about(shortage.line, 'backordered', later[i], { count: String(shortage.count), reason: shortage.reason }, shortage.why)),
    ]);
  }
}

function linesOf(orderId: string, merchantId: string, networkId: string, order: NewOrder, items: ReadonlyMap<string, ItemRow>): readonly Line[] {
  const seen = new Set<number>();
  return order.lines.map(({ line, itemCode, unit, count, unitPriceAmount, currency }) => {
    if (seen.size === seen.add(line).size) refused('CODE_REPEATED', { code: line });
    const item = items.get(spellingKey(itemCode)) ?? refused('ITEM_UNKNOWN', { code: itemCode });
    const want: Want = { networkId, ownerId: merchantId, itemId: item.itemId, unit: unit || PIECES, count, minRemainingLifeDays: order.minRemainingLifeDays, centres: undefined };
    return {
      ...{ orderId, line, itemId: item.itemId, itemCode: item.code, orderedCode: itemCode, unit: want.unit, ordered: count, reserved: 0n, backordered: 0n, cancelled: 0n },
      ...{ shipped: 0n, picked: 0n, packed: 0n, staged: 0n, unitPriceAmount, currency, want },
    };
  });
}

function wantKey({ itemId, unit }: Pick<Want, 'itemId' | 'unit'>): string {
  return `${itemId} ${unit}`;
}

/** Two lines that ask for the same goods are one want. */
function wantsOf(lines: readonly Line[]): ReadonlyMap<string, bigint> {
  const wants = new Map<string, bigint>();
  for (const { want } of lines) wants.set(wantKey(want), (wants.get(wantKey(want)) ?? 0n) + want.count);
  return wants;
}

function recordOf({ reason, asked, candidates }: Sourced): SourcingRecord {
  return {
    reason,
    asked: String(asked),
    candidates: candidates.map((one) => ({ ...one, distanceMetres: one.distanceMetres === undefined ? null : String(one.distanceMetres), couldFill: String(one.couldFill) })),
  };
}

function chosenOf({ candidates }: SourcingRecord): string {
  return candidates.filter(({ chosen }) => chosen).map(({ centreCode }) => centreCode).join(', ');
}
