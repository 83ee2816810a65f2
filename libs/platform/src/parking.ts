import { Bell, backOffMs } from './bus/bell.js';
import type { BusRecord } from './bus/port.js';
import { isRetriable } from './bus/retriable.js';
import type { LogLine } from './config.js';
import type { Database, Transaction } from './database.js';

/** A key whose events wait until their first can be taken. */
export interface ParkedKey {
  readonly key: string;
  readonly since: number;
  /** Times it was tried after it was parked. */
  readonly attempts: number;
  /** When it is tried again by itself; undefined: only by replay. */
  readonly nextAt: number | undefined;
  readonly error: string;
  readonly events: bigint;
  /** The event that could not be taken. */
  readonly firstEvent: { readonly id: string; readonly type: string };
}

export interface Replay {
  readonly key: string;
  /** Events that took effect. */
  readonly replayed: number;
  /** Why the rest could not; undefined when the key is free again. */
  readonly error: string | undefined;
}

export interface ParkingOptions {
  readonly database: Pick<Database, 'query' | 'transaction'>;
  readonly group: string;
  readonly service: string;
  readonly effect: (record: BusRecord, tx: Transaction) => Promise<void>;
  readonly log: (line: LogLine) => void;
  readonly random?: () => number;
  /** Pause before the first try. */
  readonly firstRetryMs?: number;
  /** How often it looks whether a try is due. */
  readonly lookMs?: number;
}

interface ParkedRow {
  readonly seq: bigint;
  readonly event_id: string;
  readonly topic: string;
  readonly position: bigint;
  readonly type: string;
  readonly source: string;
  readonly key: string;
  readonly payload: Buffer;
  readonly time: number;
  readonly record_time: number;
  readonly traceparent: string | null;
  readonly tracestate: string | null;
}

/** Tries by itself, ever more rarely: about ten minutes in all with the first after a second. */
const TRIES = 10;
const MOST_PAUSE_MS = 300_000;

/**
 * Asks the running consumers of a service to try `key` (or all keys) again: for operators, who have no handlers.
 * `database` is the service's; gives the keys asked for.
 */
export async function requestReplay(database: Pick<Database, 'query'>, key?: string): Promise<readonly string[]> {
  const rows = await database.query<{ key: string }>('update parked_key set next_at = clock_timestamp() where $1::text is null or key = $1 returning key', [key ?? null]);
  return rows.map((row) => row.key);
}

/** Where events wait whose key could not go on. */
export class Parking {
  readonly #options: ParkingOptions;
  readonly #bell = new Bell();
  #running: Promise<void> | undefined;
  #stopping = false;

  constructor(options: ParkingOptions) {
    this.#options = options;
  }

  async list(): Promise<readonly ParkedKey[]> {
    const rows = await this.#options.database.query<{
      key: string; since: number; attempts: number; next_at: number | null; error: string; events: bigint; event_id: string; type: string;
    }>(
      `select k.key, k.since, k.attempts, k.next_at, k.error, p.events, p.event_id, p.type
       from parked_key k cross join lateral (
         select event_id, type, count(*) over () as events from parked where consumer = k.consumer and key = k.key order by seq limit 1) p
       where k.consumer = $1 order by k.since, k.key`,
      [this.#options.group],
    );
    return rows.map(({ next_at, event_id, type, ...row }) => ({ ...row, nextAt: next_at ?? undefined, firstEvent: { id: event_id, type } }));
  }

