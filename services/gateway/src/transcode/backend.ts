import { Client, type ClientReadableStream, Metadata, type ServiceError, credentials } from '@grpc/grpc-js';

/** Headers of a call, lower case, printable ASCII. */
export type CallHeaders = Readonly<Record<string, string>>;

/** A call that runs, so that it can be ended. */
export interface Cancellable {
  cancel(): void;
}

/** Calls one service by gRPC, bytes in and bytes out. A small port, so that another client may take its place. */
export interface Backend {
  /** `onEnd` gets the answer or a ServiceError, once. */
  unary(path: string, request: Buffer, headers: CallHeaders, deadline: number, onEnd: (error: ServiceError | null, answer?: Buffer) => void): Cancellable;
  stream(path: string, request: Buffer, headers: CallHeaders): ClientReadableStream<Buffer>;
  /** Whether the service says that it serves (grpc.health.v1). */
  isHealthy(): Promise<boolean>;
  close(): void;
}

const HEALTH_DEADLINE_MS = 1000;
const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;
/** grpc.health.v1.HealthCheckResponse { status: SERVING } */
const SERVING = Buffer.from([0x08, 0x01]);
const raw = (bytes: Buffer): Buffer => bytes;

function metadataOf(headers: CallHeaders): Metadata {
  const metadata = new Metadata();
  for (const name in headers) metadata.set(name, headers[name]!);
  return metadata;
}

export function grpcBackend(address: string): Backend {
  const client = new Client(address, credentials.createInsecure(), {
    'grpc.enable_retries': 0, // commands are repeated by their senders, under their key
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.initial_reconnect_backoff_ms': 50,
    'grpc.max_reconnect_backoff_ms': 1000,
  });
  const unary: Backend['unary'] = (path, request, headers, deadline, onEnd) => client.makeUnaryRequest(path, raw, raw, request, metadataOf(headers), { deadline }, onEnd);
  return {
    unary,
    stream: (path, request, headers) => client.makeServerStreamRequest(path, raw, raw, request, metadataOf(headers)),
    isHealthy: () =>
      new Promise((resolve) => unary('/grpc.health.v1.Health/Check', Buffer.alloc(0), {}, Date.now() + HEALTH_DEADLINE_MS, (error, answer) => resolve(!error && answer!.equals(SERVING)))),
    close: () => client.close(),
  };
}
