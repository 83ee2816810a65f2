import kafkajs, { type Producer } from 'kafkajs';
import type { NewRecord } from '../port.js';
import { type KafkaClientOptions, kafkaClient, letGo } from './client.js';
import { toMessage } from './record.js';

/** Payload of one request: well below what a broker takes (1 MiB), whatever the headers add. */
const REQUEST_BYTES = 512 * 1024;
const DISCONNECT_MS = 2_000;

/** Cuts a batch, in order, into pieces that a broker takes; a record that is larger alone goes alone. */
export function pieces(batch: readonly NewRecord[], limitBytes = REQUEST_BYTES): readonly (readonly NewRecord[])[] {
  const cut: NewRecord[][] = [];
  let bytes = Infinity;
  for (const record of batch) {
    bytes += record.payload.byteLength;
    if (bytes > limitBytes) {
      cut.push([]);
      bytes = record.payload.byteLength;
    }
    cut.at(-1)!.push(record);
  }
  return cut;
}

/**
 * Sends records one request after the other, with acknowledgement by all copies. The producer is a plain one and is replaced
 * after every failed send: an idempotent kafkajs producer reuses sequence numbers then, and the broker drops what comes next as
 * known (docs/adr/0010). What a failed send left on the topic comes twice, and the inbox removes it.
 */
export class KafkaPublisher {
  readonly #options: KafkaClientOptions;
  #producer: Producer | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: KafkaClientOptions) {
    this.#options = options;
  }

  /** All records, in order, or a throw; after a throw some of them may be on their topics. */
  send(batch: readonly NewRecord[]): Promise<void> {
    const sent = this.#last.then(() => this.#send(batch));
    this.#last = sent.catch(() => {});
    return sent;
  }

  async close(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    if (producer) await letGo(producer, DISCONNECT_MS);
  }

  async #send(batch: readonly NewRecord[]): Promise<void> {
    for (const piece of pieces(batch)) {
      const topicMessages = [...Map.groupBy(piece, (record) => record.topic)].map(([topic, records]) => ({ topic: this.#options.prefix + topic, messages: records.map(toMessage) }));
      const producer = (this.#producer ??= this.#newProducer());
      try {
        await producer.connect(); // at once where it is
        await producer.sendBatch({ acks: -1, topicMessages });
      } catch (error) {
        this.#producer = undefined;
        void letGo(producer, DISCONNECT_MS);
        throw error;
      }
    }
  }

  #newProducer(): Producer {
    return kafkaClient(this.#options).producer({
      idempotent: false,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      retry: { retries: 3, maxRetryTime: 1_000 },
    });
  }
}
