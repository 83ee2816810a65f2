import type { Kafka, KafkaMessage } from 'kafkajs';
import type { BusRecord } from '../port.js';
import { type KafkaClientOptions, kafkaClient, letGo } from './client.js';
import { toRecord } from './record.js';

/** A partition of a topic, as the ends and positions of this folder name it: `naru.auction.v1/0`. */
export function partitionName(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}

interface Offset {
  readonly partition: number;
  readonly offset: string;
}

interface Fetched {
  readonly partition: number;
  readonly highWatermark: string;
  readonly messages: readonly KafkaMessage[];
}

/** Of kafkajs 2.2.4's own parts what its public clients cannot do: look at many topics in one request, and read without a group. */
interface Broker {
  fetch(request: object): Promise<{ responses: readonly { topicName: string; partitions: readonly Fetched[] }[] }>;
  offsetFetch(request: object): Promise<{ responses: readonly { topic: string; partitions: readonly Offset[] }[] }>;
}

interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  findTopicPartitionMetadata(topic: string): readonly { readonly partitionId: number }[];
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Record<string, readonly number[]>;
  fetchTopicsOffset(topics: readonly object[]): Promise<readonly { topic: string; partitions: readonly Offset[] }[]>;
  findBroker(options: { nodeId: string }): Promise<Broker>;
  findGroupCoordinator(options: { groupId: string }): Promise<Broker>;
}

function newCluster(kafka: Kafka): Cluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find(({ description }) => description === 'private:Kafka:createCluster');
  if (!symbol) throw new Error('this kafkajs is not 2.2.4');
  const create = (kafka as unknown as Record<symbol, (options: object) => Cluster>)[symbol]!;
  return create({ metadataMaxAge: 300_000, allowAutoTopicCreation: false, isolationLevel: 1 });
}

export interface PartitionRecords {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly BusRecord[];
  /** Offset of the last record of the partition, read or not. */
  readonly end: bigint;
}

const DISCONNECT_MS = 2_000;

/** Looks at topics: where they end, what a group has committed, what they hold. After a failure it begins with a new connection. */
export class KafkaLog {
  readonly #options: KafkaClientOptions;
  #cluster: Cluster | undefined;

  constructor(options: KafkaClientOptions) {
    this.#options = options;
  }

  /** How many records each partition of `topics` has had: the offset of its last one. */
  ends(topics: readonly string[]): Promise<ReadonlyMap<string, bigint>> {
    return this.#offsets(topics, false);
  }

  /** How many records at the beginning of each partition are gone. */
  begins(topics: readonly string[]): Promise<ReadonlyMap<string, bigint>> {
    return this.#offsets(topics, true);
  }

  /** Offset of the last record that `group` has committed, of each partition; 0n for none. */
  committed(group: string, topics: readonly string[]): Promise<ReadonlyMap<string, bigint>> {
    return this.#with(topics, async (cluster) => {
      const coordinator = await cluster.findGroupCoordinator({ groupId: this.#options.prefix + group });
      const { responses } = await coordinator.offsetFetch({
        groupId: this.#options.prefix + group,
        topics: topics.map((topic) => ({ topic: this.#options.prefix + topic, partitions: this.#partitions(cluster, topic).map((partition) => ({ partition })) })),
      });
      return this.#named(responses);
    });
  }

  /**
   * Records after `offsets` (names of partitions; 0n where one is missing), in the order of each partition. Waits at most `waitMs`
   * for the first of them.
   */
  read(topics: readonly string[], offsets: ReadonlyMap<string, bigint>, waitMs: number, bytesPerPartition: number): Promise<readonly PartitionRecords[]> {
    return this.#with(topics, async (cluster) => {
      const byBroker = new Map<string, { topic: string; partitions: object[] }[]>();
      for (const topic of topics) {
        for (const [nodeId, partitions] of Object.entries(cluster.findLeaderForPartitions(this.#options.prefix + topic, this.#partitions(cluster, topic)))) {
          const asked = partitions.map((partition) => ({ partition, fetchOffset: String(offsets.get(partitionName(topic, partition)) ?? 0n), maxBytes: bytesPerPartition }));
          byBroker.set(nodeId, [...(byBroker.get(nodeId) ?? []), { topic: this.#options.prefix + topic, partitions: asked }]);
        }
      }
      const answers = await Promise.all(
        [...byBroker].map(async ([nodeId, asked]) => (await cluster.findBroker({ nodeId })).fetch({ isolationLevel: 1, maxWaitTime: waitMs, minBytes: 1, maxBytes: 16 * bytesPerPartition, topics: asked })),
      );
      return answers.flatMap(({ responses }) => responses.flatMap(({ topicName, partitions }) => partitions.map((fetched) => this.#records(topicName, fetched, offsets))));
    });
  }

  async close(): Promise<void> {
    const cluster = this.#cluster;
    this.#cluster = undefined;
    if (cluster) await letGo(cluster, DISCONNECT_MS);
  }

  #records(topicName: string, { partition, messages, highWatermark }: Fetched, offsets: ReadonlyMap<string, bigint>): PartitionRecords {
    const topic = topicName.slice(this.#options.prefix.length);
    const after = offsets.get(partitionName(topic, partition)) ?? 0n;
    // a fetch gives whole batches, of which the first may begin before the offset
    return { topic, partition, end: BigInt(highWatermark), records: messages.filter((message) => BigInt(message.offset) >= after).flatMap((message) => toRecord(topic, message) ?? []) };
  }

  #offsets(topics: readonly string[], fromBeginning: boolean): Promise<ReadonlyMap<string, bigint>> {
    return this.#with(topics, async (cluster) =>
      this.#named(await cluster.fetchTopicsOffset(topics.map((topic) => ({ topic: this.#options.prefix + topic, fromBeginning, partitions: this.#partitions(cluster, topic).map((partition) => ({ partition })) })))),
    );
  }

  #partitions(cluster: Cluster, topic: string): readonly number[] {
    return cluster.findTopicPartitionMetadata(this.#options.prefix + topic).map(({ partitionId }) => partitionId);
  }

  #named(topics: readonly { readonly topic: string; readonly partitions: readonly Offset[] }[]): ReadonlyMap<string, bigint> {
    const names = topics.flatMap(({ topic, partitions }) => partitions.map(({ partition, offset }) => [partitionName(topic.slice(this.#options.prefix.length), partition), BigInt(offset)] as const));
    return new Map(names.map(([name, offset]) => [name, offset < 0n ? 0n : offset]));
  }

  async #with<T>(topics: readonly string[], work: (cluster: Cluster) => Promise<T>): Promise<T> {
    const cluster = (this.#cluster ??= newCluster(kafkaClient(this.#options)));
    try {
      await cluster.connect();
      await cluster.addMultipleTargetTopics(topics.map((topic) => this.#options.prefix + topic));
      await cluster.refreshMetadataIfNecessary();
      return await work(cluster);
    } catch (error) {
      if (this.#cluster === cluster) this.#cluster = undefined;
      void letGo(cluster, DISCONNECT_MS);
      throw error;
    }
  }
}
