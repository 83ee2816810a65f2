import { AsyncLocalStorage } from 'node:async_hooks';
import type { Writable } from 'node:stream';
import { DataSource, type EntityManager, type EntitySchema, type MixedList } from 'typeorm';
import type { PoolClient } from 'pg';
import pg from 'pg';
import { arrayParameter } from './array-parameter.js';

/** A running transaction. Queries run in order on one connection. */
export interface Transaction {
  /** Rows of a statement. `bigint` columns come as bigint, `timestamptz` as epoch milliseconds; pass instants as `date(at)`. */
  query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /**
   * Sends a statement whose answer nobody needs, and does not wait for it: the next one follows it on the wire. If it fails, so does
   * the savepoint or the transaction that it was sent in, with its error.
   */
  send(text: string, values?: readonly unknown[]): void;
  /** Runs `fn` so that its failure undoes only what it did, and passes the failure on. */
  savepoint<T>(fn: () => Promise<T>): Promise<T>;
  /** Runs once the commit is durable; never when the transaction fails. Must not throw. */
  afterCommit(action: () => void): void;
  /** TypeORM on the same connection. */
  readonly manager: EntityManager;
}

/** An instant as a parameter for a `timestamptz` column. */
export function date(at: number): Date {
  return new Date(at);
}

export interface DatabaseOptions {
  /** `postgres://user:password@host:port/database` */
  readonly url: string;
  /** The service's schema; first in the search path. */
  readonly schema: string;
  readonly poolSize: number;
  readonly entities?: MixedList<(new () => object) | EntitySchema>;
  readonly random?: () => number;
}

/** Epoch milliseconds of `2022-06-23 05:00:00.123456+00`; NaN for infinity. */
function instantOf(text: string): number {
  const offset = text.at(-3);
  const whole = offset === '+' || offset === '-' ? `${text}:00` : text;
  return Date.parse(`${whole.slice(0, 10)}T${whole.slice(11)}`);
}

const INT8 = 20;
const TIMESTAMPTZ = 1184;
const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): unknown {
    if (oid === INT8) return BigInt;
    if (oid === TIMESTAMPTZ) return instantOf;
    return pg.types.getTypeParser(oid, format);
  },
};

/**
 * The transaction that the running code is part of. A command that held one connection of the pool and waited for a second
 * one would wait for ever once as many commands as the pool has connections do the same, so it is told at the first time.
 */
const running = new AsyncLocalStorage<{ open: boolean }>();

function refuseInside(what: string): void {
  if (running.getStore()?.open) throw new Error(`${what} beside the running transaction takes a second connection of the pool: use the transaction's own query`);
}

/** SQLSTATEs after which the same transaction may succeed. */
const RETRIABLE = new Set(['40001', '40P01']);
/** Of a statement in a transaction that an earlier one has broken. */
const BROKEN = '25P02';
const MAX_ATTEMPTS = 6;
/** Statements beyond this number are not prepared by name: no text may be built at run time without bound. */
const MAX_NAMED = 1000;

export function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/**
 * Statements of a transaction whose answers nobody waits for. PostgreSQL answers in order: once a later statement has its answer,
 * these have theirs. By callback, because a fault of the parameters is then known at once.
 */
class Unawaited {
  readonly #client: PoolClient;
  readonly #sent: { failure: Error | undefined }[] = [];

  constructor(client: PoolClient) {
    this.#client = client;
  }

  /** How many were sent and not forgotten. */
  get length(): number {
    return this.#sent.length;
  }

  /** The first failure known so far. */
  get failure(): Error | undefined {
    return this.#sent.find(({ failure }) => failure !== undefined)?.failure;
  }

  send(statement: pg.QueryConfig): void {
    const entry: { failure: Error | undefined } = { failure: undefined };
    this.#sent.push(entry);
    // Held back until this turn of the event loop is over: what follows goes out in the same packet.
    const { stream } = (this.#client as unknown as { readonly connection: { readonly stream: Writable } }).connection; // there, but not in its types
    stream.cork();
    process.nextTick(() => stream.uncork());
    this.#client.query(statement, (error: Error | null) => void (entry.failure ??= error ?? undefined));
  }

  /** Forgets those sent since there were `length`. Gives what stands behind `error`, which may only say that the transaction was broken already. */
  forget(length: number, error: unknown): unknown {
    const first = this.#sent.splice(length).find(({ failure }) => failure !== undefined)?.failure;
    return first === undefined || (sqlState(error) ?? BROKEN) !== BROKEN ? error : first;
  }
}

/** The database of one service: a pool on its own role and schema. */
export class Database {
  readonly #source: DataSource;
  readonly #names = new Map<string, string>();
  readonly #random: () => number;

