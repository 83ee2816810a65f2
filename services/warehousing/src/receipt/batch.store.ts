import { Injectable } from '@nestjs/common';
import type { BusinessDay, Instant } from '@naru/kernel/instant';
import { date } from '@naru/platform/database';
import type { Queries, Writes } from '../queries.js';
import type { KnownBatch } from './batch.js';

export interface BatchKey {
  readonly ownerId: string;
  readonly itemId: string;
  readonly batch: string;
}

export interface NewBatch extends BatchKey {
  readonly expiresOn?: BusinessDay;
}

export function batchKey({ ownerId, itemId, batch }: BatchKey): string {
  return `${ownerId}/${itemId}/${batch}`;
}

const columnsOf = (batches: readonly BatchKey[]): unknown[] => [batches.map((b) => b.ownerId), batches.map((b) => b.itemId), batches.map((b) => b.batch)];

const INSERT = `
  insert into batches (owner_organization_id, item_id, batch, expires_on, first_received_at)
  select owner, item, batch, expires_on, $5 from unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[]) as b (owner, item, batch, expires_on) order by owner, item, batch
  on conflict do nothing returning batch`;

/** The production batches in stock, with their dates. */
@Injectable()
export class BatchStore {
  /** Those of the batches that are known, by `batchKey`. */
  async find(tx: Queries, keys: readonly BatchKey[]): Promise<ReadonlyMap<string, KnownBatch>> {
    if (keys.length === 0) return new Map();
    const rows = await tx.query<BatchKey & { readonly expiresOn: string | null }>(
      `select b.owner_organization_id as "ownerId", b.item_id as "itemId", b.batch, b.expires_on::text as "expiresOn"
         from batches b join unnest($1::uuid[], $2::uuid[], $3::text[]) as k (owner_organization_id, item_id, batch)
           using (owner_organization_id, item_id, batch)`,
      columnsOf(keys),
    );
    return new Map(rows.map((row) => [batchKey(row), { batch: row.batch, ...(row.expiresOn === null ? {} : { expiresOn: row.expiresOn }) }]));
  }

  /**
   * Keeps batches that are not known yet; false when others have made a dated one of them meanwhile, whose date may be another. A batch without a date
   * says nothing about one that has it.
   */
  async keep(tx: Queries & Writes, batches: readonly NewBatch[], at: Instant): Promise<boolean> {
    const rows = [...new Map(batches.map((batch) => [batchKey(batch), batch])).values()];
    const dated = rows.filter((row) => row.expiresOn !== undefined);
    const undated = rows.filter((row) => row.expiresOn === undefined);
    const made = dated.length === 0 ? [] : await tx.query(INSERT, [...columnsOf(dated), dated.map((row) => row.expiresOn), date(at)]);
    if (undated.length > 0) tx.send(INSERT, [...columnsOf(undated), undated.map(() => null), date(at)]);
    return made.length === dated.length;
  }
}
