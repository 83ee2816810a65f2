import { type Bell, backOffMs, pause } from '../bell.js';
import { BusReader, type Positions, type Slice } from '../reader.js';
import { TOPICS } from '../topics.js';
import type { KafkaClientOptions } from './client.js';
import { KafkaLog, partitionName } from './log.js';

const NAMES = TOPICS.map(({ topic }) => topic);
/** A fetch waits at the broker so long for something new before it asks again. */
const LISTEN_MS = 1_000;
/** The least that a fetch gives is one batch of a producer. */
const BYTES = 256 * 1024;
const FIRST_BACK_OFF_MS = 50;
const MOST_BACK_OFF_MS = 5_000;

/**
 * Reads the topics on Kafka by position, without a group. One connection reads; a second one waits at the broker for new records,
 * for all who ring, as long as somebody does.
 */
export class KafkaReader extends BusReader {
  readonly #options: KafkaClientOptions;
  readonly #logs: KafkaLog;
  readonly #bells = new Set<Bell>();
  readonly #stopping = new AbortController();
  #listening: Promise<void> | undefined;

  constructor(options: KafkaClientOptions) {
    super();
    this.#options = options;
    this.#logs = new KafkaLog(options);
  }

  async heads(): Promise<Positions> {
    const ends = await this.#logs.ends(NAMES);
    return new Map(NAMES.map((topic) => [topic, partitionsOf(ends, topic)]));
  }

  async after(positions: Positions, limit: number): Promise<readonly Slice[]> {
    const from = namesOf(positions);
    const read = await this.#logs.read(NAMES, from, 0, BYTES).catch(async (error: unknown) => {
      if ((error as { type?: string }).type !== 'OFFSET_OUT_OF_RANGE') throw error;
      // older than what is kept, or of topics that were made anew
      const [begins, ends] = await Promise.all([this.#logs.begins(NAMES), this.#logs.ends(NAMES)]);
      return this.#logs.read(NAMES, new Map([...ends].map(([name, end]) => [name, within(from.get(name) ?? 0n, begins.get(name) ?? 0n, end)])), 0, BYTES);
    });
    return read.flatMap(({ partition, records, end }) => {
      const some = records.slice(0, limit).map((record) => ({ ...record, partition }));
      return some.length > 0 ? [{ records: some, hasMore: some.at(-1)!.offset < end }] : [];
    });
  }

  ring(bell: Bell): () => void {
    this.#bells.add(bell);
    this.#listening ??= this.#listen().finally(() => (this.#listening = undefined));
    return () => void this.#bells.delete(bell);
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    this.#bells.clear();
    await this.#listening;
    await this.#logs.close();
  }

  async #listen(): Promise<void> {
    const { log, service } = this.#options;
    const stopping = this.#stopping.signal;
    const logs = new KafkaLog(this.#options);
    for (let failures = 0; this.#bells.size > 0 && !stopping.aborted; ) {
      try {
        const ends = await logs.ends(NAMES);
        this.#announce(); // what came while nobody waited
        const news = await logs.read(NAMES, ends, LISTEN_MS, 1);
        if (news.some(({ records }) => records.length > 0)) this.#announce();
        failures = 0;
      } catch (error) {
        failures++;
        log({ level: 'warn', service, message: 'the stream of events cannot listen', error: String(error), failures });
        await pause(backOffMs(failures, FIRST_BACK_OFF_MS, MOST_BACK_OFF_MS, Math.random), stopping);
      }
    }
    await logs.close();
  }

  #announce(): void {
    for (const bell of this.#bells) bell.ring();
  }
}

function partitionsOf(offsets: ReadonlyMap<string, bigint>, topic: string): readonly bigint[] {
  const found: bigint[] = [];
  for (let partition = 0; offsets.has(partitionName(topic, partition)); partition++) found.push(offsets.get(partitionName(topic, partition))!);
  return found;
}

function namesOf(positions: Positions): Map<string, bigint> {
  return new Map([...positions].flatMap(([topic, offsets]) => offsets.map((offset, partition) => [partitionName(topic, partition), offset] as const)));
}

function within(offset: bigint, least: bigint, most: bigint): bigint {
  return offset < least ? least : offset > most ? most : offset;
}
