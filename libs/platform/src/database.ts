import { AsyncLocalStorage } from 'node:async_hooks';
import { DataSource, type EntityManager, type EntitySchema, type MixedList } from 'typeorm';
import type { PoolClient } from 'pg';
import pg from 'pg';

/** A running transaction. Queries run in order on one connection. */
export interface Transaction {
  /** Rows of a statement. `bigint` columns come as bigint, `timestamptz` as epoch milliseconds; pass instants as `date(at)`. */
  query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>;
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

const INT8 = 20;
const TIMESTAMPTZ = 1184;
const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === INT8) return BigInt;
    if (oid === TIMESTAMPTZ) return (text: string) => Date.parse(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'));
    return pg.types.getTypeParser(oid, format) as (value: string) => unknown;
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
const MAX_ATTEMPTS = 6;
/** Statements beyond this number are not prepared by name: no text may be built at run time without bound. */
const MAX_NAMED = 1000;

export function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
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
      extra: { max: options.poolSize, types, options: `-c search_path=${options.schema},bus,public`, application_name: `naru-${options.schema}`, keepAlive: true },
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
    return { text, values: values as unknown[], ...(name ? { name } : {}) };
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
      let savepoints = 0;
      const tx: Transaction = {
        query: async <Row>(text: string, values: readonly unknown[] = []) => (await client.query(this.#statement(text, values))).rows as Row[],
        savepoint: async (inner) => {
          const name = `p${++savepoints}`;
          await client.query(`savepoint ${name}`);
          try {
            const result = await inner();
            await client.query(`release savepoint ${name}`);
            return result;
          } catch (error) {
            await client.query(`rollback to savepoint ${name}`);
            throw error;
          }
        },
        afterCommit: (action) => void actions.push(action),
        manager: runner.manager,
      };
      await client.query('begin');
      let result: T;
      try {
        result = await running.run(inside, () => fn(tx));
      } catch (error) {
        inside.open = false;
        await client.query('rollback').catch(() => {}); // a lost connection has rolled back by itself
        throw error;
      }
      inside.open = false;
      await client.query('commit');
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
