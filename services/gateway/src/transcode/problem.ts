import type { Socket } from 'node:net';
import { status } from '@grpc/grpc-js';
import { type Span, isSpanContextValid } from '@opentelemetry/api';
import type { FastifyReply } from 'fastify';
import { BadRequest, ErrorInfo } from '@naru/contracts/gen/google/rpc/error_details';
import { Status } from '@naru/contracts/gen/google/rpc/status';
import { type ErrorCode, definitionOf, errorText, isErrorCode } from '@naru/kernel/errors';
import type { FieldViolation } from '@naru/platform/rpc/status';
import type { CallFailure } from './backend.js';

/** What a refusal says, whoever refused: the edge itself or a service behind it. */
export interface Fault {
  readonly code: ErrorCode;
  readonly details?: Readonly<Record<string, string>>;
  readonly errors?: readonly FieldViolation[];
  /** Ids of the events that decide. */
  readonly why?: readonly string[];
}

/** A refusal of the edge itself. */
export class EdgeRefused extends Error {
  constructor(readonly fault: Fault) {
    super(fault.code);
  }
}

export function refuseAtEdge(code: ErrorCode, rest: Omit<Fault, 'code'> = {}): never {
  throw new EdgeRefused({ code, ...rest });
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  422: 'Unprocessable Content',
  428: 'Precondition Required',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** Seconds after which a refused call may be tried again. */
const RETRY_AFTER: Partial<Record<ErrorCode, string>> = { IDEMPOTENCY_KEY_IN_FLIGHT: '1', ABORTED: '1', QUEUE_FULL: '1', RATE_LIMITED: '60', UNAVAILABLE: '2', REVOCATIONS_UNKNOWN: '5' };

/** gRPC statuses without our details come from the transport: fixed words for them, never an address. */
const TRANSPORT: Partial<Record<number, ErrorCode>> = {
  [status.CANCELLED]: 'UNAVAILABLE',
  [status.DEADLINE_EXCEEDED]: 'DEADLINE_EXCEEDED',
  [status.UNAVAILABLE]: 'UNAVAILABLE',
};

/** What a failed gRPC call says. */
export function faultOf(failure: CallFailure): Fault {
  const refusal = failure.statusDetails && statusOf(failure.statusDetails);
  if (!refusal) return { code: TRANSPORT[failure.status] ?? 'INTERNAL' };
  let code: ErrorCode = 'INTERNAL';
  let details: Record<string, string> = {};
  let why: readonly string[] = [];
  let errors: readonly FieldViolation[] = [];
  for (const { typeUrl, value } of refusal.details) {
    if (typeUrl.endsWith('/google.rpc.ErrorInfo')) {
      const info = ErrorInfo.decode(value);
      if (isErrorCode(info.reason)) code = info.reason;
      const { why: events, ...rest } = info.metadata;
      details = rest;
      why = events ? events.split(',') : [];
    } else if (typeUrl.endsWith('/google.rpc.BadRequest')) {
      errors = BadRequest.decode(value).fieldViolations.map((v) => ({ field: v.field, code: v.reason, detail: v.description }));
    }
  }
  return { code, details, errors, why };
}

function statusOf(bytes: Buffer): Status | undefined {
  try {
    return Status.decode(bytes);
  } catch {
    return undefined; // not ours
  }
}

/** `ko` when the caller prefers Korean to English. */
export function languageOf(acceptLanguage: string | undefined): 'en' | 'ko' {
  if (!acceptLanguage) return 'en';
  const weights = new Map(
    acceptLanguage.split(',').map((range): [string, number] => {
      const [language = '', q = ''] = range.trim().toLowerCase().split(/\s*;\s*q\s*=\s*/);
      return [language.split('-')[0]!, q === '' ? 1 : Number(q) || 0];
    }),
  );
  return (weights.get('ko') ?? 0) > (weights.get('en') ?? 0) ? 'ko' : 'en';
}

/** The problem document of a fault. */
function problemOf(fault: Fault, acceptLanguage: string | undefined, traceId: string) {
  const { status: http } = definitionOf(fault.code);
  return {
    type: `urn:naru:error:${fault.code}`,
    title: TITLES[http],
    status: http,
    detail: errorText(fault.code, languageOf(acceptLanguage), fault.details),
    code: fault.code,
    errors: fault.errors ?? [],
    details: fault.details ?? {},
    why: fault.why ?? [],
    trace_id: traceId,
  };
}

/** Empty where nothing is traced. */
function traceIdOf(span: Span | undefined): string {
  const context = span?.spanContext();
  return context && isSpanContextValid(context) ? context.traceId : '';
}

/** Answers a problem document (RFC 9457). */
export function sendProblem(reply: FastifyReply, fault: Fault): FastifyReply {
  const { headers, span } = reply.request;
  const problem = problemOf(fault, headers['accept-language'], traceIdOf(span));
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="naru", error="invalid_token"');
  const retryAfter = RETRY_AFTER[fault.code];
  if (retryAfter && !reply.hasHeader('retry-after')) reply.header('retry-after', retryAfter);
  return reply.code(problem.status).type(PROBLEM_TYPE).serializer(JSON.stringify).send(problem);
}

/** Answers what is no HTTP request at all, or has headers without end, and closes. */
export function sendProblemOverSocket(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const detail = error.code === 'HPE_HEADER_OVERFLOW' ? 'the request line and headers are too long' : 'this is no HTTP request';
  const body = JSON.stringify(problemOf({ code: 'INVALID_ARGUMENT', errors: [{ field: '', code: 'http', detail }] }, undefined, ''));
  socket.end(`HTTP/1.1 400 Bad Request\r\ncontent-type: ${PROBLEM_TYPE}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`);
}
