import type { AppliedTopic } from '@naru/platform/bus/kafka/apply-topics';
import { ConfigFault, kafkaFromEnvironment } from '@naru/platform/run';
import { Fault } from '../launcher/faults.js';
import { plainTable } from '../text/plain-table.js';

export interface TopicsOptions {
  /** `host:port`, several by commas. */
  readonly brokers?: string;
  readonly prefix?: string;
}

/** Makes the declared topics (`@naru/platform/bus/topics`) on the brokers of `--brokers` or `KAFKA_BROKERS`; what is as declared stays. */
export async function applyDeclaredTopics(options: TopicsOptions, environment: Readonly<Record<string, string | undefined>>): Promise<readonly AppliedTopic[]> {
  const brokers = options.brokers ?? environment['KAFKA_BROKERS'];
  const prefix = options.prefix ?? environment['KAFKA_TOPIC_PREFIX'];
  if (!brokers) throw new Fault('which brokers? Give --brokers host:port, or set KAFKA_BROKERS');
  const { applyTopics } = await import('@naru/platform/bus/kafka/apply-topics');
  try {
    return await applyTopics({ ...kafkaFromEnvironment({ BUS: 'kafka', KAFKA_BROKERS: brokers, KAFKA_TOPIC_PREFIX: prefix })!, service: 'topics', log: () => {} });
  } catch (error) {
    if (error instanceof ConfigFault) throw new Fault(error.message);
    throw new Fault(`the topics could not be made on ${brokers}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export function topicsText(topics: readonly AppliedTopic[]): string {
  const rows = topics.map(({ topic, partitions, done, settings }) => [topic, partitions, done, Object.entries(settings).map(([name, value]) => `${name}=${value}`).join(' ')]);
  const lines = [plainTable(['topic', 'partitions', 'done', 'settings given'], rows, ['left', 'right', 'left', 'left'])];
  if (topics.some(({ done }) => done === 'different')) {
    lines.push('', 'a topic has another number of partitions than declared. It is not changed in place: events of a key would move to another partition, and overtake each other');
  }
  return lines.join('\n');
}
