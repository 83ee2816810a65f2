import { PUBLISHERS, topicOf } from '@naru/contracts/registry';
import type { KafkaSettings } from '@naru/platform/config';
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

/** What a bus on Kafka holds, and how far each consumer has committed: a group is named as its service. */
async function kafkaStatus(kafka: KafkaSettings): Promise<{ readonly published: ReadonlyMap<string, number>; readonly lag: ConsumerLag[] }> {
  const { KafkaLog } = await import('@naru/platform/bus/kafka/log');
  const logs = new KafkaLog({ ...kafka, service: 'status', log: () => {} });
  try {
    const topics = PUBLISHERS.map(topicOf);
    const ends = await logs.ends(topics);
    const sumOf = (topic: string, countOf: (end: bigint, name: string) => bigint): number => [...ends].reduce((sum, [name, end]) => sum + (name.startsWith(`${topic}/`) ? Number(countOf(end, name)) : 0), 0);
    const lag: ConsumerLag[] = [];
    for (const consumer of PUBLISHERS) {
      const committed = await logs.committed(consumer, topics);
      for (const topic of topics) {
        if (sumOf(topic, (_, name) => committed.get(name) ?? 0n) > 0) lag.push({ consumer, topic, records: sumOf(topic, (end, name) => end - (committed.get(name) ?? 0n)) });
      }
    }
    return { published: new Map(PUBLISHERS.map((service) => [service, sumOf(topicOf(service), (end) => end)])), lag };
  } finally {
    await logs.close();
  }
}

export interface StatusSource {
  readonly database: string;
  readonly query: Query;
  /** Where the bus of its last run is; absent for the embedded one. */
  readonly kafka?: KafkaSettings | undefined;
}

/** How far the events of `database` are; `url` is where the system runs, undefined when it does not. */
export async function statusOf({ database, query, kafka }: StatusSource, url: string | undefined): Promise<Status> {
  const services = await Promise.all(PUBLISHERS.map((service) => serviceStatus(query, service)));
  const onKafka = kafka && (await kafkaStatus(kafka));
  return {
    ...(url === undefined ? {} : { url }),
    database,
    services: onKafka ? services.map((status) => ({ ...status, published: onKafka.published.get(status.service)! })) : services,
    lag: onKafka ? onKafka.lag : await lags(query),
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
