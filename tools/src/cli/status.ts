import { PUBLISHERS, topicOf } from '@naru/contracts/registry';
import { plainTable } from '../text/plain-table.js';
import type { Query } from './verify.js';

export interface ServiceStatus {
  readonly service: string;
  /** Events committed but not on the bus yet. */
  readonly outbox: number;
  /** Events on the bus. */
  readonly published: number;
  /** Keys whose events could not be consumed. */
  readonly parked: number;
}

export interface ConsumerLag {
  readonly consumer: string;
  readonly topic: string;
  /** Events not consumed yet, by what the consumer last noted; it notes at most once a second. */
  readonly records: number;
}

export interface Status {
  /** Address of the running system; absent when none runs. */
  readonly url?: string;
  readonly database: string;
  readonly services: readonly ServiceStatus[];
  readonly lag: readonly ConsumerLag[];
}

async function serviceStatus(query: Query, service: string): Promise<ServiceStatus> {
  const [row] = await query<{ outbox: string; published: string; parked: string }>(
    `select (select count(*) from ${service}.outbox) as outbox, (select count(*) from bus.${service}_log) as published, (select count(*) from ${service}.parked_key) as parked`,
  );
  return { service, outbox: Number(row!.outbox), published: Number(row!.published), parked: Number(row!.parked) };
}

async function lags(query: Query): Promise<ConsumerLag[]> {
  const cursors = await query<{ consumer_group: string; topic: string; position: string }>('select consumer_group, topic, position from bus.cursors order by 1, 2');
  return Promise.all(
    cursors.map(async ({ consumer_group: consumer, topic, position }) => {
      const publisher = PUBLISHERS.find((service) => topicOf(service) === topic)!;
      const [row] = await query<{ records: string }>(`select count(*) as records from bus.${publisher}_log where position > $1`, [position]);
      return { consumer, topic, records: Number(row!.records) };
    }),
  );
}

/** How far the events of `database` are; `url` is where the system runs, undefined when it does not. */
export async function statusOf({ database, query }: { readonly database: string; readonly query: Query }, url: string | undefined): Promise<Status> {
  return {
    ...(url === undefined ? {} : { url }),
    database,
    services: await Promise.all(PUBLISHERS.map((service) => serviceStatus(query, service))),
    lag: await lags(query),
  };
}

export function statusText({ url, database, services, lag }: Status): string {
  const count = (n: number): string => n.toLocaleString('en-US');
  const parked = services.reduce((sum, service) => sum + service.parked, 0);
  const rows = services.map((service) => [service.service, count(service.outbox), count(service.published), count(service.parked)]);
  const lines = [
    url === undefined ? `not running; the data is in database ${database}, npm start goes on with it` : `running at ${url}, database ${database}`,
    '',
    plainTable(['service', 'events to publish', 'published', 'parked keys'], rows, ['left', 'right', 'right', 'right']),
  ];
  if (lag.length > 0) lines.push('', plainTable(['consumer', 'topic', 'not consumed yet'], lag.map(({ consumer, topic, records }) => [consumer, topic, count(records)]), ['left', 'left', 'right']));
  if (parked > 0) lines.push('', `keys parked: ${count(parked)}; naru events parked says why, naru events replay takes them again`);
  return lines.join('\n');
}
