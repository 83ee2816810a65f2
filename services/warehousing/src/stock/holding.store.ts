import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Instant } from '@naru/kernel/instant';
import { date } from '@naru/platform/database';
import type { LocationKind } from '../centre/centre.js';
import type { Queries, Writes } from '../queries.js';
import type { Promised } from './holding.js';
import type { Quantity } from './ledger.js';

/** A batch of an owner in a centre. */
export interface BatchThere {
  readonly centreId: string;
  readonly ownerId: string;
  readonly itemId: string;
  readonly batch: string;
}

/** The row of a file that says that goods are lost. */
export interface WriteOffSource {
  readonly file: string;
  readonly line: number;
  readonly raw: string;
}

export interface WriteOffRow extends Quantity {
  readonly writeOffId: string;
}

const KEY = 'owner_organization_id = $1 and item_id = $2 and batch = $3 and centre_id = $4';
const keyOf = ({ ownerId, itemId, batch, centreId }: BatchThere): readonly unknown[] => [ownerId, itemId, batch, centreId];
const hashOf = (raw: string): Buffer => createHash('sha256').update(raw).digest();

/** Holds and write-offs, and what decides on them. */
@Injectable()
export class HoldingStore {
  /** Locks the locations where something of the batch lies, in the order of ids; gives them. Balances come after locations in the order of locks. */
  async lockLocations(tx: Queries, there: BatchThere): Promise<ReadonlySet<string>> {
    const rows = await tx.query<{ locationId: string }>(
      `select location_id as "locationId" from locations
        where location_id in (select location_id from stock_balances where ${KEY} and account = 'location' and count > 0) order by location_id for no key update`,
      keyOf(there),
    );
    return new Set(rows.map((row) => row.locationId));
  }

  async kinds(tx: Queries, locationIds: readonly string[]): Promise<ReadonlyMap<string, LocationKind>> {
    const rows = await tx.query<{ locationId: string; kind: LocationKind }>(`select location_id as "locationId", kind from locations where location_id = any($1::uuid[])`, [
      locationIds,
    ]);
    return new Map(rows.map((row) => [row.locationId, row.kind]));
  }

  /** What the centre can promise of the batch, by unit of measure; locked. */
  async lockPromised(tx: Queries, there: BatchThere): Promise<ReadonlyMap<string, Promised>> {
    const rows = await tx.query<Promised & { readonly unit: string }>(
      `select unit, on_hand as "onHand", reserved from promisable_stock where ${KEY} order by unit for no key update`,
      keyOf(there),
    );
    return new Map(rows.map(({ unit, onHand, reserved }) => [unit, { onHand, reserved }]));
  }

  /** The events behind what lies there of the batch: its receipts, holds and write-offs, the latest ten in their order. */
  async why(tx: Queries, there: BatchThere): Promise<readonly string[]> {
    const rows = await tx.query<{ eventId: string }>(
      `select event_id as "eventId" from (
         select event_id, received_at as at from receipts where holder_organization_id = $1 and item_id = $2 and batch = $3 and centre_id = $4 and event_id is not null
         union all select event_id, held_at from stock_holds where ${KEY}
         union all select event_id, written_off_at from stock_write_offs where ${KEY}
       ) facts group by event_id order by max(at) desc, event_id desc limit 10`,
      keyOf(there),
    );
    return rows.map((row) => row.eventId).reverse();
  }

  hold(tx: Writes, holdId: string, there: BatchThere, reason: string, eventId: string, at: Instant): void {
    tx.send(
      `insert into stock_holds (owner_organization_id, item_id, batch, centre_id, hold_id, reason, event_id, held_at) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [...keyOf(there), holdId, reason, eventId, date(at)],
    );
  }

  /** Closes the holds of the batch; gives the first of them. */
  async release(tx: Queries, there: BatchThere, at: Instant): Promise<string | undefined> {
    const rows = await tx.query<{ holdId: string }>(`update stock_holds set released_at = $5 where ${KEY} and released_at is null returning hold_id as "holdId"`, [
      ...keyOf(there),
      date(at),
    ]);
    return rows.map((row) => row.holdId).sort()[0];
  }

  /** What the row has written off already. Until the commit nobody else asks for the same row. */
  async writtenOffBy(tx: Queries, ownerId: string, source: WriteOffSource): Promise<WriteOffRow | undefined> {
    await tx.query(`select pg_advisory_xact_lock(hashtextextended('write-off of ' || $1::text || ' by ' || $2 || ':' || $3::int, 0))`, [ownerId, source.file, source.line]);
    const [row] = await tx.query<WriteOffRow>(
      `select write_off_id as "writeOffId", count, grams from stock_write_offs
        where owner_organization_id = $1 and source_file = $2 and source_line = $3 and source_hash = $4`,
      [ownerId, source.file, source.line, hashOf(source.raw)],
    );
    return row;
  }

  writeOff(tx: Writes, row: WriteOffRow & { readonly unit: string }, there: BatchThere, reason: string, source: WriteOffSource | undefined, eventId: string, at: Instant): void {
    tx.send(
      `insert into stock_write_offs (owner_organization_id, item_id, batch, centre_id, write_off_id, unit, count, grams, reason, event_id, written_off_at,
                                     source_file, source_line, source_raw, source_hash)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
      [
        ...keyOf(there),
        ...[row.writeOffId, row.unit, row.count, row.grams, reason, eventId, date(at)],
        ...(source ? [source.file, source.line, source.raw, hashOf(source.raw)] : [null, null, null, null]),
      ],
    );
  }

  /** Takes lost weight off the locked locations. */
  lighten(tx: Writes, grams: ReadonlyMap<string, bigint>): void {
    tx.send(
      `update locations l set occupied_grams = l.occupied_grams - g.grams from unnest($1::uuid[], $2::bigint[]) as g (location_id, grams) where l.location_id = g.location_id`,
      [[...grams.keys()], [...grams.values()]],
    );
  }
}
