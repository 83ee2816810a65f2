import { createHash } from 'node:crypto';
import { Metadata, Server as GrpcServer, ServerCredentials, type ServerUnaryCall, type ServerWritableStream, type ServiceError, type sendUnaryData } from '@grpc/grpc-js';
import { Server as NestServer, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { SpanKind } from '@opentelemetry/api';
import { isObservable, lastValueFrom } from 'rxjs';
import { type Rpc as Contract, rpcs } from '@naru/contracts/registry';
import { Refused, refused } from '@naru/kernel/decision';
import { type Revocations, isWrite } from '../auth/revocations.js';
import { ANONYMOUS, type TokenVerifier, type Verified } from '../auth/verifier.js';
import type { BusinessTime } from '../business-time.js';
import type { ServiceContext } from '../service-context.js';
import { contextOf, inSpan } from '../telemetry.js';
import { type Call, type Caller, may } from './call.js';
import type { CommandRunner } from './command.js';
import type { RpcExtras, RpcPattern } from './decorators.js';
import { drained } from './drained.js';
import type { RefusalLog } from './refusal-log.js';
import { Malformed, statusOf } from './status.js';
import { validateBytes } from './validation.js';

/** Why a call's signal is aborted. grpc-js says `cancelled` at the end of every call, and a reason of its own costs the signal a stack trace. */
const OVER = new Error('the call is over');
const KEY_SHAPE = /^[\x21-\x7e]{1,64}$/;
const LONGEST_CALL_MS = 30_000;
const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;

export interface RpcServerParts {
  readonly context: ServiceContext;
  readonly verifier: TokenVerifier;
  readonly revocations: Revocations | undefined;
  readonly commands: CommandRunner;
  readonly time: BusinessTime;
  readonly refusals: RefusalLog;
}

interface Endpoint {
  readonly contract: Contract;
  readonly extras: RpcExtras;
  readonly handler: MessageHandler;
}

function header(metadata: Metadata, name: string): string | undefined {
  const value = metadata.get(name)[0];
  return typeof value === 'string' ? value : undefined;
}

/**
 * The transport of every service: gRPC by Nest's message handlers. A request is checked on its raw bytes, its caller is
 * verified against the access that the contract declares, and only then it is decoded and handed over.
 * Methods without a declared access do not exist in the registry, so a service with one does not start (rule I1).
 */
export class RpcServer extends NestServer implements CustomTransportStrategy {
  readonly #parts: RpcServerParts;
  readonly #grpc = new GrpcServer({ 'grpc.max_receive_message_length': MAX_MESSAGE_BYTES });
  readonly #streams = new Set<AbortController>();
  #running = 0;
  #address = '';

  constructor(parts: RpcServerParts) {
    super();
    this.#parts = parts;
  }

  /** `127.0.0.1:port` once it listens. */
  get address(): string {
    return this.#address;
  }

  override on(): void {}

  override unwrap<T>(): T {
    return this.#grpc as T;
  }

  /** The handlers of events, by message type. */
  eventHandlers(): ReadonlyMap<string, MessageHandler> {
    return new Map([...this.messageHandlers].flatMap(([pattern, handler]) => (handler.isEventHandler ? [[(JSON.parse(pattern) as { event: string }).event, handler] as const] : [])));
  }

  override listen(callback: (error?: unknown) => void): void {
    try {
      for (const [pattern, handler] of this.messageHandlers) if (!handler.isEventHandler) this.#add(JSON.parse(pattern) as RpcPattern, handler);
      this.#addHealth();
    } catch (error) {
      callback(error);
      return;
    }
    const [host] = this.#parts.context.config.grpcAddress.split(':');
    this.#grpc.bindAsync(this.#parts.context.config.grpcAddress, ServerCredentials.createInsecure(), (error, port) => {
      this.#address = `${host}:${port}`;
      callback(error ?? undefined);
    });
  }

  /** Takes no new calls, lets the running ones end. */
  override async close(): Promise<void> {
    for (const abort of this.#streams) abort.abort(); // a stream has no end of its own
    await new Promise<void>((resolve) => {
      const forced = setTimeout(() => {
        this.#grpc.forceShutdown();
        resolve();
      }, 3000);
      this.#grpc.tryShutdown(() => {
        clearTimeout(forced);
        resolve();
      });
    });
  }

  get running(): number {
    return this.#running;
  }

  #add(pattern: RpcPattern, handler: MessageHandler): void {
    const contract = rpcs.get(pattern.rpc);
    if (!contract) throw new Error(`${pattern.rpc} is not in the contracts`);
    const endpoint: Endpoint = { contract, extras: handler.extras as RpcExtras, handler };
    const streaming = endpoint.extras.definition.responseStream;
    const implementation = streaming
      ? (call: ServerWritableStream<Buffer, Buffer>) => void this.#stream(endpoint, call)
      : (call: ServerUnaryCall<Buffer, Buffer>, respond: sendUnaryData<Buffer>) => void this.#unary(endpoint, call, respond);
    const raw = (bytes: Buffer) => bytes;
    this.#grpc.addService(
      { call: { path: pattern.rpc, requestStream: false, responseStream: streaming, requestSerialize: raw, requestDeserialize: raw, responseSerialize: raw, responseDeserialize: raw } },
      { call: implementation },
    );
  }

  #addHealth(): void {
    const serving = Buffer.from([0x08, 0x01]); // grpc.health.v1.HealthCheckResponse { status: SERVING }
    const raw = (bytes: Buffer) => bytes;
    this.#grpc.addService(
      { check: { path: '/grpc.health.v1.Health/Check', requestStream: false, responseStream: false, requestSerialize: raw, requestDeserialize: raw, responseSerialize: raw, responseDeserialize: raw } },
      { check: (_: ServerUnaryCall<Buffer, Buffer>, respond: sendUnaryData<Buffer>) => respond(null, serving) },
    );
  }

  async #unary(endpoint: Endpoint, call: ServerUnaryCall<Buffer, Buffer>, respond: sendUnaryData<Buffer>): Promise<void> {
    this.#running++;
    try {
      respond(null, await this.#inSpan(endpoint, call.metadata, () => this.#answer(endpoint, call)));
    } catch (error) {
      respond(this.#failure(endpoint, error));
    } finally {
      this.#running--;
    }
  }

  async #answer(endpoint: Endpoint, incoming: ServerUnaryCall<Buffer, Buffer>): Promise<Buffer> {
    const call = await this.#admit(endpoint, incoming);
    const { definition, mode } = endpoint.extras;
    const effect = async (given: Call): Promise<Buffer> => {
      const answered: unknown = await endpoint.handler(definition.requestDeserialize(incoming.request), given);
      return definition.responseSerialize(isObservable(answered) ? await lastValueFrom(answered) : answered);
    };
    return mode === 'command' ? this.#parts.commands.run(endpoint.contract.path, call, effect) : effect(call);
  }

  async #stream(endpoint: Endpoint, call: ServerWritableStream<Buffer, Buffer>): Promise<void> {
    this.#running++;
    try {
      await this.#inSpan(endpoint, call.metadata, async () => {
        const given = await this.#admit(endpoint, call);
        const source: unknown = await endpoint.handler(endpoint.extras.definition.requestDeserialize(call.request), given);
        call.sendMetadata(new Metadata()); // the caller learns before the first message that it was admitted
        const messages = (isObservable(source) ? await lastValueFrom(source) : source) as AsyncIterable<unknown>;
        for await (const message of messages) {
          if (given.signal.aborted) break;
          if (!call.write(endpoint.extras.definition.responseSerialize(message))) await drained(call);
        }
        if (given.signal.reason instanceof Refused) throw given.signal.reason;
      });
      call.end();
    } catch (error) {
      call.emit('error', this.#failure(endpoint, error));
    } finally {
      this.#running--;
    }
  }

  #inSpan<T>(endpoint: Endpoint, metadata: Metadata, fn: () => Promise<T>): Promise<T> {
    const traceparent = header(metadata, 'traceparent');
    return inSpan(
      endpoint.contract.path,
      {
        kind: SpanKind.SERVER,
        attributes: { 'rpc.system': 'grpc', 'naru.service': this.#parts.context.service },
        ...(traceparent ? { parent: contextOf({ traceparent, ...(header(metadata, 'tracestate') ? { tracestate: header(metadata, 'tracestate')! } : {}) }) } : {}),
      },
      fn,
    );
  }

  /** Validates the bytes, then says who calls and whether it may. */
  async #admit(endpoint: Endpoint, incoming: ServerUnaryCall<Buffer, Buffer> | ServerWritableStream<Buffer, Buffer>): Promise<Call> {
    const { contract } = endpoint;
    const receivedAt = this.#parts.time.now();
    const verified = await this.#verifiedOf(contract, incoming.metadata);
    const caller = verified?.caller ?? ANONYMOUS;
    validateBytes(contract.method.input, incoming.request);
    const deadline = incoming.getDeadline();
    const abort = new AbortController();
    incoming.on('cancelled', () => abort.abort(OVER));
    if (endpoint.extras.definition.responseStream) {
      this.#streams.add(abort);
      const forget = verified && this.#parts.revocations?.watch(verified, (code) => abort.abort(new Refused({ code, details: {}, why: [] })));
      abort.signal.addEventListener('abort', () => {
        this.#streams.delete(abort);
        forget?.();
      });
    }
    return {
      caller,
      receivedAt,
      deadline: Math.min(typeof deadline === 'number' ? deadline : deadline.getTime(), Date.now() + LONGEST_CALL_MS),
      idempotency: this.#idempotencyOf(contract, caller, incoming),
      signal: abort.signal,
    };
  }

  /** Undefined where the contract asks for no token. */
  async #verifiedOf(contract: Contract, metadata: Metadata): Promise<Verified | undefined> {
    if (contract.access.scope === 'PUBLIC') return undefined;
    const verified = await this.#parts.verifier.verify(header(metadata, 'authorization'));
    if (!verified) {
      this.#parts.refusals.record({ method: contract.path, subject: '', organizationId: '', code: 'UNAUTHENTICATED' });
      refused('UNAUTHENTICATED');
    }
    const { caller } = verified;
    const ended = this.#parts.revocations?.refusalOf(verified, isWrite(contract));
    if (ended) {
      if (ended === 'CREDENTIAL_REVOKED') this.#parts.refusals.record({ method: contract.path, subject: caller.subject, organizationId: caller.organizationId, code: ended });
      refused(ended);
    }
    if (!may(caller, contract.access.permission) || (contract.access.scope === 'SYSTEM' && !caller.system)) {
      this.#parts.refusals.record({ method: contract.path, subject: caller.subject, organizationId: caller.organizationId, code: 'PERMISSION_DENIED' });
      refused('PERMISSION_DENIED', { permission: contract.access.permission });
    }
    return verified;
  }

  #idempotencyOf(contract: Contract, caller: Caller, incoming: { metadata: Metadata; request: Buffer }): Call['idempotency'] {
    const key = header(incoming.metadata, 'idempotency-key');
    if (!contract.access.idempotencyKey) return undefined;
    if (key === undefined || !KEY_SHAPE.test(key)) refused('IDEMPOTENCY_KEY_MISSING');
    return { key, fingerprint: createHash('sha256').update(`${contract.path}\n${caller.organizationId}\n`).update(incoming.request).digest() };
  }

  #failure(endpoint: Endpoint, error: unknown): Partial<ServiceError> {
    if (error instanceof Refused) return statusOf(error.refusal, error instanceof Malformed ? error.violations : []);
    this.#parts.context.log('error', 'a call failed', { method: endpoint.contract.path, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    return unexpected(error);
  }
}

/** Connection trouble is for the caller to try again; everything else is ours. */
function unexpected(error: unknown): Partial<ServiceError> {
  const code = (error as { code?: unknown }).code;
  const message = error instanceof Error ? error.message : '';
  const unavailable = (typeof code === 'string' && /^(ECONN|EPIPE|08|53|57P0)/.test(code)) || /Connection terminated|timeout exceeded when trying to connect/.test(message);
  const aborted = code === '40001' || code === '40P01';
  return statusOf({ code: unavailable ? 'UNAVAILABLE' : aborted ? 'ABORTED' : 'INTERNAL', details: {}, why: [] });
}

