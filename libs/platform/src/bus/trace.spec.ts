import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SpanKind, context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { Consumer } from '../consumer.js';
import { Ids } from '../ids.js';
import { Outbox } from '../outbox.js';
import { Relay } from '../relay.js';
import { Turnstile } from '../turnstile.js';
import { until } from './contract-ground.js';
import { EmbeddedBus } from './embedded.js';
import { embeddedRelay } from './outbox-session.js';
import { type SpecDatabase, specDatabase } from './spec-database.js';

const TYPE = 'naru.auction.v1.SpecHappened';

describe('the trace of a fact', () => {
  const exporter = new InMemorySpanExporter();
  let spec: SpecDatabase;

  beforeAll(async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
    trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
    spec = await specDatabase(['auction', 'warehousing']);
  }, 60_000);

  afterAll(async () => {
    trace.disable();
    context.disable();
    propagation.disable();
    await spec?.drop();
  }, 60_000);

  it('goes from each command of a batch through the bus to its own effect', async () => {
    const tracer = trace.getTracer('spec');
    const [auction, warehousing] = [await spec.connect('auction'), await spec.connect('warehousing')];
    const relay = new Relay({ service: 'auction', open: embeddedRelay({ url: spec.url('auction'), service: 'auction', topic: 'naru.auction.v1' }), log: () => {} });
    relay.start();
    const outbox = new Outbox(new Ids(), relay.wake);
    const gate = new Turnstile<string, string>({
      database: auction, name: 'gate', encode: (answer) => Buffer.from(answer), decode: (bytes) => Buffer.from(bytes).toString(),
      decide: async (tx, _key, tickets) => {
        await outbox.publish(tx, tickets.map(({ command, trace: of }) => ({ type: TYPE, key: command, payload: Buffer.from(command), time: 0, trace: of })));
        return tickets.map(({ command }) => ({ ok: true, answer: command }));
      },
    });
    const bus = new EmbeddedBus({ database: warehousing, url: spec.url('warehousing'), service: 'warehousing', log: () => {} });
    const effects: string[] = [];
    const consumer = new Consumer({
      database: warehousing, bus, group: 'warehousing', service: 'warehousing', log: () => {},
      codecs: new Map([[TYPE, { $type: TYPE, encode: () => ({ finish: () => new Uint8Array() }), decode: (bytes: Uint8Array) => Buffer.from(bytes).toString(), fromPartial: (message: unknown) => message }]]),
      handlers: new Map([[TYPE, async (event) => {
        tracer.startSpan(`effect ${event.data as string}`).end();
        effects.push(event.data as string);
      }]]),
    });
    await consumer.start();

    await Promise.all(['a', 'b'].map((command) => tracer.startActiveSpan(`call ${command}`, async (span) => {
      await gate.submit('lot', { command, deadline: Infinity, idempotency: undefined });
      span.end();
    })));
    await until('both effects', () => effects.length === 2);
    await bus.close(1_000);
    await Promise.all([consumer.stop(), relay.stop()]);
    await Promise.all([auction.close(), warehousing.close()]);

    const spans = exporter.getFinishedSpans();
    for (const command of ['a', 'b']) {
      const call = spans.find((span) => span.name === `call ${command}`)!;
      const publish = spans.find((span) => span.kind === SpanKind.PRODUCER && span.parentSpanContext?.spanId === call.spanContext().spanId)!;
      const consume = spans.find((span) => span.kind === SpanKind.CONSUMER && span.parentSpanContext?.spanId === publish.spanContext().spanId)!;
      const effect = spans.find((span) => span.name === `effect ${command}`)!;
      expect(effect.parentSpanContext?.spanId).toBe(consume.spanContext().spanId);
      expect(effect.spanContext().traceId).toBe(call.spanContext().traceId);
    }
  }, 30_000);
});
