import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrate } from '@naru/platform/migrations';
import { provisionDatabase, provisionRoles } from '@naru/platform/provision';
import { PLATFORM_MIGRATIONS } from '@naru/platform/service';
import { startCluster } from '@naru/postgres/cluster';
import { SCHEMAS, TEMPLATE, TEST_SECRET, migrationsOf } from '@naru/testing/schemas';
import { type TestDatabase, createTestDatabase } from '@naru/testing/test-database';
import { median } from './statistics.js';

/** The PostgreSQL that the rows measure on: our settings, every commit flushed. */
export interface Ground {
  /** Of the settings that decide how fast it can be. */
  readonly settings: string;
  /** A database of its own with every schema, as the launcher makes it. */
  database(): Promise<TestDatabase>;
  stop(): Promise<void>;
}

const COMMITS = 300;

export async function layGround(): Promise<Ground> {
  const folder = mkdtempSync(join(tmpdir(), 'naru-bench-'));
  const cluster = await startCluster({ dataDir: folder, temporary: true });
  process.env['NARU_TEST_DATABASE_URL'] = cluster.adminUrl;
  await provisionRoles({ adminUrl: cluster.adminUrl, schemas: SCHEMAS, secret: TEST_SECRET });
  const provisioned = await provisionDatabase({ adminUrl: cluster.adminUrl, database: TEMPLATE, schemas: SCHEMAS, secret: TEST_SECRET });
  for (const schema of SCHEMAS) await migrate({ url: provisioned.get(schema)!.migrateUrl, schema, folders: [PLATFORM_MIGRATIONS, migrationsOf(schema)] });
  return {
    settings: await settingsOf(cluster.adminUrl),
    database: createTestDatabase,
    async stop() {
      await cluster.remove();
      rmSync(folder, { recursive: true, force: true }); // as root the cluster lay elsewhere
    },
  };
}

/** The settings, and what one small commit costs on this disk. */
async function settingsOf(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; setting: string }>(
      `select name, setting from pg_settings where name in ('server_version', 'fsync', 'synchronous_commit', 'wal_sync_method', 'shared_buffers') order by name`,
    );
    const settings = rows.map(({ name, setting }) => `${name} ${setting}`).join(', ');
    if (!settings.includes('fsync on') || !settings.includes('synchronous_commit on')) throw new Error(`commits are not durable here: ${settings}`);
    await client.query('create table commits (n integer)');
    const times: number[] = [];
    for (let n = 0; n < COMMITS; n++) {
      const from = performance.now();
      await client.query('insert into commits values ($1)', [n]);
      times.push(performance.now() - from);
    }
    await client.query('drop table commits');
    return `${settings}, one commit ${median(times).toFixed(2)} ms`;
  } finally {
    await client.end();
  }
}
