import { type Context, type Link, ROOT_CONTEXT, SpanKind, SpanStatusCode, context, propagation, trace } from '@opentelemetry/api';
import { topicsOf } from '@naru/contracts/registry';
import { isRetriable } from './bus/retriable.js';
import type { Bus, BusRecord } from './bus/port.js';
import type { LogLine } from './config.js';
import { crashPoint } from './crash-point.js';
import type { Database, Transaction } from './database.js';
import type { Delivered, EventCodec } from './event.js';
import { type Inbox, inboxOf } from './inbox.js';
import { Parking, checked } from './parking.js';

export type EventHandler = (event: Delivered<unknown>, tx: Transaction) => Promise<void>;

/**
 * Takes the events of one type that follow each other in a batch, in their order, together: for streams where a statement
 * per event is too slow. After a failure it gets them one by one.
 */
export interface StreamHandler {
  readonly together: (events: readonly Delivered<unknown>[], tx: Transaction) => Promise<void>;
}

export interface ConsumerOptions {
  readonly database: Pick<Database, 'query' | 'transaction'>;
  readonly bus: Bus;
  /** Name of the consumer: of its cursors, its inbox and what it parks. Never changes. */
  readonly group: string;
  readonly service: string;
  /** By type of event. */
  readonly handlers: ReadonlyMap<string, EventHandler | StreamHandler>;
  readonly codecs: ReadonlyMap<string, EventCodec<unknown>>;
  readonly log: (line: LogLine) => void;
  readonly crashAt?: string;
  readonly random?: () => number;
  readonly inbox?: Inbox;
  readonly parking?: Pick<Parking, 'heldKeys' | 'park' | 'append' | 'start' | 'stop'>;
}

const HOUR_MS = 3_600_000;
const tracer = trace.getTracer('naru.consumer');

function publicationOf(record: BusRecord): Context {
  if (!record.traceparent) return ROOT_CONTEXT;
  return propagation.extract(ROOT_CONTEXT, { traceparent: record.traceparent, ...(record.tracestate ? { tracestate: record.tracestate } : {}) });
}

function delivered(record: BusRecord, codec: EventCodec<unknown>): Delivered<unknown> {
  const { id, type, source, key, time, recordTime } = record;
  return { id, type, source, key, time, recordTime, data: codec.decode(record.payload) };
}

/** The publications of `records`, each once: facts of one transaction share theirs. */
function linksOf(records: readonly BusRecord[]): Link[] {
  const publications = new Map(records.map((record) => [record.traceparent, record]));
  return [...publications.values()].flatMap((record) => {
    const linked = trace.getSpanContext(publicationOf(record));
    return linked ? [{ context: linked }] : [];
  });
}

/** The effect of `records` of one type under a span: of one, a child of its publication; of several, linked to theirs. */
async function effectOf(records: readonly BusRecord[], handler: EventHandler | StreamHandler, codec: EventCodec<unknown>, service: string, tx: Transaction): Promise<void> {
  const [first] = records as [BusRecord];
  const parent = records.length === 1 ? publicationOf(first) : ROOT_CONTEXT;
  const links = records.length === 1 ? [] : linksOf(records);
  const attributes = { 'naru.service': service, 'messaging.system': 'naru', 'messaging.message.id': first.id, 'messaging.destination.name': first.topic, 'messaging.batch.message_count': records.length };
  const span = tracer.startSpan(`consume ${first.type}`, { kind: SpanKind.CONSUMER, attributes, links }, parent);
  try {
    const events = records.map((record) => delivered(record, codec));
    await context.with(trace.setSpan(parent, span), () => (typeof handler === 'function' ? handler(events[0]!, tx) : handler.together(events, tx)));
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
    throw error;
  } finally {
    span.end();
  }
}

/**
 * Takes events once each: the ids of a batch are stored in the transaction of its effects. An event that cannot be taken
 * parks its key; other keys go on. A failure that time may heal parks nothing: the batch comes again.
 */
export class Consumer {
  readonly #options: ConsumerOptions;
  readonly #inbox: Inbox;
  readonly #parking: NonNullable<ConsumerOptions['parking']>;
  #hourly: NodeJS.Timeout | undefined;

