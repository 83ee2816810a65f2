import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { TestDatabase } from '@naru/testing/test-database';

/** A copy of a database that may be broken by hand. */
export interface ScratchDatabase {
  /**
   * Changes rows as a superuser whom neither triggers nor foreign keys stop, and gives what `look` sees. Nothing of it stays.
   */
  broken<T>(statements: readonly string[], look: (query: Query) => Promise<T>): Promise<T>;
  drop(): Promise<void>;
}

export type Query = <Row>(text: string, values?: readonly unknown[]) => Promise<Row[]>;

/** Copies `database`, to which nobody may be connected but its test. */
export async function scratchCopyOf(database: TestDatabase): Promise<ScratchDatabase> {
  const name = `${database.name}_scratch`.slice(0, 50) + randomBytes(2).toString('hex');
  const admin = new URL(database.adminUrl);
  admin.pathname = '/postgres';
  const cluster = new pg.Client({ connectionString: admin.toString() });
  await cluster.connect();
  await cluster.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [database.name]);
  await cluster.query(`create database ${name} template ${database.name}`);
  const inside = new URL(admin);
  inside.pathname = `/${name}`;
  const client = new pg.Client({ connectionString: inside.toString() });
  await client.connect();
  await client.query(`set session_replication_role = replica`);
  const query: Query = async <Row>(text: string, values: readonly unknown[] = []) => (await client.query(text, values as unknown[])).rows as Row[];
  return {
    async broken(statements, look) {
      await client.query('begin');
      try {
        for (const statement of statements) await client.query(statement);
        return await look(query);
      } finally {
        await client.query('rollback');
      }
    },
    async drop() {
      await client.end();
      await cluster.query(`drop database ${name} with (force)`);
      await cluster.end();
    },
  };
}
