import type pg from 'pg';
import { crashPoint } from '../../crash-point.js';
import type { RelayOptions, RelaySession } from '../../relay.js';
import { lockedSession } from '../outbox-session.js';
import type { NewRecord } from '../port.js';
import type { KafkaClientOptions } from './client.js';
import { KafkaPublisher } from './publisher.js';

interface Row {
  readonly id: string;
  readonly event_id: string;
  readonly type: string;
  readonly key: string;
  readonly payload: Buffer;
  readonly time: Date;
  readonly record_time: Date;
  readonly traceparent: string | null;
  readonly tracestate: string | null;
}

export interface KafkaRelayOptions extends KafkaClientOptions {
  readonly url: string;
  readonly topic: string;
  readonly crashAt?: string | undefined;
}

/**
 * The relay to Kafka: the oldest rows of the outbox are sent, and deleted once all copies have them. It holds the lock of the
 * service on the connection that reads and deletes. Whatever breaks in between, the rows are there and are sent again.
 */
export function kafkaRelay(options: KafkaRelayOptions): RelayOptions['open'] {
  const { url, service, topic, crashAt } = options;
  const oldest = { name: 'oldest', text: `select id::text, event_id, type, key, payload, time, record_time, traceparent, tracestate from ${service}.outbox o order by o.id limit $1` }; // o.id: an id as text has another order
  const remove = { name: 'remove', text: `delete from ${service}.outbox where id = any($1::bigint[])` };

  return async (wake, lost): Promise<RelaySession> => {
    const { client, notify: _, close, ...session } = await lockedSession(url, service, wake, lost);
    await client.query('set synchronous_commit = off'); // a deletion that a crash undoes is sent again
    const publisher = new KafkaPublisher(options);
    const query = <R extends pg.QueryResultRow>(statement: { name: string; text: string }, value: unknown): Promise<pg.QueryResult<R>> => client.query<R>({ ...statement, values: [value] });
    return {
      ...session,
      async move(limit) {
        const { rows } = await query<Row>(oldest, limit);
        if (rows.length === 0) return 0;
        crashPoint('relay.before-send', crashAt);
        await publisher.send(rows.map((row) => toNewRecord(row, topic, service)));
        crashPoint('relay.sent', crashAt);
        await query(remove, rows.map(({ id }) => id));
        return rows.length;
      },
      announce: async () => {}, // a fetch waits at the broker
      async close() {
        await publisher.close();
        await close();
      },
    };
  };
}

function toNewRecord(row: Row, topic: string, source: string): NewRecord {
  return {
    topic,
    id: row.event_id,
    type: row.type,
    source,
    key: row.key,
    payload: row.payload,
    time: row.time.getTime(),
    recordTime: row.record_time.getTime(),
    traceparent: row.traceparent ?? undefined,
    tracestate: row.tracestate ?? undefined,
  };
}
