import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '@naru/platform/migrations';
import { provisionDatabase, provisionRoles } from '@naru/platform/provision';
import { PLATFORM_MIGRATIONS } from '@naru/platform/service';
import { startCluster } from '@naru/postgres/cluster';
import { openRunFolder } from './kafka/broker.js';
import { SCHEMAS, TEMPLATE, TEST_SECRET, migrationsOf } from './schemas.js';

/**
 * One PostgreSQL per run, with a template database that holds every schema migrated. Durability is off: tests do not pull the plug.
 * Kafka is started by the first spec that asks for it.
 */
export default async function setup(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'naru-test-'));
  chmodSync(dataDir, 0o755); // as root PostgreSQL runs as another user, who must get in
  const cluster = await startCluster({ dataDir, temporary: true, settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } });
  Object.assign(globalThis, { cluster, clearKafka: openRunFolder(mkdtempSync(join(tmpdir(), 'naru-test-kafka-'))) });
  process.env['NARU_TEST_DATABASE_URL'] = cluster.adminUrl;
  await provisionRoles({ adminUrl: cluster.adminUrl, schemas: SCHEMAS, secret: TEST_SECRET });
  const provisioned = await provisionDatabase({ adminUrl: cluster.adminUrl, database: TEMPLATE, schemas: SCHEMAS, secret: TEST_SECRET });
  for (const schema of SCHEMAS) await migrate({ url: provisioned.get(schema)!.migrateUrl, schema, folders: [PLATFORM_MIGRATIONS, migrationsOf(schema)] });
}
