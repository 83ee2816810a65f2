import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { type Provisioned, provisionDatabase, readerUrl } from '@naru/platform/provision';
import { SCHEMAS, TEMPLATE, TEST_SECRET } from './schemas.js';

/** A database of one test file: a copy of the migrated template. */
export interface TestDatabase {
  readonly name: string;
  /** A superuser's URL into it, for what a test looks at or breaks by hand. */
  readonly adminUrl: string;
  readonly readerUrl: string;
  readonly services: ReadonlyMap<string, Provisioned>;
  /** Rows as the superuser. */
  query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

function clusterUrl(): string {
  const url = process.env['NARU_TEST_DATABASE_URL'];
  if (!url) throw new Error('NARU_TEST_DATABASE_URL is not set: run the tests with npm test');
  return url;
}

async function administer(text: string): Promise<void> {
  const client = new pg.Client({ connectionString: clusterUrl() });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(`create database ${name} template ${TEMPLATE}`);
  const services = await provisionDatabase({ adminUrl: clusterUrl(), database: name, schemas: SCHEMAS, secret: TEST_SECRET });
  const inside = new URL(clusterUrl());
  inside.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: inside.toString(), max: 4 });
  pool.on('error', () => {}); // a test may end every connection to its database; the pool makes new ones
  return {
    name,
    adminUrl: inside.toString(),
    readerUrl: readerUrl({ adminUrl: clusterUrl(), database: name, secret: TEST_SECRET }),
    services,
    query: async <Row>(text: string, values: readonly unknown[] = []) => (await pool.query(text, values as unknown[])).rows as Row[],
    drop: async () => {
      await pool.end();
      await administer(`drop database ${name} with (force)`);
    },
  };
}
