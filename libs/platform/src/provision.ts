import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import pg from 'pg';

/** What an administrator gives a service: its schema and its two roles. */
export interface Provisioned {
  /** Login of the service, `<schema>_app`. */
  readonly databaseUrl: string;
  /** Login that may act as `<schema>_owner`, for migrations. */
  readonly migrateUrl: string;
}

const MIGRATOR = 'naru_migrator';
const READER = 'naru_reader';
const NAME = /^[a-z][a-z0-9_]*$/;
const BUS_SCHEMA = new URL('../bus/schema.sql', import.meta.url);

/** The password of a role: derived, so that nobody has to keep one per role. */
function passwordOf(secret: string, role: string): string {
  return createHmac('sha256', secret).update(role).digest('base64url');
}

function urlFor(adminUrl: string, database: string, role: string, secret: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  url.username = role;
  url.password = passwordOf(secret, role);
  return url.toString();
}

async function withClient<T>(url: string, fn: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await fn(client);
  } finally {
    await client.end();
  }
}

async function ensureRole(client: pg.Client, role: string, options: string): Promise<void> {
  const { rowCount } = await client.query('select 1 from pg_roles where rolname = $1', [role]);
  await client.query(`${rowCount ? 'alter' : 'create'} role ${role} ${options}`);
}

/** Makes the roles of `schemas`, once per cluster. A password that `passwords` does not give is derived from `secret`. */
export async function provisionRoles(options: { adminUrl: string; schemas: readonly string[]; secret: string; passwords?: ReadonlyMap<string, string> }): Promise<void> {
  const { schemas, secret, passwords } = options;
  const quoted = (role: string): string => pg.escapeLiteral(passwords?.get(role) ?? passwordOf(secret, role));
  for (const schema of schemas) if (!NAME.test(schema)) throw new RangeError(`not a schema name: ${schema}`);
  await withClient(options.adminUrl, async (client) => {
    await ensureRole(client, MIGRATOR, `login noinherit password ${quoted(MIGRATOR)}`);
    await ensureRole(client, READER, `login password ${quoted(READER)}`);
    for (const schema of schemas) {
      await ensureRole(client, `${schema}_owner`, 'nologin');
      await ensureRole(client, `${schema}_app`, `login noinherit password ${quoted(`${schema}_app`)}`);
      await client.query(`grant ${schema}_owner to ${MIGRATOR} with inherit false, set true`);
      const limits = { statement_timeout: '15s', lock_timeout: '10s', idle_in_transaction_session_timeout: '20s' };
      for (const [name, value] of Object.entries(limits)) await client.query(`alter role ${schema}_app set ${name} = '${value}'`);
    }
  });
}

/**
 * Makes a database with a schema per service, each on roles of its own that can touch no other, and the schema `bus`.
 * What exists already stays.
 */
export async function provisionDatabase(options: { adminUrl: string; database: string; schemas: readonly string[]; secret: string }): Promise<ReadonlyMap<string, Provisioned>> {
  const { adminUrl, database, schemas, secret } = options;
  if (!NAME.test(database)) throw new RangeError(`not a database name: ${database}`);
  await withClient(adminUrl, async (client) => {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [database]);
    if (!rowCount) await client.query(`create database ${database}`);
  });
  const inside = new URL(adminUrl);
  inside.pathname = `/${database}`;
  await withClient(inside.toString(), async (client) => {
    await client.query('begin');
    await client.query('revoke create on schema public from public');
    for (const schema of schemas) {
      await client.query(`create schema if not exists ${schema} authorization ${schema}_owner`);
      await client.query(`grant usage on schema ${schema} to ${schema}_app, ${READER}`);
      await client.query(`alter default privileges for role ${schema}_owner in schema ${schema} grant select, insert on tables to ${schema}_app`);
      await client.query(`alter default privileges for role ${schema}_owner in schema ${schema} grant usage on sequences to ${schema}_app`);
      await client.query(`alter default privileges for role ${schema}_owner in schema ${schema} grant select on tables to ${READER}`);
    }
    await client.query(await readFile(BUS_SCHEMA, 'utf8'));
    await client.query('commit');
  });
  return new Map(schemas.map((schema) => [schema, { databaseUrl: urlFor(adminUrl, database, `${schema}_app`, secret), migrateUrl: urlFor(adminUrl, database, MIGRATOR, secret) }]));
}

/** A login that reads every schema and changes none: `naru verify` and analysts. */
export function readerUrl(options: { adminUrl: string; database: string; secret: string }): string {
  return urlFor(options.adminUrl, options.database, READER, options.secret);
}
