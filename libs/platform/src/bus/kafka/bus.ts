import { topicOf } from '@naru/contracts/registry';
import type { Database } from '../../database.js';
import type { Bus, Lag, NewRecord, Subscription } from '../port.js';
import { type KafkaClientOptions, kafkaClient } from './client.js';
import { KafkaLog } from './log.js';
import { KafkaPublisher } from './publisher.js';
import { KafkaSubscription } from './subscription.js';

export interface KafkaBusOptions extends KafkaClientOptions {
  /** Where the outbox of the service is. */
  readonly database: Pick<Database, 'query'>;
  /** Records per batch. */
  readonly batch?: number;
  readonly random?: () => number;
  /** Delivers different keys of a batch in an order drawn from here. Tests only. */
  readonly shuffle?: (() => number) | undefined;
}

/** The bus on Kafka: topics `naru.<service>.v1`, a consumer group per subscription, CloudEvents in the binary binding. */
export class KafkaBus implements Bus {
  readonly #options: KafkaBusOptions;
  readonly #publisher: KafkaPublisher;
  readonly #logs: KafkaLog;
  readonly #subscriptions: KafkaSubscription[] = [];

  constructor(options: KafkaBusOptions) {
    this.#options = options;
    this.#publisher = new KafkaPublisher(options);
    this.#logs = new KafkaLog(options);
  }

  publish(batch: readonly NewRecord[]): Promise<void> {
    return this.#publisher.send(batch);
  }

  async subscribe(subscription: Subscription): Promise<void> {
    const { prefix, service, log, batch = 300, random = Math.random, shuffle } = this.#options;
    const made = new KafkaSubscription({ kafka: () => kafkaClient(this.#options), prefix, service, log, batch, random, shuffle, subscription, logs: this.#logs });
    this.#subscriptions.push(made);
    made.start();
  }

  get idle(): boolean {
    return this.#subscriptions.every(({ idle }) => idle);
  }

  async settledAt(): Promise<ReadonlyMap<string, bigint> | undefined> {
    // offsets before the look at the outbox, and the ends last: the facts of an effect that the offsets count are in one of the two
    const consumed = await Promise.all(this.#subscriptions.map((subscription) => subscription.consumed()));
    const [outbox] = await this.#options.database.query<{ empty: boolean }>('select not exists (select from outbox) as empty');
    if (!outbox!.empty) return undefined;
    const ends = await this.#logs.ends([...new Set([topicOf(this.#options.service), ...this.#subscriptions.flatMap(({ topics }) => topics)])]);
    return consumed.every((offsets) => [...offsets].every(([name, offset]) => offset >= (ends.get(name) ?? 0n))) ? ends : undefined;
  }

  async lag(): Promise<readonly Lag[]> {
    const lags = this.#subscriptions.map(async (subscription) => {
      const consumed = await subscription.consumed();
      const ends = await this.#logs.ends(subscription.topics);
      return subscription.topics.map((topic) => {
        const behind = [...ends].map(([name, end]) => (name.startsWith(`${topic}/`) ? end - (consumed.get(name) ?? 0n) : 0n));
        return { group: subscription.group, topic, records: behind.reduce((sum, records) => sum + (records > 0n ? records : 0n), 0n) };
      });
    });
    return (await Promise.all(lags)).flat();
  }

  async health(): Promise<void> {
    await this.#logs.ends([topicOf(this.#options.service)]);
    if (this.#subscriptions.some(({ joined }) => !joined)) throw new Error('the bus is not connected');
  }

  async close(deadlineMs: number): Promise<void> {
    await Promise.all(this.#subscriptions.map((subscription) => subscription.close(deadlineMs)));
    await Promise.all([this.#publisher.close(), this.#logs.close()]);
  }
}
