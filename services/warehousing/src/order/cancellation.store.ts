import { Injectable } from '@nestjs/common';
import type { Instant } from '@naru/kernel/instant';
import { Database, date } from '@naru/platform/database';
import { BEFORE_ALL, type Queries, type Viewer, type Writes } from '../queries.js';
import type { SourceRow } from './order.store.js';

export interface CancellationLineRow {
  readonly line: number;
  readonly orderedCode: string;
  readonly itemId: string | null;
  readonly asked: bigint;
  readonly givenBack: bigint;
  /** Why not all was given back; empty where it was. */
  readonly reason: string;
  readonly parts: readonly { readonly orderId: string; readonly line: number; readonly count: bigint }[];
}

export interface CancellationRow {
  readonly cancellationId: string;
  readonly code: string;
  readonly merchantId: string;
  readonly merchantReference: string;
  readonly contentHash: Buffer;
  readonly customerReference: string;
  readonly cancelledAt: Instant;
  readonly lines: readonly CancellationLineRow[];
}

type Head = Omit<CancellationRow, 'lines'>;

const HEAD = `
  c.cancellation_id as "cancellationId", c.code, c.merchant_organization_id as "merchantId", c.merchant_reference as "merchantReference", c.content_hash as "contentHash",
  c.customer_reference as "customerReference", c.cancelled_at as "cancelledAt"`;
/** Parameters 1 and 2 are the viewer's: the merchant, and who runs a network that one of its orders went to. */
const SEEN = `
  ($2 or c.merchant_organization_id = $1
   or exists (select 1 from network_merchants m join networks n using (network_id) where m.merchant_organization_id = c.merchant_organization_id and n.operator_organization_id = $1))`;

@Injectable()
export class CancellationStore {
  constructor(private readonly database: Database) {}

  /** The cancellation of this reference. Whoever sends the same one at the same time waits here. */
  async lockReference(tx: Queries, merchantId: string, reference: string): Promise<CancellationRow | undefined> {
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`cancellation ${merchantId} ${reference}`]);
    const heads = await tx.query<Head>(`select ${HEAD} from order_cancellations c where c.merchant_organization_id = $1 and c.merchant_reference = $2`, [merchantId, reference]);
    return (await this.#withLines(tx, heads))[0];
  }

  add(tx: Writes, row: CancellationRow, source: SourceRow | undefined): void {
    const { cancellationId, lines } = row;
    tx.send(
      `insert into order_cancellations (cancellation_id, code, merchant_organization_id, merchant_reference, content_hash, customer_reference, cancelled_at, source)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [cancellationId, row.code, row.merchantId, row.merchantReference, row.contentHash, row.customerReference, date(row.cancelledAt), source ? JSON.stringify(source) : null],
    );
    tx.send(
      `insert into order_cancellation_lines (cancellation_id, line, ordered_code, item_id, asked, given_back, reason)
       select $1, l, c, i, a, g, r from unnest($2::integer[], $3::text[], $4::uuid[], $5::bigint[], $6::bigint[], $7::text[]) as s (l, c, i, a, g, r)`,
      [
        cancellationId,
        lines.map((l) => l.line),
        lines.map((l) => l.orderedCode),
        lines.map((l) => l.itemId),
        lines.map((l) => l.asked),
        lines.map((l) => l.givenBack),
        lines.map((l) => l.reason),
      ],
    );
    const parts = lines.flatMap(({ line, parts: own }) => own.map((part) => ({ ...part, of: line })));
    if (parts.length === 0) return;
    tx.send(
      `insert into order_cancellation_parts (cancellation_id, line, order_id, order_line, count)
       select $1, l, o, n, c from unnest($2::integer[], $3::uuid[], $4::integer[], $5::bigint[]) as s (l, o, n, c)`,
      [cancellationId, parts.map((p) => p.of), parts.map((p) => p.orderId), parts.map((p) => p.line), parts.map((p) => p.count)],
    );
  }

  async find(viewer: Viewer, cancellationId: string): Promise<CancellationRow | undefined> {
    const heads = await this.database.query<Head>(`select ${HEAD} from order_cancellations c where c.cancellation_id = $3 and ${SEEN}`, [viewer.organizationId, viewer.system, cancellationId]);
    return (await this.#withLines(this.database, heads))[0];
  }

  async list(viewer: Viewer, after: string | undefined, limit: number): Promise<readonly CancellationRow[]> {
    const heads = await this.database.query<Head>(
      `select ${HEAD} from order_cancellations c where c.cancellation_id > $3 and ${SEEN} order by c.cancellation_id limit $4`,
      [viewer.organizationId, viewer.system, after ?? BEFORE_ALL, limit],
    );
    return this.#withLines(this.database, heads);
  }

  async #withLines(queries: Queries, heads: readonly Head[]): Promise<readonly CancellationRow[]> {
    if (heads.length === 0) return [];
    const ids = heads.map(({ cancellationId }) => cancellationId);
    const [lines, parts] = await Promise.all([
      queries.query<Omit<CancellationLineRow, 'parts'> & { readonly cancellationId: string }>(
        `select cancellation_id as "cancellationId", line, ordered_code as "orderedCode", item_id as "itemId", asked, given_back as "givenBack", reason
           from order_cancellation_lines where cancellation_id = any($1::uuid[]) order by cancellation_id, line`,
        [ids],
      ),
      queries.query<{ readonly cancellationId: string; readonly of: number; readonly orderId: string; readonly line: number; readonly count: bigint }>(
        `select cancellation_id as "cancellationId", line as of, order_id as "orderId", order_line as line, count
           from order_cancellation_parts where cancellation_id = any($1::uuid[]) order by cancellation_id, line, order_id, order_line`,
        [ids],
      ),
    ]);
    return heads.map((head) => ({
      ...head,
      lines: lines.filter(({ cancellationId }) => cancellationId === head.cancellationId).map(({ cancellationId, ...line }) => ({
        ...line,
        parts: parts.filter((part) => part.cancellationId === cancellationId && part.of === line.line).map(({ orderId, line: orderLine, count }) => ({ orderId, line: orderLine, count })),
      })),
    }));
  }
}
