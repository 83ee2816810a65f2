import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Instant } from '@naru/kernel/instant';
import { Database, date } from '@naru/platform/database';
import { BEFORE_ALL, type Queries, type Viewer, type Writes } from '../queries.js';
import type { LineCounts, OpenLine } from './order.js';
import type { Position, Sourced } from './sourcing.js';

export type OrderPhase = 'received' | 'reserved' | 'released' | 'picked' | 'packed' | 'staged' | 'cancelled';
export type ChargeKind = 'postage' | 'fee' | 'discount' | 'manual' | 'sample';

export interface SourceRow {
  readonly file: string;
  readonly line: number;
  readonly raw: string;
}

export interface NewLine {
  readonly line: number;
  readonly itemCode: string;
  readonly unit: string;
  readonly count: bigint;
  readonly unitPriceAmount: bigint;
  readonly currency: string;
}

export interface ChargeRow {
  readonly line: number;
  readonly kind: ChargeKind;
  readonly code: string;
  readonly description: string;
  readonly quantity: bigint;
  readonly unitPriceAmount: bigint;
  readonly currency: string;
  readonly reason: string;
}

/** An order as a merchant sends it. */
export interface NewOrder {
  readonly merchantReference: string;
  readonly customerReference: string;
  readonly country: string;
  readonly position: Position | undefined;
  readonly minRemainingLifeDays: number;
  readonly lines: readonly NewLine[];
  readonly charges: readonly ChargeRow[];
  readonly source: SourceRow | undefined;
}

/** Where an order's goods come from, as it is kept: 64-bit numbers as text. */
export interface SourcingRecord {
  readonly reason: Sourced['reason'];
  readonly asked: string;
  readonly candidates: readonly { readonly centreId: string; readonly centreCode: string; readonly distanceMetres: string | null; readonly couldFill: string; readonly chosen: boolean }[];
}

export interface OrderRow {
  readonly orderId: string;
  readonly code: string;
  readonly networkId: string;
  readonly merchantId: string;
  readonly merchantReference: string;
  readonly contentHash: Buffer;
  readonly customerReference: string;
  readonly country: string;
  readonly latitudeE6: number | null;
  readonly longitudeE6: number | null;
  readonly minRemainingLifeDays: number;
  readonly phase: OrderPhase;
  readonly sourcing: SourcingRecord | null;
  readonly orderedAt: Instant;
}

export interface LineRow extends LineCounts {
  readonly orderId: string;
  readonly itemId: string;
  readonly itemCode: string;
  readonly orderedCode: string;
  readonly unit: string;
  readonly staged: bigint;
  readonly unitPriceAmount: bigint;
  readonly currency: string;
}

/** A line that waits for goods, with what its order says of them. */
export interface WaitingLine extends LineCounts {
  readonly orderId: string;
  readonly code: string;
  readonly networkId: string;
  readonly merchantId: string;
  readonly itemId: string;
  readonly unit: string;
  readonly minRemainingLifeDays: number;
  readonly sourcing: SourcingRecord | null;
}

const ORDER = `
  o.order_id as "orderId", o.code, o.network_id as "networkId", o.merchant_organization_id as "merchantId", o.merchant_reference as "merchantReference",
  o.content_hash as "contentHash", o.customer_reference as "customerReference", o.country, o.latitude_e6 as "latitudeE6", o.longitude_e6 as "longitudeE6",
  o.min_remaining_life_days as "minRemainingLifeDays", o.phase, o.sourcing, o.ordered_at as "orderedAt"`;
const COUNTS = 'l.line, l.ordered, l.reserved, l.backordered, l.cancelled, l.shipped, l.picked, l.packed';
const LINE = `
  l.order_id as "orderId", ${COUNTS}, l.item_id as "itemId", i.code as "itemCode", l.ordered_code as "orderedCode", l.unit, l.staged,
  l.unit_price_amount as "unitPriceAmount", l.currency`;
/** Parameters 1 and 2 are the viewer's. */
const SEEN = `($2 or o.merchant_organization_id = $1 or exists (select 1 from networks n where n.network_id = o.network_id and n.operator_organization_id = $1))`;

