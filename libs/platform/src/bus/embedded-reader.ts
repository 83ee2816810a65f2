import { PUBLISHERS, topicOf } from '@naru/contracts/registry';
import type { LogLine } from '../config.js';
import type { Database } from '../database.js';
import { type Bell, backOffMs, pause } from './bell.js';
import { BUS_CHANNEL, dedicatedClient } from './outbox-session.js';
import { BusReader, type LoggedRecord, type Positions, type Slice } from './reader.js';

export interface EmbeddedReaderOptions {
  readonly database: Pick<Database, 'query'>;
  /** The same database: one connection of its own for LISTEN. */
  readonly url: string;
  readonly service: string;
  readonly log: (line: LogLine) => void;
}

interface Row {
  readonly source: string;
  readonly position: bigint;
  readonly event_id: string;
  readonly type: string;
  readonly key: string;
  readonly payload: Buffer;
  readonly time: number;
  readonly record_time: number;
  readonly traceparent: string | null;
  readonly tracestate: string | null;
}

const FIRST_BACK_OFF_MS = 50;
const MOST_BACK_OFF_MS = 5_000;

// the column list is the same for every log, so that one round trip reads them all
const READ = PUBLISHERS.map(
  (publisher, i) =>
    `(select '${publisher}' as source, position, event_id, type, key, payload, time, record_time, traceparent, tracestate from bus.${publisher}_log where position > $${i + 2} order by position limit $1)`,
).join(' union all ');
const HEADS = `select ${PUBLISHERS.map((publisher) => `(select coalesce(max(position), 0) from bus.${publisher}_log) as ${publisher}`).join(', ')}`;

/**
 * Reads the logs of the embedded bus: one partition each. Appends to a log happen one after the other, so a position skips nothing.
 * One connection hears announcements for all who ring; while it is lost they live by their own looks.
 */
export class EmbeddedReader extends BusReader {
  readonly #options: EmbeddedReaderOptions;
  readonly #bells = new Set<Bell>();
  readonly #stopping = new AbortController();
  #listening: Promise<void> | undefined;

  constructor(options: EmbeddedReaderOptions) {
    super();
    this.#options = options;
  }

  async heads(): Promise<Positions> {
    const [row] = await this.#options.database.query<Record<string, bigint>>(HEADS);
    return new Map(PUBLISHERS.map((publisher) => [topicOf(publisher), [row![publisher]!]]));
  }

  async after(positions: Positions, limit: number): Promise<readonly Slice[]> {
    const rows = await this.#options.database.query<Row>(READ, [limit, ...PUBLISHERS.map((publisher) => positions.get(topicOf(publisher))?.[0] ?? 0n)]);
    const logs = [...Map.groupBy(rows, (row) => row.source).values()];
    return logs.map((log) => ({ records: log.map(toLogged).sort((a, b) => (a.offset < b.offset ? -1 : 1)), hasMore: log.length === limit }));
  }

  ring(bell: Bell): () => void {
    this.#listening ??= this.#listen();
    this.#bells.add(bell);
    return () => void this.#bells.delete(bell);
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#listening;
  }

  async #listen(): Promise<void> {
    const { url, service, log } = this.#options;
    const stopping = this.#stopping.signal;
    for (let failures = 0; !stopping.aborted; ) {
      const over = new AbortController();
      const ended = new Promise<void>((resolve) => AbortSignal.any([over.signal, stopping]).addEventListener('abort', () => resolve(), { once: true }));
      try {
        const client = await dedicatedClient(url, service, 'events', (error) => over.abort(error));
        client.on('notification', () => this.#announce());
        try {
          await client.query(`listen ${BUS_CHANNEL}`);
          failures = 0;
          this.#announce(); // what came while nobody listened
          if (!stopping.aborted) await ended;
        } finally {
          await client.end().catch(() => {}); // it may have ended by itself
        }
        if (!stopping.aborted) log({ level: 'warn', service, message: 'the stream of events lost its connection', error: String(over.signal.reason) });
      } catch (error) {
        failures++;
        log({ level: 'warn', service, message: 'the stream of events cannot listen', error: String(error), failures });
      }
      await pause(backOffMs(failures, FIRST_BACK_OFF_MS, MOST_BACK_OFF_MS, Math.random), stopping);
    }
  }

  #announce(): void {
    for (const bell of this.#bells) bell.ring();
  }
}

function toLogged(row: Row): LoggedRecord {
  return {
    topic: topicOf(row.source),
    partition: 0,
    offset: row.position,
    id: row.event_id,
    type: row.type,
    source: row.source,
    key: row.key,
    payload: row.payload,
    time: row.time,
    recordTime: row.record_time,
    traceparent: row.traceparent ?? undefined,
    tracestate: row.tracestate ?? undefined,
  };
}
