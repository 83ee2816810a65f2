import { PUBLISHERS, topicOf } from '@naru/contracts/registry';
import { isAlive, lastRun } from '../launcher/home.js';
import type { Connection } from './connection.js';
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

export async function statusOf({ home, database, query }: Connection): Promise<Status> {
  const run = lastRun(home);
  return {
    ...(run && isAlive(run.pid) ? { url: run.url } : {}),
    database,
    services: await Promise.all(PUBLISHERS.map((service) => serviceStatus(query, service))),
    lag: await lags(query),
  };
}
