import { join } from 'node:path';
import pg from 'pg';
import type { KafkaSettings } from '@naru/platform/config';
import { readerUrl } from '@naru/platform/provision';
import { findCluster, startCluster } from '@naru/postgres/cluster';
import { Fault } from '../launcher/faults.js';
import { type Home, type LastRun, lastRun, openHome } from '../launcher/home.js';
import type { Query } from './verify.js';

export interface Connection {
  readonly home: Home;
  readonly database: string;
  /** Where the bus of the last run is; absent for the embedded one. */
  readonly kafka: KafkaSettings | undefined;
  /** Reads every schema, changes none. */
  readonly query: Query;
  /** Superuser's URL into the database. */
  readonly adminUrl: string;
}

/** The home of this clone and its last run. */
export function knownRun(): { readonly home: Home; readonly run: LastRun } {
  const home = openHome();
  const run = lastRun(home);
  if (!run) throw new Fault('there is no data yet: run npm start first');
  return { home, run };
}

/** Runs `fn` on the database of this clone, beside a running system or, with a PostgreSQL of its own meanwhile, without one. */
export async function withDatabase<T>(fn: (connection: Connection) => Promise<T>): Promise<T> {
  const { home, run } = knownRun();
  const dataDir = join(home.folder, 'postgres');
  const running = await findCluster(dataDir);
  const own = running ? undefined : await startCluster({ dataDir });
  const cluster = running ?? own!;
  for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]] as const) process.once(signal, () => void (own?.stop() ?? Promise.resolve()).then(() => process.exit(code)));
  const pool = new pg.Pool({ connectionString: readerUrl({ adminUrl: cluster.adminUrl, database: run.database, secret: home.secrets.roles }), max: 2 });
  pool.on('error', () => {}); // a lost idle connection is replaced; a lost busy one fails its query
  const admin = new URL(cluster.adminUrl);
  admin.pathname = `/${run.database}`;
  try {
    return await fn({ home, database: run.database, kafka: run.kafka, adminUrl: admin.toString(), query: async <Row>(text: string, values: readonly unknown[] = []) => (await pool.query(text, values as unknown[])).rows as Row[] });
  } finally {
    await pool.end();
    await own?.stop();
  }
}
