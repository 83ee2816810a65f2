import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { PUBLISHERS } from '@naru/contracts/registry';
import { SCHEMAS } from '@naru/testing/schemas';
import { type TestDatabase, createTestDatabase } from '@naru/testing/test-database';

const DENIED = '42501';
const OWN_TABLE: Readonly<Record<string, string>> = { identity: 'organizations', warehousing: 'centres', auction: 'lots', gateway: 'outbox' };

let database: TestDatabase;
const roles = new Map<string, pg.Pool>();

beforeAll(async () => {
  database = await createTestDatabase();
  for (const [name, { databaseUrl }] of database.services) roles.set(name, new pg.Pool({ connectionString: databaseUrl, max: 1 }));
});
afterAll(async () => {
  for (const pool of roles.values()) await pool.end();
  await database?.drop();
});

const codeOf = (service: string, sql: string): Promise<string | undefined> =>
  roles.get(service)!.query(sql).then(
    () => undefined,
    (error: unknown) => (error as { code: string }).code,
  );
const pairs = SCHEMAS.flatMap((service) => SCHEMAS.filter((other) => other !== service).map((other) => [service, other] as const));

describe('one schema and one role per service', () => {
  it.each(SCHEMAS)('%s reads what is its own', async (service) => expect(await codeOf(service, `select * from ${service}.${OWN_TABLE[service]} limit 1`)).toBeUndefined());

  it.each(pairs)('%s neither reads nor writes %s', async (service, other) => {
    const table = `${other}.${OWN_TABLE[other]}`;
    expect(await codeOf(service, `select * from ${table} limit 1`)).toBe(DENIED);
    expect(await codeOf(service, `delete from ${table}`)).toBe(DENIED);
    expect(await codeOf(service, `select * from ${other}.idempotency limit 1`)).toBe(DENIED);
  });

  it.each(SCHEMAS)('%s makes and drops no table, in its own schema either', async (service) => {
    expect(await codeOf(service, `create table ${service}.x (x int)`)).toBe(DENIED);
    expect(await codeOf(service, `create table public.x (x int)`)).toBe(DENIED);
    expect(await codeOf(service, `drop table ${service}.outbox`)).toBe(DENIED);
    expect(await codeOf(service, `set role ${service}_owner`)).toBe(DENIED);
  });

  it.each(pairs)('on the bus, %s reads but never writes the log of %s', async (service, other) => {
    expect(await codeOf(service, `select * from bus.${other}_log limit 1`)).toBeUndefined();
    expect(await codeOf(service, `insert into bus.${other}_log (event_id, type, key, payload, time, record_time) values (gen_random_uuid(), 't', 'k', '', now(), now())`)).toBe(DENIED);
  });

  it.each(PUBLISHERS)('%s changes nothing that was published, not even its own', async (service) => {
    expect(await codeOf(service, `update bus.${service}_log set type = 'x'`)).toBe(DENIED);
    expect(await codeOf(service, `delete from bus.${service}_log`)).toBe(DENIED);
  });

  it('journals are appended to, and never changed by their own service', async () => {
    for (const [service, table] of [['auction', 'bids'], ['warehousing', 'stock_movements'], ['warehousing', 'stock_movement_lines'], ['identity', 'audit_entries'], ['identity', 'audit_chain']] as const) {
      expect([table, await codeOf(service, `delete from ${service}.${table}`)]).toEqual([table, DENIED]);
      expect([table, await codeOf(service, `update ${service}.${table} set ${table === 'bids' ? 'price = 0' : table === 'audit_entries' ? `code = ''` : table === 'audit_chain' ? `hash = ''` : table === 'stock_movements' ? `cause = ''` : 'count = 0'}`)]).toEqual([table, DENIED]);
    }
  });

  it('a reader of everything sees no secret of identity', async () => {
    const reader = new pg.Pool({ connectionString: database.readerUrl, max: 1 });
    const denied = (sql: string): Promise<string | undefined> => reader.query(sql).then(() => undefined, (error: unknown) => (error as { code: string }).code);
    expect(await denied('select * from auction.bids limit 1')).toBeUndefined();
    expect(await denied('select password_hash from identity.users')).toBe(DENIED);
    expect(await denied('select secret_sha256 from identity.clients')).toBe(DENIED);
    expect(await denied('select * from identity.oidc')).toBe(DENIED);
    await reader.end();
  });
});
