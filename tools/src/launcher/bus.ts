import { createHash } from 'node:crypto';
import pg from 'pg';
import type { KafkaSettings, LogLine } from '@naru/platform/config';
import { ConfigFault, kafkaFromEnvironment } from '@naru/platform/run';
import { Fault } from './faults.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** What `BUS` and its settings say; undefined for the embedded bus. @throws Fault that names the setting that is wrong. */
export function busSettings(environment: Environment): KafkaSettings | undefined {
  try {
    return kafkaFromEnvironment(environment);
  } catch (error) {
    throw error instanceof ConfigFault ? new Fault(error.message) : error;
  }
}

/**
 * The bus of a system on this machine by `BUS` and `KAFKA_BROKERS`; undefined for the embedded one. On Kafka each database has topics of
 * its own, unless `KAFKA_TOPIC_PREFIX` names them: a database that is made anew begins with empty ones. They are made where they are missing.
 */
export async function busOf(environment: Environment, adminUrl: string, log: (line: LogLine) => void): Promise<KafkaSettings | undefined> {
  const settings = busSettings(environment);
  if (!settings) return undefined;
  const kafka = settings.prefix === '' ? { ...settings, prefix: await prefixOf(adminUrl) } : settings;
  const { applyTopics } = await import('@naru/platform/bus/kafka/apply-topics');
  try {
    await applyTopics({ ...kafka, service: 'launcher', log });
  } catch (error) {
    throw new Fault(`Kafka at ${kafka.brokers.join(',')} does not take the topics (${error instanceof Error ? error.message : String(error)}): start it, or name another with KAFKA_BROKERS`);
  }
  return kafka;
}

/** Deletes the topics of a database that is about to be forgotten, where it has some of its own. */
export async function forgetBus(environment: Environment, adminUrl: string, log: (line: LogLine) => void): Promise<void> {
  const settings = busSettings(environment);
  if (!settings || settings.prefix !== '') return;
  const prefix = await prefixOf(adminUrl).catch((error: unknown) => {
    if ((error as { code?: string }).code === '3D000') return undefined; // there is no such database
    throw error;
  });
  const { dropTopics } = await import('@naru/platform/bus/kafka/apply-topics');
  if (prefix) await dropTopics({ ...settings, prefix, service: 'launcher', log });
}

/** `market_day-1f2e3d4c.`: the database and which of all that ever had this name. */
async function prefixOf(adminUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; incarnation: string }>(`select datname as name, system_identifier || '/' || oid as incarnation from pg_database, pg_control_system() where datname = current_database()`);
    return `${rows[0]!.name}-${createHash('sha256').update(rows[0]!.incarnation).digest('hex').slice(0, 8)}.`;
  } finally {
    await client.end();
  }
}