/** What an order says, as its natural key compares it. Where its rows came from is no part of it. */
export function contentHash(networkId: string, order: NewOrder): Buffer {
  const { customerReference, country, position, minRemainingLifeDays, lines, charges } = order;
  const text = JSON.stringify([networkId, customerReference, country, position ?? null, minRemainingLifeDays, lines, charges], (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value);
  return createHash('sha256').update(text).digest();
}

@Injectable()
export class OrderStore {
  constructor(private readonly database: Database) {}

  /** The order of this reference. Whoever takes the same one at the same time waits here. */
  async lockReference(tx: Queries, merchantId: string, reference: string): Promise<OrderRow | undefined> {
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`order ${merchantId} ${reference}`]);
    const [row] = await tx.query<OrderRow>(`select ${ORDER} from orders o where o.merchant_organization_id = $1 and o.merchant_reference = $2`, [merchantId, reference]);
    return row;
  }

  add(tx: Writes, order: OrderRow, source: SourceRow | undefined, lines: readonly LineRow[], charges: readonly ChargeRow[]): void {
    tx.send(
      `insert into orders (order_id, code, network_id, merchant_organization_id, merchant_reference, content_hash, customer_reference, country, latitude_e6, longitude_e6,
                           min_remaining_life_days, phase, sourcing, source, ordered_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
      [
        ...[order.orderId, order.code, order.networkId, order.merchantId, order.merchantReference, order.contentHash, order.customerReference, order.country],
        ...[order.latitudeE6, order.longitudeE6, order.minRemainingLifeDays, order.phase, JSON.stringify(order.sourcing), source ? JSON.stringify(source) : null, date(order.orderedAt)],
      ],
    );
    tx.send(
      `insert into order_lines (order_id, line, item_id, unit, ordered_code, ordered, reserved, backordered, unit_price_amount, currency)
       select $1, l, i, u, c, n, r, b, p, m
         from unnest($2::integer[], $3::uuid[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::text[]) as s (l, i, u, c, n, r, b, p, m)`,
      [
        order.orderId,
        lines.map((l) => l.line),
        lines.map((l) => l.itemId),
        lines.map((l) => l.unit),
        lines.map((l) => l.orderedCode),
        lines.map((l) => l.ordered),
        lines.map((l) => l.reserved),
        lines.map((l) => l.backordered),
        lines.map((l) => l.unitPriceAmount),
        lines.map((l) => l.currency),
      ],
    );
    if (charges.length === 0) return;
    tx.send(
      `insert into order_charges (order_id, line, kind, code, description, quantity, unit_price_amount, currency, reason)
       select $1, l, k, c, d, q, p, m, r from unnest($2::integer[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::text[], $9::text[]) as s (l, k, c, d, q, p, m, r)`,
      [
        order.orderId,
        charges.map((c) => c.line),
        charges.map((c) => c.kind),
        charges.map((c) => c.code),
        charges.map((c) => c.description),
        charges.map((c) => c.quantity),
        charges.map((c) => c.unitPriceAmount),
        charges.map((c) => c.currency),
        charges.map((c) => c.reason),
      ],
    );
  }

  /** The order, locked, if the viewer is party to it. */
  async lock(tx: Queries, viewer: Viewer, orderId: string): Promise<OrderRow | undefined> {
    const [row] = await tx.query<OrderRow>(`select ${ORDER} from orders o where o.order_id = $3 and ${SEEN} for no key update`, [viewer.organizationId, viewer.system, orderId]);
    return row;
  }

  /** Locks the orders, in the order of their ids. */
  async lockAll(tx: Queries, orderIds: readonly string[]): Promise<void> {
    await tx.query('select 1 from orders where order_id = any($1::uuid[]) order by order_id for no key update', [orderIds]);
  }

  /** Those of these orders of which nothing is left. */
  async cancelledWhole(tx: Queries, orderIds: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await tx.query<{ orderId: string }>(`select order_id as "orderId" from orders where order_id = any($1::uuid[]) and phase = 'cancelled'`, [orderIds]);
    return new Set(rows.map(({ orderId }) => orderId));
  }

  /** What names the orders. */
  heads(tx: Queries, orderIds: readonly string[]): Promise<readonly Pick<OrderRow, 'orderId' | 'code' | 'merchantId'>[]> {
    return tx.query(`select order_id as "orderId", code, merchant_organization_id as "merchantId" from orders where order_id = any($1::uuid[])`, [orderIds]);
  }

  linesOf(queries: Queries | undefined, orderIds: readonly string[]): Promise<readonly LineRow[]> {
    return (queries ?? this.database).query<LineRow>(`select ${LINE} from order_lines l join items i using (item_id) where l.order_id = any($1::uuid[]) order by l.order_id, l.line`, [orderIds]);
  }

  chargesOf(queries: Queries | undefined, orderIds: readonly string[]): Promise<readonly (ChargeRow & { readonly orderId: string })[]> {
    return (queries ?? this.database).query(
      `select order_id as "orderId", line, kind, code, description, quantity, unit_price_amount as "unitPriceAmount", currency, reason
         from order_charges where order_id = any($1::uuid[]) order by order_id, line`,
      [orderIds],
    );
  }

  async find(viewer: Viewer, orderId: string): Promise<OrderRow | undefined> {
    const [row] = await this.database.query<OrderRow>(`select ${ORDER} from orders o where o.order_id = $3 and ${SEEN}`, [viewer.organizationId, viewer.system, orderId]);
    return row;
  }

  async byCode(viewer: Viewer, code: string): Promise<OrderRow | undefined> {
    const [row] = await this.database.query<OrderRow>(`select ${ORDER} from orders o where o.code = $3 and ${SEEN}`, [viewer.organizationId, viewer.system, code]);
    return row;
  }

  list(viewer: Viewer, after: string | undefined, limit: number): Promise<readonly OrderRow[]> {
    return this.database.query<OrderRow>(`select ${ORDER} from orders o where o.order_id > $3 and ${SEEN} order by o.order_id limit $4`, [
      viewer.organizationId,
      viewer.system,
      after ?? BEFORE_ALL,
      limit,
    ]);
  }

  /** Open lines of a customer's orders of an item, the latest first, without a lock. */
  openLinesOf(tx: Queries, merchantId: string, networkId: string, customerReference: string, itemIds: readonly string[]): Promise<readonly (OpenLine & { readonly itemId: string })[]> {
    return tx.query(
      `select l.order_id as "orderId", l.item_id as "itemId", ${COUNTS} from order_lines l join orders o using (order_id)
        where o.merchant_organization_id = $1 and o.network_id = $2 and o.customer_reference = $3 and l.item_id = any($4::uuid[]) and l.reserved + l.backordered > 0
        order by o.ordered_at desc, o.order_id desc, l.line`,
      [merchantId, networkId, customerReference, itemIds],
    );
  }

  /** Lines that wait for these goods, the oldest order first. The rows of their keys are locked, so nobody else promises them meanwhile. */
  waiting(tx: Queries, keys: readonly { readonly ownerId: string; readonly itemId: string }[]): Promise<readonly WaitingLine[]> {
    return tx.query<WaitingLine>(
      `select l.order_id as "orderId", o.code, o.network_id as "networkId", o.merchant_organization_id as "merchantId", l.item_id as "itemId", l.unit, ${COUNTS},
              o.min_remaining_life_days as "minRemainingLifeDays", o.sourcing
         from order_lines l join orders o using (order_id)
        where l.backordered > 0 and (o.merchant_organization_id, l.item_id) in (select * from unnest($1::uuid[], $2::uuid[]))
        order by o.ordered_at, l.order_id, l.line`,
      [keys.map((k) => k.ownerId), keys.map((k) => k.itemId)],
    );
  }

  /** Moves counts of lines: what is added to reserved, backordered, cancelled and picked; sums of one line's changes are added up. */
  change(tx: Writes, changes: readonly LineChange[]): void {
    if (changes.length === 0) return;
    tx.send(
      `update order_lines l set reserved = l.reserved + s.reserved, backordered = l.backordered + s.backordered, cancelled = l.cancelled + s.cancelled, picked = l.picked + s.picked
         from (select o, n, sum(r)::bigint as reserved, sum(b)::bigint as backordered, sum(c)::bigint as cancelled, sum(p)::bigint as picked
                 from unnest($1::uuid[], $2::integer[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[]) as s (o, n, r, b, c, p) group by o, n) s
        where l.order_id = s.o and l.line = s.n`,
      [
        changes.map((c) => c.orderId),
        changes.map((c) => c.line),
        changes.map((c) => c.reserved ?? 0n),
        changes.map((c) => c.backordered ?? 0n),
        changes.map((c) => c.cancelled ?? 0n),
        changes.map((c) => c.picked ?? 0n),
      ],
    );
  }

  /** Sets the phases that follow from the lines: nothing left, or something promised anew. Where goods are on their way out, picking says the phase. */
  settlePhases(tx: Writes, orderIds: readonly string[]): void {
    if (orderIds.length === 0) return;
    tx.send(
      `update orders o set phase = s.phase
         from (select l.order_id, case when sum(l.ordered) = sum(l.cancelled) then 'cancelled'
                                       when sum(l.reserved) = 0 then 'received'
                                       when sum(l.staged) = sum(l.reserved) then 'staged'
                                       when sum(l.packed) = sum(l.reserved) then 'packed'
                                       when sum(l.picked) = sum(l.reserved) then 'picked'
                                       when sum(l.picked) > 0 or bool_or(exists (select 1 from pick_tasks t where t.order_id = l.order_id and t.line = l.line and t.phase = 'ready')) then 'released'
                                       else 'reserved' end as phase
                 from order_lines l where l.order_id = any($1::uuid[]) group by l.order_id) s
        where o.order_id = s.order_id and o.phase <> s.phase`,
      [orderIds],
    );
  }
}

/** What a line's counts change by. */
export interface LineChange {
  readonly orderId: string;
  readonly line: number;
  readonly reserved?: bigint;
  readonly backordered?: bigint;
  readonly cancelled?: bigint;
  readonly picked?: bigint;
}
