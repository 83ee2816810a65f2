import pg from 'pg';
import type { RelayOptions, RelaySession } from '../relay.js';

/** Consumers listen here; the payload is a topic. */
export const BUS_CHANNEL = 'naru_bus';

/** Options of connections that live long and wait: no timeouts of the role, and plans that do not walk over dead rows. */
const DEDICATED = '-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0 -c transaction_timeout=0 -c enable_seqscan=off -c enable_bitmapscan=off';

/** A connection of its own for locks and LISTEN. Not through a transaction pooler: that breaks both. */
export async function dedicatedClient(url: string, schema: string, purpose: string, lost: (error: Error) => void): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    options: `-c search_path=${schema},bus,public ${DEDICATED}`,
    application_name: `naru-${schema}-${purpose}`,
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
  });
  client.on('error', lost);
  client.on('end', () => lost(new Error('connection ended')));
  await client.connect();
  return client;
}

/** A session of a relay without its way to the bus: the connection that holds the lock of the service, and its wake-ups. */
export interface LockedSession extends Pick<RelaySession, 'tryLock' | 'nudge' | 'close'> {
  readonly client: pg.Client;
  /** Notifies a channel. Waits for no flush: a lost notification costs a poll, never a fact. */
  notify(channel: string, payload: string): Promise<void>;
}

/** Opens the connection on which a relay reads the outbox of `service`. A session that lost its lock has lost its connection. */
export async function lockedSession(url: string, service: string, wake: () => void, lost: (error: Error) => void): Promise<LockedSession> {
  const nudgeChannel = `naru_outbox_${service}`;
  const client = await dedicatedClient(url, service, 'relay', lost);
  client.on('notification', wake);
  const notify = async (channel: string, payload: string): Promise<void> => {
    await client.query({ name: 'notify', text: `select set_config('synchronous_commit', 'off', true), pg_notify($1, $2)`, values: [channel, payload] });
  };
  return {
    client,
    notify,
    tryLock: async () => {
      const { rows } = await client.query<{ locked: boolean }>(`select pg_try_advisory_lock(hashtext('naru.relay'), hashtext($1)) as locked`, [service]);
      if (rows[0]!.locked) await client.query(`listen ${nudgeChannel}`);
      return rows[0]!.locked;
    },
    nudge: () => notify(nudgeChannel, ''),
    close: () => client.end(),
  };
}

/**
 * The relay of the embedded bus: rows go from the outbox to the service's log in one statement, on the connection that
 * holds the lock. A session that lost its lock has lost its connection, and with it whatever it was about to write.
 */
export function embeddedRelay(options: { readonly url: string; readonly service: string; readonly topic: string }): RelayOptions['open'] {
  const { url, service, topic } = options;
  const move = {
    name: 'move',
    text: `
      with moved as (delete from ${service}.outbox where id = any(array(select id from ${service}.outbox order by id limit $1)) returning *)
      insert into bus.${service}_log (event_id, type, key, payload, time, record_time, traceparent, tracestate)
      select event_id, type, key, payload, time, record_time, traceparent, tracestate from moved order by id`,
  };
  return async (wake, lost): Promise<RelaySession> => {
    const { client, notify, ...session } = await lockedSession(url, service, wake, lost);
    return {
      ...session,
      move: async (limit) => (await client.query({ ...move, values: [limit] })).rowCount ?? 0,
      announce: () => notify(BUS_CHANNEL, topic),
    };
  };
}
