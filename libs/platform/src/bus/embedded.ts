import type pg from 'pg';
import { topicOf } from '@naru/contracts/registry';
import type { LogLine } from '../config.js';
import type { Database } from '../database.js';
import { Bell, backOffMs } from './bell.js';
import { Lane, type LaneStore } from './lane.js';
import { BUS_CHANNEL, dedicatedClient } from './outbox-session.js';
import type { Bus, BusRecord, Lag, NewRecord, Subscription } from './port.js';
import { shuffledByKey } from './shuffled.js';

export interface EmbeddedBusOptions {
  readonly database: Pick<Database, 'query' | 'transaction'>;
  /** The same database: one connection of its own for LISTEN and locks. */
  readonly url: string;
  readonly service: string;
  readonly log: (line: LogLine) => void;
  /** Records per batch. */
  readonly batch?: number;
  /** How long a record may wait when its announcement was lost. */
  readonly pollMs?: number;
  readonly random?: () => number;
  /** Delivers different keys in an order drawn from here, as a bus with partitions may. Tests only. */
  readonly shuffle?: () => number;
}

interface Row {
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

interface Session {
  readonly client: pg.Client;
  readonly over: AbortController;
  /** The statement that runs on the connection: they go one after the other. */
  last: Promise<unknown>;
}

const MOST_BACK_OFF_MS = 5_000;

/** `naru.auction.v1` → `auction`. The name becomes part of a table's name. */
function publisherOf(topic: string): string {
  const [, publisher] = /^naru\.([a-z]+)\.v1$/.exec(topic) ?? [];
  if (!publisher) throw new Error(`${topic} is no topic`);
  return publisher;
}

/**
 * The bus kept in PostgreSQL (bus/schema.sql). A log has its appends one after the other, so a cursor over it skips nothing.
 * One instance of a group consumes a topic at a time, held by a lock of the LISTEN connection.
 */
export class EmbeddedBus implements Bus {
  readonly #options: EmbeddedBusOptions;
  readonly #lanes: Lane[] = [];
  readonly #cancel = new AbortController();
  readonly #closing = new AbortController();
  #session: Session | undefined;
  #connecting: Promise<void> | undefined;

  constructor(options: EmbeddedBusOptions) {
    this.#options = options;
  }

