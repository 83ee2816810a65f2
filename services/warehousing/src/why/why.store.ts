import { Injectable } from '@nestjs/common';
import type { Instant } from '@naru/kernel/instant';
import { Database } from '@naru/platform/database';
import type { Details, WhyKind } from './why.js';

/** A fact that stands behind a code. */
export interface WhyRow {
  readonly eventId: string | null;
  readonly at: Instant;
  readonly kind: WhyKind;
  readonly line: number | null;
  readonly details: Details;
}

/** Reads the facts behind orders: their own, and what happened to the goods that they name. */
@Injectable()
export class WhyStore {
  constructor(private readonly database: Database) {}

  /** The facts of an order, or of one of its lines together with those of the whole. */
  ofOrder(orderId: string, line: number | undefined): Promise<readonly (WhyRow & { readonly why: readonly string[] })[]> {
    return this.database.query(
      `select event_id as "eventId", at, kind, line, details, why::text[] as why from order_facts where order_id = $1 and ($2::integer is null or line is null or line = $2) order by fact_id`,
      [orderId, line ?? null],
    );
  }

  /** What the events are that decided: receipts, holds, losses, and promises to other orders of the same owner. */
  ofEvents(ownerId: string, eventIds: readonly string[]): Promise<readonly WhyRow[]> {
    return this.database.query<WhyRow>(
      `select event_id as "eventId", received_at as at, 'goods_received' as kind, null::integer as line,
              jsonb_build_object('code', code, 'counted', counted::text, 'expected', expected_count::text, 'findings', array_to_string(findings, ', ')) as details
         from receipts where event_id = any($2::uuid[]) and holder_organization_id = $1
       union all
       select event_id, held_at, 'stock_held', null, jsonb_build_object('batch', batch, 'reason', reason) from stock_holds where event_id = any($2::uuid[]) and owner_organization_id = $1
       union all
       select event_id, written_off_at, 'written_off', null, jsonb_build_object('batch', batch, 'count', count::text, 'reason', reason)
         from stock_write_offs where event_id = any($2::uuid[]) and owner_organization_id = $1
       union all
       select f.event_id, f.at, 'promised_to_others', null, jsonb_build_object('code', o.code, 'count', f.details->>'reserved')
         from order_facts f join orders o using (order_id) where f.event_id = any($2::uuid[]) and f.kind = 'reserved' and o.merchant_organization_id = $1
       order by at`,
      [ownerId, eventIds],
    );
  }

  async reservation(viewerId: string, system: boolean, code: string): Promise<{ readonly orderId: string | null; readonly line: number | null; readonly facts: readonly WhyRow[] } | undefined> {
    const [row] = await this.database.query<{
      orderId: string | null; line: number | null; asked: bigint; batch: string; reservedAt: Instant; closedAt: Instant | null; reason: string | null; code: string; eventId: string | null; closedEventId: string | null;
    }>(
      `select r.order_id as "orderId", r.line, r.asked, r.batch, r.reserved_at as "reservedAt", r.closed_at as "closedAt", r.closed_because as reason, r.code,
              r.event_id as "eventId", r.closed_event_id as "closedEventId" from reservations r
        where r.code = $3 and ($2 or r.owner_organization_id = $1 or exists (select 1 from networks n where n.network_id = r.network_id and n.operator_organization_id = $1))`,
      [viewerId, system, code],
    );
    if (!row) return undefined;
    const made: WhyRow = { eventId: row.eventId, at: row.reservedAt, kind: 'hold_made', line: row.line, details: { code: row.code, asked: String(row.asked), batch: row.batch } };
    const ended: WhyRow[] = row.closedAt === null ? [] : [{ eventId: row.closedEventId, at: row.closedAt, kind: 'hold_ended', line: row.line, details: { reason: row.reason ?? '' } }];
    return { orderId: row.orderId, line: row.line, facts: [made, ...ended] };
  }
}
