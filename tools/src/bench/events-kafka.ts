import { readFileSync } from 'node:fs';
import { topicOf } from '@naru/contracts/registry';
import { applyTopics, dropTopics } from '@naru/platform/bus/kafka/apply-topics';
import { kafkaClient } from '@naru/platform/bus/kafka/client';
import { PARTITIONS } from '@naru/platform/bus/topics';
import type { KafkaSettings } from '@naru/platform/config';
import type { TestDatabase } from '@naru/testing/test-database';
import { EFFECTS, makeEffectsTable, startEventFlow } from './event-flow.js';
import { OFFERED, WARM_UP_FACTS, clear, closedLoop, openLoop } from './events.js';
import type { Bench, Figure, Row } from './row.js';
import { quantile } from './statistics.js';

/** Facts of the closed loop. */
const FACTS = 40_000;
const TICKS_PER_SECOND = 100;

interface Seen {
  readonly name: string;
  /** Effects per second: of what is offered, and at most. */
  readonly offered: number;
  readonly most: number;
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of CPU per event where {@link OFFERED} are: of this process and of PostgreSQL. */
  readonly node: number;
  readonly postgres: number;
}

/** The same facts over the embedded bus and over Kafka (`KAFKA_BROKERS`), with one partition, as many as declared, and twice as many. */
export const eventsKafka: Row = {
  name: 'events_kafka',
  onlyNamed: true,
  async run(bench: Bench): Promise<Figure> {
    const brokers = process.env['KAFKA_BROKERS']?.split(',');
    if (!brokers) throw new Error('events_kafka needs a broker: KAFKA_BROKERS=host:port (infra/kafka/start makes one)');
    const seen: Seen[] = [];
    for (const partitions of [0, 1, PARTITIONS, 2 * PARTITIONS]) {
      const found = await measure(bench, brokers, partitions);
      seen.push(found);
      bench.say(`${found.name}: ${Math.round(found.offered)}/s of ${OFFERED}/s, p50 ${found.p50.toFixed(1)} ms, p99 ${found.p99.toFixed(1)} ms, CPU ${found.node.toFixed(0)} µs + PostgreSQL ${found.postgres.toFixed(0)} µs per event; at most ${Math.round(found.most)}/s`);
    }
    const [embedded, , declared] = seen as [Seen, Seen, Seen];
    return {
      ...{ value: declared.offered, unit: 'events/s', baseline: embedded.offered, ratio: declared.most / embedded.most, p50: declared.p50, p99: declared.p99 },
      notes: [`the ratio is that of the highest rates: ${Math.round(declared.most)}/s with ${PARTITIONS} partitions, ${Math.round(embedded.most)}/s embedded`],
    };
  },
};

async function measure(bench: Bench, brokers: readonly string[], partitions: number): Promise<Seen> {
  const database = await (await bench.ground()).database();
  const kafka = partitions === 0 ? undefined : { brokers, prefix: `${database.name}.` };
  if (kafka) await makeTopics(kafka, partitions);
  await makeEffectsTable(database);
  const flow = await startEventFlow(database, kafka);
  flow.relay();
  try {
    await closedLoop(flow, WARM_UP_FACTS);
    await clear(database);
    flow.latencies = [];
    const before = flow.effects;
    const from = { node: process.cpuUsage(), postgres: await postgresSeconds(database) };
    const offered = await openLoop(flow);
    const { user, system } = process.cpuUsage(from.node);
    const facts = flow.effects - before;
    const postgres = (((await postgresSeconds(database)) - from.postgres) * 1_000_000) / facts;
    const [p50, p99] = [quantile(flow.latencies, 0.5), quantile(flow.latencies, 0.99)];
    await verify(database, facts);
    await clear(database);
    const most = await closedLoop(flow, FACTS);
    await verify(database, FACTS);
    return { name: kafka ? `Kafka, ${partitions} partitions` : 'embedded', offered, most, p50, p99, node: (user + system) / facts, postgres };
  } finally {
    await flow.stop();
    if (kafka) await dropTopics({ ...kafka, service: 'bench', log: () => {} });
    await database.drop();
  }
}

async function makeTopics(kafka: KafkaSettings, partitions: number): Promise<void> {
  const options = { ...kafka, service: 'bench', log: () => {} };
  const admin = kafkaClient(options).admin();
  await admin.connect();
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic: kafka.prefix + topicOf('auction'), numPartitions: partitions, replicationFactor: 1 }] });
  await admin.disconnect();
  await applyTopics(options);
}

/** CPU of every process of the PostgreSQL under `database` that is there now, from /proc. */
async function postgresSeconds(database: TestDatabase): Promise<number> {
  const [{ pids }] = (await database.query<{ pids: number[] }>('select array_agg(pid) as pids from pg_stat_activity')) as [{ pids: number[] }];
  return pids.reduce((sum, pid) => sum + ticksOf(pid) / TICKS_PER_SECOND, 0);
}

function ticksOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return 0; // it has ended, or this is no Linux
  }
}

/** @throws when an effect is missing, is there twice, or something is left behind. */
async function verify(database: TestDatabase, facts: number): Promise<void> {
  const [found] = (await database.query<Record<string, string>>(`select (select count(*) from ${EFFECTS}) as effects, (select count(*) from warehousing.inbox) as inbox, (select count(*) from auction.outbox) as outbox, (select count(*) from warehousing.parked) as parked`)) as [Record<string, string>];
  if (Number(found['effects']) !== facts || Number(found['inbox']) !== facts || Number(found['outbox']) + Number(found['parked']) > 0) throw new Error(`${facts} facts were published; there are ${JSON.stringify(found)}`);
}
