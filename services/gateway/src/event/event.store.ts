import { Injectable } from '@nestjs/common';
import { PUBLISHERS } from '@naru/contracts/registry';
import { Database } from '@naru/platform/database';
import { type Logged, merged } from './merge.js';
import type { Offsets, Publisher } from './position.js';

interface Row {
  readonly source: Publisher;
  readonly position: bigint;
  readonly event_id: string;
  readonly type: string;
  readonly key: string;
  readonly payload: Buffer;
  readonly time: number;
  readonly record_time: number;
}

/** Records of one log in one read. */
const LIMIT = 200;

// the column list is the same for every log, so that one round trip reads them all
const READ = PUBLISHERS.map(
  (publisher, i) =>
    `(select '${publisher}' as source, position, event_id, type, key, payload, time, record_time from bus.${publisher}_log where position > $${i + 1} order by position limit ${LIMIT})`,
).join(' union all ');
const HEADS = `select ${PUBLISHERS.map((publisher) => `(select coalesce(max(position), 0) from bus.${publisher}_log) as ${publisher}`).join(', ')}`;

/** Reads the logs of the bus. Appends to a log happen one after the other, so an offset skips nothing. */
@Injectable()
export class EventStore {
  constructor(private readonly database: Database) {}

  /** Where every log ends now. */
  async heads(): Promise<Offsets> {
    const [row] = await this.database.query<Offsets>(HEADS);
    return row!;
  }

  /** The next events after `offsets`, in order; empty when there is none. */
  async after(offsets: Offsets): Promise<readonly Logged[]> {
    const rows = await this.database.query<Row>(READ, PUBLISHERS.map((publisher) => offsets[publisher]));
    const bySource = Map.groupBy(rows, (row) => row.source);
    const logs = PUBLISHERS.map((publisher) => (bySource.get(publisher) ?? []).map(toLogged).sort((a, b) => (a.position < b.position ? -1 : 1)));
    return merged(logs, LIMIT);
  }
}

function toLogged(row: Row): Logged {
  return { source: row.source, position: row.position, eventId: row.event_id, type: row.type, key: row.key, payload: row.payload, time: row.time, recordTime: row.record_time };
}
