import { Client, type ClientReadableStream, Metadata, type ServiceError, credentials, type status } from '@grpc/grpc-js';
import { DETAILS_KEY } from '@naru/platform/rpc/status';

/** Headers of a call, lower case, printable ASCII. */
export type CallHeaders = Readonly<Record<string, string>>;

/** A call that runs, so that it can be ended. */
export interface Cancellable {
  cancel(): void;
}

/** How a call failed: its gRPC status and, where the service itself refused, its google.rpc.Status. */
export interface CallFailure {
  readonly status: status;
  readonly statusDetails?: Buffer | undefined;
}

/** Calls one service by gRPC, bytes in and bytes out. A small port: two clients stand behind it. */
export interface Backend {
  /** `onEnd` gets the answer or the failure, once. */
  unary(path: string, request: Buffer, headers: CallHeaders, deadline: number, onEnd: (failure: CallFailure | null, answer?: Buffer) => void): Cancellable;
  stream(path: string, request: Buffer, headers: CallHeaders): ClientReadableStream<Buffer>;
  close(): void;
}

export const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;
const HEALTH_DEADLINE_MS = 1000;
/** grpc.health.v1.HealthCheckResponse { status: SERVING } */
const SERVING = Buffer.from([0x08, 0x01]);
const raw = (bytes: Buffer): Buffer => bytes;

function metadataOf(headers: CallHeaders): Metadata {
  const metadata = new Metadata();
  for (const name in headers) metadata.set(name, headers[name]!);
  return metadata;
}

export function failureOf(error: ServiceError): CallFailure {
  const [details] = error.metadata?.get(DETAILS_KEY) ?? [];
  return { status: error.code, statusDetails: Buffer.isBuffer(details) ? details : undefined };
}

/** The client of grpc-js: streams, and the oracle of the other one. */
export function grpcBackend(address: string): Backend {
  const client = new Client(address, credentials.createInsecure(), {
    'grpc.enable_retries': 0, // commands are repeated by their senders, under their key
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.initial_reconnect_backoff_ms': 50,
    'grpc.max_reconnect_backoff_ms': 1000,
  });
  return {
    unary: (path, request, headers, deadline, onEnd) =>
      client.makeUnaryRequest(path, raw, raw, request, metadataOf(headers), { deadline }, (error: ServiceError | null, answer?: Buffer) => (error ? onEnd(failureOf(error)) : onEnd(null, answer))),
    stream: (path, request, headers) => client.makeServerStreamRequest(path, raw, raw, request, metadataOf(headers)),
    close: () => client.close(),
  };
}

/** Whether a service says that it serves (grpc.health.v1). */
export function isHealthy(backend: Backend): Promise<boolean> {
  return new Promise((resolve) => {
    backend.unary('/grpc.health.v1.Health/Check', Buffer.alloc(0), {}, Date.now() + HEALTH_DEADLINE_MS, (failure, answer) => resolve(!failure && answer!.equals(SERVING)));
  });
}
