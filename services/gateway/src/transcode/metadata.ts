import type { IncomingHttpHeaders } from 'node:http';
import { keyOfHeader } from '@naru/platform/auth/api-key';
import type { CallHeaders } from './backend.js';
import { refuseAtEdge } from './problem.js';

const PRINTABLE = /^[\x20-\x7e]{1,8192}$/;
const KEY = /^[\x21-\x7e]{1,64}$/;
/** What a service learns of a caller's headers. Everything else stays at the edge, `naru-*` above all. */
const FORWARDED = ['authorization', 'idempotency-key', 'if-match', 'accept-language'] as const;

/** The headers of a call, to which the trace is added; throws EdgeRefused where one cannot be passed on, or a needed key is missing. */
export function callHeadersOf(headers: IncomingHttpHeaders, needsKey: boolean, trace: CallHeaders): CallHeaders {
  if (needsKey && !KEY.test((headers['idempotency-key'] as string | undefined) ?? '')) refuseAtEdge('IDEMPOTENCY_KEY_MISSING');
  const forwarded: Record<string, string> = { ...trace };
  for (const name of FORWARDED) {
    const value = headers[name];
    if (value === undefined || value === '' || (name === 'authorization' && keyOfHeader(headers.authorization))) continue; // a key where none is asked for
    if (typeof value !== 'string' || !PRINTABLE.test(value)) refuseAtEdge('INVALID_ARGUMENT', { errors: [{ field: name, code: 'header', detail: 'must be printable ASCII' }] });
    forwarded[name] = value;
  }
  return forwarded;
}
