import { randomBytes } from 'node:crypto';
import { PUBLISHERS } from '@naru/contracts/registry';
import pg from 'pg';
import { Database } from '../database.js';
import { migrate } from '../migrations.js';
import { platformMigrations, readBusSchema } from './schema.js';

/** A database of one spec, with a schema and a role per service, as the launcher makes them. */
export interface SpecDatabase {
  /** Where `service` logs in with its own role. */
  url(service: string): string;
  connect(service: string, poolSize?: number): Promise<Database>;
  /** Rows of a statement as the administrator. */
  admin(text: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  drop(): Promise<void>;
}

/** Roles belong to the whole server, and other specs make them at the same time. */
async function makeRole(client: pg.Client, role: string): Promise<void> {
  await client.query(`do $$ begin create role ${role}; exception when duplicate_object or unique_violation then null; end $$`);
}

/** Makes a database on the server of `NARU_TEST_DATABASE_URL` (a superuser's URL) with the shell's tables for `services`. */
export async function specDatabase(services: readonly string[]): Promise<SpecDatabase> {
  const server = process.env['NARU_TEST_DATABASE_URL'];
  if (!server) throw new Error('NARU_TEST_DATABASE_URL must name a PostgreSQL for tests');
  const name = `spec_${randomBytes(6).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  const onServer = async (text: string): Promise<void> => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    try {
      await client.query(text);
    } finally {
      await client.end();
    }
  };
  await onServer(`create database ${name}`);
  const urlOf = (user?: string): string => {
    const url = new URL(server);
    url.pathname = `/${name}`;
    if (user) Object.assign(url, { username: user, password });
    return url.href;
  };
  const loginOf = (service: string): string => `${name}_${service}`;

  const client = new pg.Client({ connectionString: urlOf() });
  client.on('error', () => {}); // the end of the database ends it too
  await client.connect();
  for (const service of new Set([...PUBLISHERS, ...services])) {
    await makeRole(client, `${service}_owner`);
    await makeRole(client, `${service}_app`);
  }
  await client.query(await readBusSchema());
  for (const service of services) {
    // a login of this spec alone that acts as the service's role: passwords of shared roles stay as they are
    await client.query(`
      create role ${loginOf(service)} login password '${password}' in role ${service}_app;
      alter role ${loginOf(service)} in database ${name} set role = '${service}_app';
      create schema ${service} authorization ${service}_owner;
      grant usage on schema ${service} to ${service}_app;
      alter default privileges for role ${service}_owner in schema ${service} grant select, insert on tables to ${service}_app;`);
    await migrate({ url: urlOf(), schema: service, folders: [platformMigrations] });
  }

  return {
    url: (service) => urlOf(loginOf(service)),
    connect: (service, poolSize = 4) => Database.connect({ url: urlOf(loginOf(service)), schema: service, poolSize }),
    admin: async (text, values = []) => (await client.query(text, values as unknown[])).rows as Record<string, unknown>[],
    async drop() {
      await client.end();
      await onServer(`drop database ${name} with (force)`);
      for (const service of services) await onServer(`drop role ${loginOf(service)}`);
    },
  };
}
