import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { TracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace';

export interface TelemetryOptions {
  /** Where spans are sent by OTLP, such as `http://collector:4318`; absent: spans live in the process only. */
  readonly otlpEndpoint?: string;
  readonly spanProcessors?: readonly SpanProcessor[];
}

/**
 * Starts tracing, once per process: the one global thing, because OpenTelemetry's API is. Gives the way to stop it.
 * The whole SDK is loaded only where spans are exported (ADR 6).
 */
export async function startTelemetry(options: TelemetryOptions): Promise<() => Promise<void>> {
  if (options.otlpEndpoint) {
    const { NodeSDK } = await import('@opentelemetry/sdk-node');
    const sdk = new NodeSDK({ serviceName: 'naru', instrumentations: [], ...(options.spanProcessors ? { spanProcessors: [...options.spanProcessors] } : {}) });
    sdk.start();
    return () => sdk.shutdown();
  }
  const provider = new TracerProvider({ spanProcessors: [...(options.spanProcessors ?? [])] });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  return () => provider.shutdown();
}
