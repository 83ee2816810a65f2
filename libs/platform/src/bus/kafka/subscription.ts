import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import type { LogLine } from '../../config.js';
import { backOffMs, pause } from '../bell.js';
import type { BusRecord, Subscription } from '../port.js';
import { shuffledByKey } from '../shuffled.js';
import { letGo } from './client.js';
import { type KafkaLog, partitionName } from './log.js';
import { toRecord } from './record.js';

export interface KafkaSubscriptionOptions {
  readonly kafka: () => Kafka;
  readonly prefix: string;
  readonly service: string;
  readonly subscription: Subscription;
  readonly logs: KafkaLog;
  readonly log: (line: LogLine) => void;
  readonly random: () => number;
  /** Records of one partition that are handed over together, at most. */
  readonly batch: number;
  /** Delivers different keys of a batch in an order drawn from here. Tests only. */
  readonly shuffle: (() => number) | undefined;
}

const HEARTBEAT_MS = 1_500;
const SESSION_MS = 6_000;
/** How long a fetch waits at the broker where there is nothing: no record waits for it, a shutdown does. */
const FETCH_WAIT_MS = 200;
/** Committed offsets may lag behind this long: what lies between comes again after a crash, and meets the inbox. */
const COMMIT_MS = 1_000;
const FIRST_BACK_OFF_MS = 50;
const MOST_BACK_OFF_MS = 5_000;
const DISCONNECT_MS = 2_000;
const GIVEN_UP_MS = 100;
const CLOSE_MS = 3_000;
/** A consumer that is behind and has taken nothing for so long hangs (tulios/kafkajs#659, #1163). */
const STALL_MS = 30_000;
const CONCURRENT_PARTITIONS = 3;
const BYTES_PER_PARTITION = 256 * 1024;

/** One group's consumer of some topics. It is built anew whenever it ends, whatever ended it. */
export class KafkaSubscription {
  readonly #options: KafkaSubscriptionOptions;
  readonly #closing = new AbortController();
  readonly #cancel = new AbortController();
  /** Offset of the last consumed record of each partition that this instance has taken from or asked about since it joined. */
  readonly #taken = new Map<string, bigint>();
  #assigned = new Set<string>();
  readonly #uncommitted = new Map<string, { topic: string; partition: number; offset: string }>();
  #consumer: Consumer | undefined;
  #joined = false;
  readonly #running = new Set<Promise<unknown>>();
  #lastTaken = performance.now();
  #loop: Promise<void> | undefined;
  #end: ((reason: string) => void) | undefined;

  constructor(options: KafkaSubscriptionOptions) {
    this.#options = options;
  }

  get group(): string {
    return this.#options.subscription.group;
  }

  get topics(): readonly string[] {
    return this.#options.subscription.topics;
  }

  get idle(): boolean {
    return this.#running.size === 0;
  }

  get joined(): boolean {
    return this.#joined;
  }

  start(): void {
    this.#loop ??= this.#keepRunning();
  }

