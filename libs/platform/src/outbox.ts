import { type Context, SpanKind, context, propagation, trace } from '@opentelemetry/api';
import { systemClock } from './clocks.js';
import type { Transaction } from './database.js';
import type { Occurred } from './event.js';
import type { Ids } from './ids.js';

/** A fact that belongs to the trace of another call than the running one: a turnstile decides for many callers at once. */
export interface TracedOccurred extends Occurred {
  readonly trace?: Context;
}

interface TraceFields {
  readonly traceparent: string | null;
  readonly tracestate: string | null;
}

const INSERT = `
  insert into outbox (event_id, type, key, payload, time, record_time, traceparent, tracestate)
  select event_id, type, key, payload, to_timestamp(time / 1000), to_timestamp($6::float8 / 1000), traceparent, tracestate
  from unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::float8[], $7::text[], $8::text[])
    with ordinality e (event_id, type, key, payload, time, traceparent, tracestate, place)
  order by place`;

const tracer = trace.getTracer('naru.outbox');

/** Facts go out with the state that they are about: both are durable, or neither. */
export class Outbox {
  readonly #ids: Ids;
  readonly #wake: () => void;
  readonly #now: () => number;

  /** `wake` is called after each commit that published: it rings the relay. */
  constructor(ids: Ids, wake: () => void, now: () => number = systemClock.now) {
    this.#ids = ids;
    this.#wake = wake;
    this.#now = now;
  }

  /**
   * Writes `events`, in order, in the transaction of their state; gives their ids. Call it after the aggregate's lock:
   * the order of a key on the bus is the order in which its rows are drawn here.
   */
  async publish(tx: Transaction, events: readonly TracedOccurred[]): Promise<readonly string[]> {
    if (events.length === 0) return [];
    const ids = events.map(() => this.#ids.next());
    const traces = traceFieldsOf(events);
    tx.send(INSERT, [
      ids,
      events.map((event) => event.type),
      events.map((event) => event.key),
      events.map((event) => bytesOf(event.payload)),
      events.map((event) => event.time),
      this.#now(),
      traces.map((fields) => fields.traceparent),
      traces.map((fields) => fields.tracestate),
    ]);
    tx.afterCommit(this.#wake);
    return ids;
  }
}

/** pg writes Buffers as bytea; of other arrays it makes text. */
function bytesOf(payload: Uint8Array): Buffer {
  return Buffer.isBuffer(payload) ? payload : Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
}

/** One producer span per trace; its context is what the effects hang on. */
function traceFieldsOf(events: readonly TracedOccurred[]): readonly TraceFields[] {
  const running = context.active();
  const spans = new Map<Context, TraceFields>();
  return events.map((event) => {
    const parent = event.trace ?? running;
    let fields = spans.get(parent);
    if (!fields) {
      const span = tracer.startSpan(`publish ${event.type}`, { kind: SpanKind.PRODUCER, attributes: { 'messaging.system': 'naru' } }, parent);
      const carrier: { traceparent?: string; tracestate?: string } = {};
      propagation.inject(trace.setSpan(parent, span), carrier);
      span.end();
      spans.set(parent, (fields = { traceparent: carrier.traceparent ?? null, tracestate: carrier.tracestate ?? null }));
    }
    return fields;
  });
}