  async publish(batch: readonly NewRecord[]): Promise<void> {
    const topics = Map.groupBy(batch, (record) => record.topic);
    await this.#options.database.transaction(async (tx) => {
      for (const [topic, records] of topics) {
        await tx.query(
          `insert into bus.${publisherOf(topic)}_log (event_id, type, key, payload, time, record_time, traceparent, tracestate)
           select event_id, type, key, payload, to_timestamp(time / 1000), to_timestamp(record_time / 1000), traceparent, tracestate
           from unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::float8[], $6::float8[], $7::text[], $8::text[])
             with ordinality e (event_id, type, key, payload, time, record_time, traceparent, tracestate, place)
           order by place`,
          [
            records.map((record) => record.id),
            records.map((record) => record.type),
            records.map((record) => record.key),
            records.map((record) => Buffer.from(record.payload)),
            records.map((record) => record.time),
            records.map((record) => record.recordTime),
            records.map((record) => record.traceparent ?? null),
            records.map((record) => record.tracestate ?? null),
          ],
        );
      }
    });
    for (const topic of topics.keys()) await this.#options.database.query('select pg_notify($1, $2)', [BUS_CHANNEL, topic]);
  }

  async subscribe(subscription: Subscription): Promise<void> {
    const { batch = 300, pollMs = 500, random = Math.random, shuffle, log, service } = this.#options;
    for (const topic of subscription.topics) {
      const lane = new Lane({
        topic,
        subscription,
        bell: new Bell(),
        batch,
        pollMs,
        random,
        reorder: shuffle && ((records) => shuffledByKey(records, shuffle)),
        warn: (message, error) => log({ level: 'warn', service, message, error: String(error) }),
      });
      this.#lanes.push(lane);
      if (this.#session) this.#begin(lane, this.#session);
    }
    this.#connecting ??= this.#connect();
  }

  /** Whether every lane sleeps: none takes records or has heard of new ones. */
  get idle(): boolean {
    return this.#lanes.every((lane) => lane.bell.asleep);
  }

  /**
   * Where the logs that are read here, and the service's own, end; undefined while its outbox holds facts or a record is not consumed.
   * Services that give the same ends are settled together: a fact that went from one to another between two looks has moved an end.
   */
  async settledAt(): Promise<ReadonlyMap<string, bigint> | undefined> {
    const { database, service } = this.#options;
    // offsets before the look: an effect that they count has its facts in the outbox then, or on the log
    const consumed = await Promise.all(this.#lanes.map(async (lane) => [lane.topic, lane.offset ?? (await this.#readCursor(lane))] as const));
    const topics = [...new Set([topicOf(service), ...consumed.map(([topic]) => topic)])];
    const ends = topics.map((topic, i) => `(select coalesce(max(position), 0) from bus.${publisherOf(topic)}_log) as end${i}`);
    const [row] = await database.query<{ published: boolean } & Record<string, bigint>>(`select not exists (select from outbox) as published, ${ends.join(', ')}`);
    const logs = new Map(topics.map((topic, i) => [topic, row![`end${i}`]!]));
    return row!.published && consumed.every(([topic, offset]) => offset >= logs.get(topic)!) ? logs : undefined;
  }

  async lag(): Promise<readonly Lag[]> {
    if (this.#lanes.length === 0) return [];
    const counts = this.#lanes.map(({ topic }, i) => `select $${3 * i + 1} as "group", $${3 * i + 2} as topic, count(*) as records from bus.${publisherOf(topic)}_log
      where position > coalesce($${3 * i + 3}::bigint, (select position from bus.cursors where role = current_user and consumer_group = $${3 * i + 1} and topic = $${3 * i + 2}), 0)`);
    return this.#options.database.query<Lag>(counts.join(' union all '), this.#lanes.flatMap(({ group, topic, offset }) => [group, topic, offset ?? null]));
  }

  async health(): Promise<void> {
    await this.#options.database.query('select 1');
    if (this.#lanes.length > 0 && !this.#session) throw new Error('the bus is not connected');
  }

  async close(deadlineMs: number): Promise<void> {
    this.#closing.abort();
    for (const lane of this.#lanes) lane.bell.ring();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, deadlineMs)));
    await Promise.race([Promise.all(this.#lanes.map((lane) => lane.ended())), late]);
    clearTimeout(timer);
    this.#cancel.abort();
    await Promise.allSettled(this.#lanes.map((lane) => lane.flush())); // what is not stored comes again and meets the inbox
    this.#session?.over.abort();
    await this.#connecting;
  }

  /** Keeps one session up; a lost one ends its lanes, which go on in the next. */
  async #connect(): Promise<void> {
    const { url, service, log, random = Math.random } = this.#options;
    for (let failures = 0; !this.#closing.signal.aborted; ) {
      const over = new AbortController();
      const ended = new Promise<void>((resolve) => over.signal.addEventListener('abort', () => resolve()));
      let client: pg.Client | undefined;
      try {
        client = await dedicatedClient(url, service, 'bus', (error) => over.abort(error));
        client.on('notification', ({ payload }) => {
          for (const lane of this.#lanes) if (lane.topic === payload) lane.bell.ring();
        });
        await client.query(`listen ${BUS_CHANNEL}`);
        const session: Session = { client, over, last: Promise.resolve() };
        this.#session = session;
        failures = 0;
        for (const lane of this.#lanes) this.#begin(lane, session);
        if (this.#cancel.signal.aborted) over.abort(); // closed while it connected
        await ended;
        if (!this.#closing.signal.aborted) log({ level: 'warn', service, message: 'the bus lost its connection', error: String(over.signal.reason) });
      } catch (error) {
        failures++;
        log({ level: 'warn', service, message: 'the bus cannot connect', error: String(error), failures });
      } finally {
        this.#session = undefined;
        over.abort();
        for (const lane of this.#lanes) lane.bell.ring();
        await client?.end().catch(() => {}); // it may have ended by itself
      }
      if (!this.#closing.signal.aborted) await new Promise((resolve) => setTimeout(resolve, backOffMs(failures, 50, MOST_BACK_OFF_MS, random)));
    }
  }

  #begin(lane: Lane, session: Session): void {
    lane.run(this.#storeOf(lane, session), AbortSignal.any([session.over.signal, this.#closing.signal]), this.#cancel.signal);
  }

  #readCursor = async (lane: Lane): Promise<bigint> => {
    const [row] = await this.#options.database.query<{ position: bigint }>(
      'select position from bus.cursors where role = current_user and consumer_group = $1 and topic = $2',
      [lane.group, lane.topic],
    );
    return row?.position ?? 0n;
  };

  #storeOf(lane: Lane, session: Session): LaneStore {
    const { database } = this.#options;
    const publisher = publisherOf(lane.topic);
    const select = `
      select position, event_id, type, key, payload, time, record_time, traceparent, tracestate
      from bus.${publisher}_log where position > $1 order by position limit $2`;
    return {
      tryLock: async () => {
        const ask = (): Promise<pg.QueryResult<{ locked: boolean }>> =>
          session.client.query(`select pg_try_advisory_lock(hashtext('naru.lane'), hashtext($1)) as locked`, [`${lane.group} ${lane.topic}`]);
        const answer = session.last.then(ask);
        session.last = answer.catch(() => {});
        return (await answer).rows[0]!.locked;
      },
      readCursor: () => this.#readCursor(lane),
      read: async (offset, limit) => (await database.query<Row>(select, [offset, limit])).map((row) => toRecord(row, lane.topic, publisher)),
      writeCursor: async (offset) => {
        await database.query(
          `insert into bus.cursors (consumer_group, topic, position) values ($1, $2, $3)
           on conflict (role, consumer_group, topic) do update set position = greatest(cursors.position, excluded.position), moved_at = clock_timestamp()`,
          [lane.group, lane.topic, offset],
        );
      },
    };
  }
}

function toRecord(row: Row, topic: string, source: string): BusRecord {
  return {
    topic,
    offset: row.position,
    id: row.event_id,
    type: row.type,
    source,
    key: row.key,
    payload: row.payload,
    time: row.time,
    recordTime: row.record_time,
    traceparent: row.traceparent ?? undefined,
    tracestate: row.tracestate ?? undefined,
  };
}