  /** Tries `key`, or every parked key, again now: the events of a key in their order, in one transaction. */
  async replay(key?: string): Promise<readonly Replay[]> {
    const { database, group } = this.#options;
    const keys = await database.query<{ key: string }>('select key from parked_key where consumer = $1 and ($2::text is null or key = $2) order by since, key', [group, key ?? null]);
    const replays: Replay[] = [];
    for (const row of keys) replays.push(await this.#replay(row.key));
    return replays;
  }

  /** Which of `keys` are parked; they stay so until `tx` ends. */
  async heldKeys(tx: Transaction, keys: readonly string[]): Promise<readonly string[]> {
    const rows = await tx.query<{ key: string }>('select key from parked_key where consumer = $1 and key = any($2) order by key for update', [this.#options.group, keys]);
    return rows.map((row) => row.key);
  }

  /** Parks the key of `record`, which could not be taken. */
  async park(tx: Transaction, record: BusRecord, error: unknown): Promise<void> {
    const { group } = this.#options;
    await tx.query(
      `insert into parked_key (consumer, key, next_at, error) values ($1, $2, clock_timestamp() + $3::float8 * interval '1 ms', $4) on conflict (consumer, key) do nothing`,
      [group, record.key, this.#pauseMs(0), textOf(error)],
    );
    await this.append(tx, [record]);
  }

  /** Puts `records` behind the parked ones of their keys. */
  async append(tx: Transaction, records: readonly BusRecord[]): Promise<void> {
    if (records.length === 0) return;
    await tx.query(
      `insert into parked (consumer, key, event_id, topic, position, type, source, payload, time, record_time, traceparent, tracestate)
       select $1, key, event_id, topic, position, type, source, payload, to_timestamp(time / 1000), to_timestamp(record_time / 1000), traceparent, tracestate
       from unnest($2::text[], $3::uuid[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::bytea[], $9::float8[], $10::float8[], $11::text[], $12::text[])
         with ordinality e (key, event_id, topic, position, type, source, payload, time, record_time, traceparent, tracestate, place)
       order by place`,
      [
        this.#options.group,
        records.map((record) => record.key),
        records.map((record) => record.id),
        records.map((record) => record.topic),
        records.map((record) => record.offset),
        records.map((record) => record.type),
        records.map((record) => record.source),
        records.map((record) => Buffer.from(record.payload)),
        records.map((record) => record.time),
        records.map((record) => record.recordTime),
        records.map((record) => record.traceparent ?? null),
        records.map((record) => record.tracestate ?? null),
      ],
    );
  }

  /** Begins to try again by itself. */
  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#bell.ring();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { database, group, log, service, lookMs = 1_000 } = this.#options;
    while (!this.#stopping) {
      try {
        const due = await database.query<{ key: string }>('select key from parked_key where consumer = $1 and next_at <= clock_timestamp() order by next_at', [group]);
        for (const { key } of due) if (!this.#stopping) await this.#replay(key);
      } catch (error) {
        log({ level: 'warn', service, message: 'parked events were not tried', error: String(error) });
      }
      await this.#bell.wait(lookMs);
    }
  }

  /** A consumer that meets the key meanwhile waits for its lock, finds the key free, and goes on behind. */
  async #replay(key: string): Promise<Replay> {
    const { database, group, effect, log, service } = this.#options;
    const replay = await database.transaction(async (tx): Promise<Replay> => {
      const [held] = await tx.query<{ attempts: number }>('select attempts from parked_key where consumer = $1 and key = $2 for update', [group, key]);
      if (!held) return { key, replayed: 0, error: undefined };
      const rows = await tx.query<ParkedRow>('select * from parked where consumer = $1 and key = $2 order by seq', [group, key]);
      const done: bigint[] = [];
      let error: string | undefined;
      for (const row of rows) {
        try {
          await tx.savepoint(() => checked(tx, () => effect(toRecord(row), tx)));
          done.push(row.seq);
        } catch (failure) {
          if (isRetriable(failure)) throw failure;
          error = textOf(failure);
          break;
        }
      }
      await tx.query('delete from parked where consumer = $1 and key = $2 and seq = any($3)', [group, key, done]);
      if (error === undefined) await tx.query('delete from parked_key where consumer = $1 and key = $2', [group, key]);
      else {
        const attempts = held.attempts + 1;
        await tx.query(
          `update parked_key set attempts = $3, error = $4, next_at = clock_timestamp() + $5::float8 * interval '1 ms' where consumer = $1 and key = $2`,
          [group, key, attempts, error, attempts < TRIES ? this.#pauseMs(attempts) : null],
        );
      }
      return { key, replayed: done.length, error };
    });
    log({ level: replay.error ? 'warn' : 'info', service, message: 'parked events were tried again', ...replay });
    return replay;
  }

  #pauseMs(attempts: number): number {
    return backOffMs(attempts + 1, this.#options.firstRetryMs ?? 1_000, MOST_PAUSE_MS, this.#options.random ?? Math.random);
  }
}

/** Runs `fn` and checks now what the database would check at the commit, so that the failure falls on its cause. */
export async function checked(tx: Transaction, fn: () => Promise<void>): Promise<void> {
  await fn();
  await tx.query('set constraints all immediate');
  await tx.query('set constraints all deferred');
}

function textOf(error: unknown): string {
  return (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, 2_000);
}

function toRecord(row: ParkedRow): BusRecord {
  return {
    topic: row.topic, offset: row.position, id: row.event_id, type: row.type, source: row.source, key: row.key, payload: row.payload,
    time: row.time, recordTime: row.record_time, traceparent: row.traceparent ?? undefined, tracestate: row.tracestate ?? undefined,
  };
}
