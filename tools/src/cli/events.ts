import pg from 'pg';
import { PUBLISHERS } from '@naru/contracts/registry';
import { ApiClient } from '../api/client.js';
import { followEvents } from '../api/events.js';
import { OPERATOR_CLIENT } from '../launcher/accounts.js';
import { isAlive, lastRun, openHome } from '../launcher/home.js';
import { eventLine } from '../launcher/event-line.js';
import type { Connection } from './connection.js';

export interface ParkedKeyRow {
  readonly consumer: string;
  readonly key: string;
  readonly events: number;
  readonly since: string;
  readonly error: string;
}

/** Prints the public stream of events, a line each. Needs a running system. */
export async function tailEvents(options: { fromBeginning?: boolean; limit?: number; json?: boolean }): Promise<void> {
  const home = openHome();
  const run = lastRun(home);
  if (!run || !isAlive(run.pid)) throw new Error('no system runs from this clone: run npm start first');
  const client = new ApiClient(run.url, { clientId: OPERATOR_CLIENT, clientSecret: home.secrets.operator });
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  let left = options.limit ?? Infinity;
  await followEvents({
    url: run.url,
    token: () => client.token(),
    ...(options.fromBeginning ? { fromBeginning: true } : {}),
    signal: stop.signal,
    onEvent: (event) => {
      if (left-- <= 0) return;
      console.log(options.json ? JSON.stringify(event) : eventLine(event, 'Asia/Seoul'));
      if (left <= 0) stop.abort();
    },
  });
}

export async function listParked({ query }: Connection): Promise<ParkedKeyRow[]> {
  const lists = await Promise.all(
    PUBLISHERS.map((service) =>
      query<{ consumer: string; key: string; events: string; since: Date; error: string }>(
        `select k.consumer, k.key, k.since, k.error, (select count(*) from ${service}.parked p where p.consumer = k.consumer and p.key = k.key) as events from ${service}.parked_key k order by k.since`,
      ),
    ),
  );
  return lists.flat().map((row) => ({ ...row, events: Number(row.events), since: row.since.toISOString() }));
}

/** Asks a consumer to take its parked keys (or one of them) again; how many it was asked for. */
export async function replayParked({ adminUrl }: Connection, consumer: string, key: string | undefined): Promise<number> {
  if (!(PUBLISHERS as readonly string[]).includes(consumer)) throw new Error(`there is no consumer ${consumer}; there are ${PUBLISHERS.join(', ')}`);
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query(`update ${consumer}.parked_key set next_at = clock_timestamp() where $1::text is null or key = $1`, [key ?? null]);
    return rowCount ?? 0;
  } finally {
    await client.end();
  }
}