  constructor(options: ConsumerOptions) {
    for (const type of options.handlers.keys()) if (!options.codecs.has(type)) throw new Error(`no codec for ${type}`);
    this.#options = options;
    this.#inbox = options.inbox ?? inboxOf(options.database);
    this.#parking =
      options.parking ??
      new Parking({ database: options.database, group: options.group, service: options.service, effect: (record, tx) => this.#effect([record], tx), log: options.log, random: options.random });
  }

  /** What this consumer has parked, where it keeps that in its database. */
  get parking(): Parking | undefined {
    return this.#parking instanceof Parking ? this.#parking : undefined;
  }

  async start(): Promise<void> {
    const { bus, group, handlers } = this.#options;
    if (handlers.size === 0) return;
    await this.#prepareDays();
    this.#hourly = setInterval(() => void this.#prepareDays(), HOUR_MS);
    this.#hourly.unref();
    this.#parking.start();
    await bus.subscribe({ group, topics: [...new Set([...handlers.keys()].flatMap(topicsOf))], handle: (batch) => this.handle(batch) });
  }

  /** Stops what runs beside the bus; the bus is closed by its owner, first. */
  async stop(): Promise<void> {
    clearInterval(this.#hourly);
    await this.#parking.stop();
  }

  /** Takes one batch. A throw means: bring it again. */
  async handle(batch: readonly BusRecord[]): Promise<void> {
    const { database, handlers, log, service, crashAt } = this.#options;
    const wanted = new Map<string, BusRecord>();
    for (const record of batch) if (handlers.has(record.type) && !wanted.has(record.id)) wanted.set(record.id, record);
    if (wanted.size === 0) return;
    const records = [...wanted.values()];
    try {
      await database.transaction((tx) => this.#takeTogether(tx, records));
    } catch (error) {
      if (isRetriable(error)) throw error;
      log({ level: 'warn', service, message: 'a batch of events failed; taking them one by one', error: String(error), events: records.length });
      await database.transaction((tx) => this.#takeOneByOne(tx, records));
    }
    crashPoint('consumer.after-effect', crashAt);
  }

  /** Those of `records` that are new, and the keys among them that are parked already. */
  async #fresh(tx: Transaction, records: readonly BusRecord[]): Promise<{ fresh: readonly BusRecord[]; held: Set<string> }> {
    const { group } = this.#options;
    // both questions on one way: an effect waits for a round trip less, and keys of what came before cost nothing unless they are parked
    const [ids, held] = await Promise.all([
      this.#inbox.take(tx, group, records.map((record) => record.id)),
      this.#parking.heldKeys(tx, [...new Set(records.map((record) => record.key))]),
    ]);
    return { fresh: ids.size === records.length ? records : records.filter((record) => ids.has(record.id)), held: new Set(held) };
  }

  async #takeTogether(tx: Transaction, records: readonly BusRecord[]): Promise<void> {
    const { handlers, crashAt } = this.#options;
    const { fresh, held } = await this.#fresh(tx, records);
    crashPoint('consumer.before-effect', crashAt);
    const behind: BusRecord[] = [];
    let run: BusRecord[] = [];
    for (const record of fresh) {
      if (held.has(record.key)) behind.push(record);
      else if (run[0]?.type === record.type && typeof handlers.get(record.type) === 'object') run.push(record);
      else {
        if (run.length > 0) await this.#effect(run, tx);
        run = [record];
      }
    }
    if (run.length > 0) await this.#effect(run, tx);
    await this.#parking.append(tx, behind);
  }

  async #takeOneByOne(tx: Transaction, records: readonly BusRecord[]): Promise<void> {
    const { log, service } = this.#options;
    const { fresh, held } = await this.#fresh(tx, records);
    for (const record of fresh) {
      if (held.has(record.key)) {
        await this.#parking.append(tx, [record]);
        continue;
      }
      try {
        await tx.savepoint(() => checked(tx, () => this.#effect([record], tx)));
      } catch (error) {
        if (isRetriable(error)) throw error;
        held.add(record.key);
        await this.#parking.park(tx, record, error);
        log({ level: 'error', service, message: 'an event was parked, with its key', key: record.key, event: record.id, type: record.type, error: String(error) });
      }
    }
  }

  #effect(records: readonly BusRecord[], tx: Transaction): Promise<void> {
    const { group, service, handlers, codecs } = this.#options;
    const { type } = records[0]!;
    const handler = handlers.get(type);
    if (!handler) throw new Error(`${group} no longer takes ${type}`);
    return effectOf(records, handler, codecs.get(type)!, service, tx);
  }

  async #prepareDays(): Promise<void> {
    await this.#inbox.prepareDays().catch((error: unknown) => {
      // days are made ahead, and the default partition takes the rest
      this.#options.log({ level: 'warn', service: this.#options.service, message: 'the days of the inbox were not made', error: String(error) });
    });
  }
}
