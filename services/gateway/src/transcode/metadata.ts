import type { IncomingHttpHeaders } from 'node:http';
import { Metadata } from '@grpc/grpc-js';
import { activeTrace } from '@naru/platform/telemetry';
import { refuseAtEdge } from './problem.js';

const PRINTABLE = /^[\x20-\x7e]{1,8192}$/;
const KEY = /^[\x21-\x7e]{1,64}$/;
/** What a service learns of a caller's headers. Everything else stays at the edge, `naru-*` above all. */
const FORWARDED = ['authorization', 'idempotency-key', 'if-match', 'accept-language'] as const;

/** The metadata of a call; throws EdgeRefused where a header cannot be passed on, or a needed key is missing. */
export function metadataOf(headers: IncomingHttpHeaders, needsKey: boolean): Metadata {
  const metadata = new Metadata();
  for (const name of FORWARDED) {
    const value = headers[name];
    if (value === undefined) continue;
    if (typeof value !== 'string' || !PRINTABLE.test(value)) refuseAtEdge('INVALID_ARGUMENT', { errors: [{ field: name, code: 'header', detail: 'must be printable ASCII' }] });
    metadata.set(name, value);
  }
  const key = headers['idempotency-key'];
  if (needsKey && (typeof key !== 'string' || !KEY.test(key))) refuseAtEdge('IDEMPOTENCY_KEY_MISSING');
  const { traceparent, tracestate } = activeTrace();
  if (traceparent) metadata.set('traceparent', traceparent);
  if (tracestate) metadata.set('tracestate', tracestate);
  return metadata;
}
