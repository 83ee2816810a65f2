import { type Span, SpanKind, SpanStatusCode, context, trace } from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { contextOf } from '@naru/platform/telemetry';

declare module 'fastify' {
  interface FastifyRequest {
    /** The span of the request; its trace id stands in problem documents. */
    span: Span | undefined;
  }
  interface FastifyContextConfig {
    /** Name of the request's span. */
    span?: string;
  }
}

const tracer = trace.getTracer('naru');
const ATTRIBUTES = { 'naru.service': 'gateway' };

function parentOf({ headers: { traceparent, tracestate } }: FastifyRequest) {
  if (typeof traceparent !== 'string') return context.active();
  return contextOf(typeof tracestate === 'string' ? { traceparent, tracestate } : { traceparent });
}

/** A span around every request, a child of the caller's trace. */
export function traceRequests(app: FastifyInstance): void {
  app.decorateRequest('span', undefined);
  app.addHook('onRequest', (request, reply, done) => {
    const span = tracer.startSpan(request.routeOptions.config.span ?? request.method, { kind: SpanKind.SERVER, attributes: ATTRIBUTES }, parentOf(request));
    request.span = span;
    reply.raw.once('close', () => {
      if (reply.raw.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    });
    done();
  });
}
