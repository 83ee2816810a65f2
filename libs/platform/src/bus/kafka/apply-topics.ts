import kafkajs from 'kafkajs';
import { REPLICAS, TOPICS, leastInSync } from '../topics.js';
import { type KafkaClientOptions, kafkaClient, letGo } from './client.js';

/** What was done to one topic. */
export interface AppliedTopic {
  readonly topic: string;
  readonly partitions: number;
  /** `different`: it has another number of partitions than declared, which is not changed in place. */
  readonly done: 'created' | 'altered' | 'unchanged' | 'different';
  /** Settings that were given. */
  readonly settings: Readonly<Record<string, string>>;
}

const DISCONNECT_MS = 2_000;

/** Makes every declared topic with its settings; what is as declared stays. Safe to run again and beside others. */
export async function applyTopics(options: KafkaClientOptions): Promise<readonly AppliedTopic[]> {
  const admin = kafkaClient(options).admin();
  await admin.connect();
  try {
    const { brokers } = await admin.describeCluster();
    const replicas = Math.min(REPLICAS, brokers.length);
    const declared = TOPICS.map(({ topic, partitions, settings }) => ({ topic: options.prefix + topic, partitions, settings: { ...settings, 'min.insync.replicas': String(leastInSync(replicas)) } }));
    const there = new Set(await admin.listTopics());
    const missing = declared.filter(({ topic }) => !there.has(topic));
    if (missing.length > 0) {
      await admin.createTopics({
        waitForLeaders: true,
        topics: missing.map(({ topic, partitions, settings }) => ({ topic, numPartitions: partitions, replicationFactor: replicas, configEntries: Object.entries(settings).map(([name, value]) => ({ name, value })) })),
      });
    }
    const { topics: found } = await admin.fetchTopicMetadata({ topics: declared.map(({ topic }) => topic) });
    const current = await settingsOf(admin, declared.map(({ topic }) => topic));
    const applied: AppliedTopic[] = [];
    for (const { topic, partitions, settings } of declared) {
      const actual = found.find(({ name }) => name === topic)!.partitions.length;
      const differing = Object.entries(settings).filter(([name, value]) => current.get(topic)?.get(name) !== value);
      if (differing.length > 0) {
        // replaces all that were set for the topic, which are ours
        await admin.alterConfigs({ validateOnly: false, resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configEntries: Object.entries(settings).map(([name, value]) => ({ name, value })) }] });
      }
      const isNew = missing.some((created) => created.topic === topic);
      const done = isNew ? 'created' : actual !== partitions ? 'different' : differing.length > 0 ? 'altered' : 'unchanged';
      applied.push({ topic, partitions: actual, done, settings: isNew ? settings : Object.fromEntries(differing) });
    }
    return applied;
  } finally {
    await letGo(admin, DISCONNECT_MS);
  }
}

/** Deletes every topic and group of one prefix: for systems that share a cluster, of which one is forgotten. */
export async function dropTopics(options: KafkaClientOptions): Promise<void> {
  if (options.prefix === '') throw new RangeError('topics without a prefix are not deleted by name alone');
  const admin = kafkaClient(options).admin();
  await admin.connect();
  try {
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(options.prefix));
    if (topics.length > 0) await admin.deleteTopics({ topics });
  } finally {
    await letGo(admin, DISCONNECT_MS);
  }
}

async function settingsOf(admin: ReturnType<ReturnType<typeof kafkaClient>['admin']>, topics: readonly string[]): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
  const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: topics.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name })) });
  return new Map(resources.map(({ resourceName, configEntries }) => [resourceName, new Map(configEntries.map(({ configName, configValue }) => [configName, configValue]))]));
}
