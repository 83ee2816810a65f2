import pg from 'pg';
import { PUBLISHERS } from '@naru/contracts/registry';
import { Fault } from '../launcher/faults.js';
import { plainTable } from '../text/plain-table.js';
import type { Query } from './verify.js';

export interface ParkedKeyRow {
  readonly consumer: string;
  readonly key: string;
  /** Events that wait, the one that failed included. */
  readonly events: number;
  readonly since: string;
  readonly error: string;
}

/** Keys whose events could not be consumed, the oldest first. */
export async function listParked(query: Query): Promise<readonly ParkedKeyRow[]> {
  const lists = await Promise.all(
    PUBLISHERS.map((service) =>
      query<{ consumer: string; key: string; events: string; since: Date; error: string }>(
        `select k.consumer, k.key, k.since, k.error, (select count(*) from ${service}.parked p where p.consumer = k.consumer and p.key = k.key) as events from ${service}.parked_key k`,
      ),
    ),
  );
  return lists.flat().map((row) => ({ ...row, events: Number(row.events), since: row.since.toISOString() })).sort((a, b) => (a.since < b.since ? -1 : 1));
}

export function parkedText(parked: readonly ParkedKeyRow[]): string {
  if (parked.length === 0) return 'nothing is parked';
  const rows = parked.map(({ consumer, key, events, since }) => [consumer, key, events, since]);
  return [
    plainTable(['consumer', 'key', 'events', 'since'], rows, ['left', 'left', 'right', 'left']),
    '',
    ...parked.map(({ consumer, key, error }) => `${consumer} ${key}: ${error.split('\n')[0]}`),
    '',
    'naru events replay <consumer> [key] takes them again, in order',
  ].join('\n');
}

/** Asks a consumer to take its parked keys (or one of them) again; the keys that it was asked for. */
export async function replayParked(adminUrl: string, consumer: string, key: string | undefined): Promise<readonly string[]> {
  if (!(PUBLISHERS as readonly string[]).includes(consumer)) throw new Fault(`there is no consumer ${consumer}; there are ${PUBLISHERS.join(', ')}`);
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ key: string }>(`update ${consumer}.parked_key set next_at = clock_timestamp() where $1::text is null or key = $1 returning key`, [key ?? null]);
    if (key !== undefined && rows.length === 0) throw new Fault(`${consumer} has not parked ${key}: naru events parked lists what it has`);
    return rows.map((row) => row.key).sort();
  } finally {
    await client.end();
  }
}

/** What was asked for; without a running system it is done once one runs. */
export function replayText(keys: readonly string[], consumer: string, running: boolean): string {
  if (keys.length === 0) return `${consumer} has parked nothing`;
  const what = `${keys.length === 1 ? 'one key' : `${keys.length} keys`} of ${consumer}`;
  return running ? `${what} will be taken again within a second; naru events parked shows what stays` : `${what} will be taken again at the next npm start`;
}