  private constructor(source: DataSource, random: () => number) {
    this.#source = source;
    this.#random = random;
  }

  static async connect(options: DatabaseOptions): Promise<Database> {
    const source = new DataSource({
      type: 'postgres',
      url: options.url,
      schema: options.schema,
      entities: options.entities ?? [],
      poolErrorHandler: () => {}, // a lost idle connection is replaced by the pool; a lost busy one fails its query
      extra: { max: options.poolSize, types, options: `-c search_path=${options.schema},bus,public`, application_name: `naru-${options.schema}`, keepAlive: true, pipeline: true },
    });
    await source.initialize();
    return new Database(source, options.random ?? Math.random);
  }

  get source(): DataSource {
    return this.#source;
  }

  #statement(text: string, values: readonly unknown[]) {
    let name = this.#names.get(text);
    if (!name && this.#names.size < MAX_NAMED) this.#names.set(text, (name = `s${this.#names.size}`));
    const parameters = values.map((value) => (Array.isArray(value) ? (arrayParameter(value) ?? (value as unknown)) : value));
    return { text, values: parameters, ...(name ? { name } : {}) };
  }

  /** Rows of one statement outside any transaction of ours. */
  async query<Row = Record<string, unknown>>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    refuseInside('a query');
    const runner = this.#source.createQueryRunner();
    try {
      const client = (await runner.connect()) as PoolClient;
      return (await client.query(this.#statement(text, values))).rows as Row[];
    } finally {
      await runner.release();
    }
  }

  /**
   * Runs `fn` in a transaction (read committed) and commits. Serialization failures and deadlocks are tried again,
   * so `fn` may run several times and must keep nothing outside its transaction.
   */
  async transaction<T>(fn: (tx: Transaction) => Promise<T>): Promise<T> {
    refuseInside('a transaction');
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(fn);
      } catch (error) {
        if (attempt >= MAX_ATTEMPTS || !RETRIABLE.has(sqlState(error) ?? '')) throw error;
        await new Promise((resolve) => setTimeout(resolve, this.#random() * 10 * 2 ** attempt));
      }
    }
  }

  async #attempt<T>(fn: (tx: Transaction) => Promise<T>): Promise<T> {
    const runner = this.#source.createQueryRunner();
    const actions: (() => void)[] = [];
    const inside = { open: true };
    try {
      const client = (await runner.connect()) as PoolClient;
      const unawaited = new Unawaited(client);
      let savepoints = 0;
      const tx: Transaction = {
        query: async <Row>(text: string, values: readonly unknown[] = []) => (await client.query(this.#statement(text, values))).rows as Row[],
        send: (text, values = []) => unawaited.send(this.#statement(text, values)),
        savepoint: async (inner) => {
          const name = `p${++savepoints}`;
          const begun = unawaited.length;
          unawaited.send({ text: `savepoint ${name}` });
          try {
            const result = await inner();
            unawaited.send({ text: `release savepoint ${name}` });
            return result;
          } catch (error) {
            await client.query(`rollback to savepoint ${name}`);
            throw unawaited.forget(begun, error);
          }
        },
        afterCommit: (action) => void actions.push(action),
        manager: runner.manager,
      };
      unawaited.send({ text: 'begin' });
      let result: T;
      try {
        result = await running.run(inside, () => fn(tx));
        if (unawaited.failure !== undefined) throw unawaited.failure;
      } catch (error) {
        inside.open = false;
        await client.query('rollback').catch(() => {}); // a lost connection has rolled back by itself
        throw unawaited.forget(0, error);
      }
      inside.open = false;
      const { command } = await client.query('commit');
      if (command !== 'COMMIT') throw unawaited.forget(0, new Error('the transaction went on after one of its statements had failed'));
      for (const action of actions) action();
      return result;
    } finally {
      await runner.release();
    }
  }

  async close(): Promise<void> {
    await this.#source.destroy();
  }
}
