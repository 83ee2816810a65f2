import { type Context, type Span, SpanKind, SpanStatusCode, context, propagation, trace } from '@opentelemetry/api';

const tracer = trace.getTracer('naru');

/** The carrier of a trace across a seam: W3C Trace Context. */
export interface TraceCarrier {
  traceparent?: string;
  tracestate?: string;
}

/** The active trace as a carrier; empty where there is none. */
export function activeTrace(): TraceCarrier {
  const carrier: TraceCarrier = {};
  propagation.inject(context.active(), carrier);
  return carrier;
}

/** The context that a carrier brings. */
export function contextOf(carrier: TraceCarrier): Context {
  return propagation.extract(context.active(), carrier);
}

/** Runs `fn` in a span under `parent`; the span ends with it and tells its failure. */
export async function inSpan<T>(name: string, options: { kind?: SpanKind; parent?: Context; attributes?: Record<string, string | number> }, fn: (span: Span) => Promise<T>): Promise<T> {
  const span = tracer.startSpan(name, { kind: options.kind ?? SpanKind.INTERNAL, attributes: options.attributes ?? {} }, options.parent ?? context.active());
  try {
    return await context.with(trace.setSpan(options.parent ?? context.active(), span), () => fn(span));
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
    throw error;
  } finally {
    span.end();
  }
}