  /** Offset of the last record that the group has consumed, of each partition; of those of other instances what they have committed. */
  async consumed(): Promise<ReadonlyMap<string, bigint>> {
    if (this.#assigned.size > 0 && [...this.#assigned].every((name) => this.#taken.has(name)) && this.#hasAll) return new Map(this.#taken);
    const joined = this.#assigned;
    const committed = await this.#options.logs.committed(this.group, this.topics);
    const offsets = new Map([...committed].map(([name, offset]) => [name, (this.#assigned.has(name) && this.#taken.get(name)) || offset]));
    this.#hasAll = [...committed.keys()].every((name) => joined.has(name));
    if (joined === this.#assigned) for (const name of joined) if (!this.#taken.has(name)) this.#taken.set(name, offsets.get(name) ?? 0n);
    return offsets;
  }
  /** Whether every partition was assigned to this instance when it last looked. */
  #hasAll = false;

  /** Takes no new batch; waits for the running ones, then gives them up. */
  async close(deadlineMs: number): Promise<void> {
    this.#closing.abort();
    const done = new AbortController();
    await Promise.race([Promise.all(this.#running), pause(deadlineMs, done.signal)]);
    done.abort();
    this.#cancel.abort();
    this.#end?.('closed');
    const ended = new AbortController();
    await Promise.race([this.#loop, pause(CLOSE_MS, ended.signal)]); // a client that still tries to connect ends by itself
    ended.abort();
  }

  async #keepRunning(): Promise<void> {
    const { log, service, random } = this.#options;
    for (let failures = 0; !this.#closing.signal.aborted; ) {
      const begun = performance.now();
      const reason = await this.#consume().catch((error: unknown) => String(error));
      this.#joined = false;
      if (this.#closing.signal.aborted) return;
      failures = performance.now() - begun > STALL_MS ? 0 : failures + 1;
      log({ level: 'warn', service, message: 'the consumer ended; a new one begins', group: this.group, error: reason });
      await pause(backOffMs(failures, FIRST_BACK_OFF_MS, MOST_BACK_OFF_MS, random), this.#closing.signal);
    }
  }

  /** One consumer's life; why it ended. */
  async #consume(): Promise<string> {
    const { prefix } = this.#options;
    const ended = Promise.withResolvers<string>();
    this.#end = ended.resolve;
    const consumer = this.#options.kafka().consumer({
      groupId: prefix + this.group,
      sessionTimeout: SESSION_MS,
      heartbeatInterval: HEARTBEAT_MS,
      rebalanceTimeout: SESSION_MS,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      maxBytesPerPartition: BYTES_PER_PARTITION,
      maxBytes: 16 * BYTES_PER_PARTITION,
      allowAutoTopicCreation: false,
      // the loop around this restarts, also after what kafkajs takes for final (tulios/kafkajs#1443, #1445, #1513)
      retry: { retries: 8, maxRetryTime: 500, restartOnFailure: async () => false },
    });
    this.#consumer = consumer;
    consumer.on('consumer.crash', ({ payload }) => ended.resolve(String(payload.error)));
    consumer.on('consumer.group_join', ({ payload }) => this.#join(payload.memberAssignment));
    const commit = setInterval(() => void this.#commit(consumer), COMMIT_MS);
    const watch = setInterval(() => void this.#watch(ended.resolve), STALL_MS / 3);
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: this.topics.map((topic) => prefix + topic), fromBeginning: true });
      await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently: CONCURRENT_PARTITIONS, eachBatch: (payload) => this.#taking(payload, consumer) });
      if (this.#closing.signal.aborted) return 'closed';
      return await ended.promise;
    } finally {
      clearInterval(commit);
      clearInterval(watch);
      await this.#commit(consumer);
      await letGo(consumer, this.#running.size > 0 ? GIVEN_UP_MS : DISCONNECT_MS); // it would wait for a batch that was given up
    }
  }

  #join(assignment: Readonly<Record<string, readonly number[]>>): void {
    const names = Object.entries(assignment).flatMap(([topic, partitions]) => partitions.map((partition) => partitionName(topic.slice(this.#options.prefix.length), partition)));
    this.#assigned = new Set(names);
    this.#taken.clear(); // this generation begins where the group has committed
    this.#uncommitted.clear();
    this.#hasAll = false;
    this.#joined = true;
    this.#lastTaken = performance.now();
  }

  #taking(payload: EachBatchPayload, consumer: Consumer): Promise<void> {
    const taking = this.#takeBatch(payload, consumer);
    const settled = taking.catch(() => {}).finally(() => this.#running.delete(settled));
    this.#running.add(settled);
    return taking;
  }

  async #takeBatch(payload: EachBatchPayload, consumer: Consumer): Promise<void> {
    const { batch: size, log, service } = this.#options;
    const { batch, heartbeat, resolveOffset, isRunning, isStale } = payload;
    const topic = batch.topic.slice(this.#options.prefix.length);
    const name = partitionName(topic, batch.partition);
    const goesOn = (): boolean => isRunning() && !isStale() && !this.#closing.signal.aborted && consumer === this.#consumer;
    let limit = size;
    for (let at = 0, failures = 0; at < batch.messages.length && goesOn(); ) {
      const messages = batch.messages.slice(at, at + limit);
      const records = messages.flatMap((message) => {
        const record = toRecord(topic, message);
        if (!record) log({ level: 'error', service, message: 'a message that is no event is passed over', partition: name, offset: message.offset });
        return record ?? [];
      });
      try {
        await this.#handle(records, name, heartbeat);
      } catch (error) {
        if (isRevoked(error)) throw error;
        failures++;
        limit = Math.max(1, limit >> 1); // a batch that is too much for a time limit must not be so for ever
        log({ level: 'warn', service, message: `${this.group} could not take records of ${name}; they come again`, error: String(error), failures });
        await pause(Math.min(backOffMs(failures, FIRST_BACK_OFF_MS, MOST_BACK_OFF_MS, this.#options.random), HEARTBEAT_MS), this.#closing.signal);
        await heartbeat();
        continue;
      }
      if (this.#cancel.signal.aborted || consumer !== this.#consumer) return; // too late to count: it comes again and meets the inbox
      const last = messages.at(-1)!.offset;
      resolveOffset(last);
      const next = BigInt(last) + 1n;
      this.#taken.set(name, next);
      this.#uncommitted.set(name, { topic: batch.topic, partition: batch.partition, offset: String(next) });
      this.#lastTaken = performance.now();
      at += messages.length;
      failures = 0;
      limit = size;
      try {
        await heartbeat();
      } catch (error) {
        if (isRevoked(error)) await this.#commit(consumer); // the group still takes it, and the next owner begins behind it
        throw error;
      }
    }
  }

  /** Hands records over while it keeps the membership of the group alive; a group that balances anew is told at once. */
  async #handle(records: readonly BusRecord[], partition: string, heartbeat: () => Promise<void>): Promise<void> {
    const { subscription, shuffle } = this.#options;
    if (records.length === 0) return;
    const revoked = new AbortController();
    const beat = setInterval(() => void heartbeat().catch((error: unknown) => revoked.abort(error)), HEARTBEAT_MS);
    try {
      await subscription.handle(shuffle ? shuffledByKey(records, shuffle) : records, { partition, signal: AbortSignal.any([this.#cancel.signal, revoked.signal]) });
    } finally {
      clearInterval(beat);
    }
  }

  /** Commits what was taken since the last time, in one request. What is not stored comes again. */
  async #commit(consumer: Consumer): Promise<void> {
    if (this.#uncommitted.size === 0 || consumer !== this.#consumer) return;
    const taken = [...this.#uncommitted];
    try {
      await consumer.commitOffsets(taken.map(([, offset]) => offset));
      for (const [name, offset] of taken) if (this.#uncommitted.get(name) === offset) this.#uncommitted.delete(name);
    } catch (error) {
      this.#options.log({ level: 'warn', service: this.#options.service, message: `the offsets of ${this.group} were not stored; again in a second`, error: String(error) });
    }
  }

  async #watch(end: (reason: string) => void): Promise<void> {
    if (!this.#joined || !this.idle || performance.now() - this.#lastTaken < STALL_MS) return;
    try {
      const [consumed, ends] = [await this.consumed(), await this.#options.logs.ends(this.topics)];
      if (this.idle && [...this.#assigned].some((name) => (consumed.get(name) ?? 0n) < (ends.get(name) ?? 0n))) end(`took nothing for ${STALL_MS / 1000} s while it is behind`);
      else this.#lastTaken = performance.now();
    } catch {
      // a broker that does not answer is no reason to begin anew
    }
  }
}

/** Whether the group takes the partition away, or no longer knows this member. */
function isRevoked(error: unknown): boolean {
  const { type } = error as { type?: unknown };
  return type === 'REBALANCE_IN_PROGRESS' || type === 'ILLEGAL_GENERATION' || type === 'UNKNOWN_MEMBER_ID' || type === 'NOT_COORDINATOR_FOR_GROUP';
}
