import { context, trace } from '@opentelemetry/api';
import type { FastifyReply, FastifyRequest, RouteHandlerMethod, onRequestAsyncHookHandler } from 'fastify';
import { keyOfHeader } from '@naru/platform/auth/api-key';
import { type Ended, type Revocations, isWrite } from '@naru/platform/auth/revocations';
import type { Verified } from '@naru/platform/auth/verifier';
import { activeTrace } from '@naru/platform/telemetry';
import { answerOf } from './answer.js';
import type { Backend, CallHeaders } from './backend.js';
import { type OpenStreams, eventStreamOf } from './event-stream.js';
import { answersFile, sendFile } from './file-answer.js';
import type { KeyExchange } from './key-exchange.js';
import { callHeadersOf } from './metadata.js';
import { faultOf, refuseAtEdge, sendProblem } from './problem.js';
import type { Route } from './route.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The caller's token; undefined where the contract asks for none. */
    verified: Verified | undefined;
  }
}

export interface EdgeAccess {
  /** Says who an Authorization header stands for; undefined when it does not hold. */
  readonly verify: (authorization: string | undefined) => Promise<Verified | undefined>;
  /** What is revoked; asked for every call. Absent only where the edge runs without identity, in tests and benchmarks. */
  readonly revocations?: Revocations;
  /** Hears of every call that was refused here for want of a token, or of one that was revoked. */
  readonly onUnauthenticated?: (method: string, code: 'UNAUTHENTICATED' | 'CREDENTIAL_REVOKED') => void;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** Who may come in: settled before the body is read, so that a stranger costs nothing. */
export function admission(route: Route, access: EdgeAccess, keys: KeyExchange): onRequestAsyncHookHandler {
  const write = isWrite(route.rpc);
  return async (request) => {
    const key = keyOfHeader(request.headers.authorization);
    // from here on the key is a token: nothing behind the edge sees a key
    if (key !== undefined) request.headers.authorization = await keys.tokenFor(key, request.ip);
    request.verified = await access.verify(request.headers.authorization);
    const code = request.verified ? access.revocations?.refusalOf(request.verified, write) : 'UNAUTHENTICATED';
    if (code === undefined) return;
    if (code !== 'REVOCATIONS_UNKNOWN') access.onUnauthenticated?.(route.rpc.path, code);
    refuseAtEdge(code);
  };
}

/** The trace that goes with a call: the request's own span. */
function traceOf(request: FastifyRequest): CallHeaders {
  const { span } = request;
  return span ? { ...context.with(trace.setSpan(context.active(), span), activeTrace) } : {};
}

function partsOf(request: FastifyRequest) {
  return { params: request.params as Record<string, string>, query: request.query as Record<string, string>, body: request.body };
}

/** How the bytes of a response are answered: as JSON, or as the file that they carry. */
function senderOf(route: Route): (reply: FastifyReply, answered: Buffer) => void {
  if (answersFile(route.rpc)) return sendFile;
  const answer = answerOf(route.rpc);
  return (reply, answered) => void reply.type(JSON_TYPE).send(answer(answered));
}

/** One request, one call. A client that leaves cancels its call. */
export function unaryHandler(route: Route, backend: Backend, callLimitMs: number): RouteHandlerMethod {
  const { path, access } = route.rpc;
  const send = senderOf(route);
  return (request, reply) => {
    const bytes = route.encode(partsOf(request));
    const headers = callHeadersOf(request.headers, access.idempotencyKey, traceOf(request));
    const response = reply.raw;
    const call = backend.unary(path, bytes, headers, Date.now() + callLimitMs, (failure, answered) => {
      response.off('close', left);
      try {
        if (failure) sendProblem(reply, faultOf(failure));
        else send(reply, answered!);
      } catch (fault) {
        void reply.send(fault); // to the error handler
      }
    });
    const left = (): void => {
      if (!response.writableFinished) call.cancel();
    };
    response.once('close', left);
    return reply;
  };
}

/** One request, a stream of messages. `Last-Event-ID` stands for the field `after`, where the contract has one. */
export function streamHandler(route: Route, backend: Backend, open: OpenStreams, revocations: Revocations | undefined): RouteHandlerMethod {
  const { method, access } = route.rpc;
  const stream = eventStreamOf(route.rpc, backend, open);
  const resumes = method.input.fields.some((field) => field.name === 'after');
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const parts = partsOf(request);
    const last = resumes ? request.headers['last-event-id'] : undefined;
    const bytes = route.encode(last === undefined ? parts : { ...parts, query: { ...parts.query, after: last } });
    const headers = callHeadersOf(request.headers, access.idempotencyKey, traceOf(request));
    const { verified } = request;
    const onEnded = (end: (code: Ended) => void): (() => void) => (verified && revocations?.watch(verified, end)) ?? (() => {});
    await stream({ bytes, headers, expiresAt: verified?.expiresAt ?? Infinity, onEnded }, reply);
  };
}
