import { Injectable } from '@nestjs/common';
import type { Instant } from '@naru/kernel/instant';
import type { Queries, Writes } from '../queries.js';

export type FactKind = 'received' | 'reserved' | 'backordered' | 'promised_again' | 'displaced' | 'cancelled';

/** What has become of an order or a line, with the event that tells of it and those that decided. */
export interface Fact {
  readonly orderId: string;
  readonly line: number | undefined;
  readonly kind: FactKind;
  readonly eventId: string | undefined;
  readonly at: Instant;
  readonly details: Readonly<Record<string, string | number>>;
  readonly why: readonly string[];
}

/** The journal of what has become of orders: why answers from it. */
@Injectable()
export class FactStore {
  add(tx: Writes, facts: readonly Fact[]): void {
    if (facts.length === 0) return;
    tx.send(
      `insert into order_facts (order_id, line, kind, event_id, at, details, why)
       select o, l, k, e, to_timestamp(t / 1000), d::jsonb, w::uuid[]
         from unnest($1::uuid[], $2::integer[], $3::text[], $4::uuid[], $5::float8[], $6::text[], $7::text[]) with ordinality as f (o, l, k, e, t, d, w, place) order by place`,
      [
        facts.map((f) => f.orderId),
        facts.map((f) => f.line ?? null),
        facts.map((f) => f.kind),
        facts.map((f) => f.eventId ?? null),
        facts.map((f) => f.at),
        facts.map((f) => JSON.stringify(f.details)),
        facts.map((f) => `{${f.why.join(',')}}`),
      ],
    );
  }

  /**
   * The events that left so little of each item: what came, what is held, what was written off and what was taken for others, the last of each. Items that nothing
   * is known of have none.
   */
  async causes(tx: Queries, ownerId: string, itemIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    if (itemIds.length === 0) return new Map();
    const rows = await tx.query<{ itemId: string; eventIds: readonly string[] }>(
      `select item_id as "itemId", array_agg(event_id::text order by at) as "eventIds" from (
         select distinct on (kind, item_id) kind, item_id, event_id, at from (
           select 'receipt' as kind, item_id, event_id, received_at as at from receipts where holder_organization_id = $1 and item_id = any($2::uuid[]) and event_id is not null
           union all
           select 'hold', item_id, event_id, held_at from stock_holds where owner_organization_id = $1 and item_id = any($2::uuid[]) and released_at is null
           union all
           select 'loss', item_id, event_id, written_off_at from stock_write_offs where owner_organization_id = $1 and item_id = any($2::uuid[])
           union all
           select 'promise', l.item_id, f.event_id, f.at from order_lines l join orders o using (order_id) join order_facts f on f.order_id = l.order_id and f.line is null and f.kind = 'reserved'
            where o.merchant_organization_id = $1 and l.item_id = any($2::uuid[]) and l.reserved > 0
         ) all_causes order by kind, item_id, at desc
       ) last_causes group by item_id`,
      [ownerId, itemIds],
    );
    return new Map(rows.map(({ itemId, eventIds }) => [itemId, eventIds]));
  }
}
