import { Client, type ClientReadableStream, Metadata, type ServiceError, credentials } from '@grpc/grpc-js';

/** Calls one service by gRPC, bytes in and bytes out. A small port, so that another client may take its place. */
export interface Backend {
  /** Rejects with grpc-js's ServiceError. `onCall` gets the way to cancel. */
  unary(path: string, request: Buffer, metadata: Metadata, deadline: number, onCall: (cancel: () => void) => void): Promise<Buffer>;
  stream(path: string, request: Buffer, metadata: Metadata): ClientReadableStream<Buffer>;
  /** Whether the service answers its health check. */
  isHealthy(): Promise<boolean>;
  close(): void;
}

const HEALTH_DEADLINE_MS = 1000;
const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;
const raw = (bytes: Buffer): Buffer => bytes;

export function grpcBackend(address: string): Backend {
  const client = new Client(address, credentials.createInsecure(), {
    'grpc.enable_retries': 0, // commands are repeated by their senders, under their key
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.initial_reconnect_backoff_ms': 50,
    'grpc.max_reconnect_backoff_ms': 1000,
  });
  const unary: Backend['unary'] = (path, request, metadata, deadline, onCall) =>
    new Promise((resolve, reject) => {
      const call = client.makeUnaryRequest(path, raw, raw, request, metadata, { deadline }, (error: ServiceError | null, answer?: Buffer) => (error ? reject(error) : resolve(answer!)));
      onCall(() => call.cancel());
    });
  return {
    unary,
    stream: (path, request, metadata) => client.makeServerStreamRequest(path, raw, raw, request, metadata),
    isHealthy: () =>
      unary('/grpc.health.v1.Health/Check', Buffer.alloc(0), new Metadata(), Date.now() + HEALTH_DEADLINE_MS, () => {}).then(
        () => true,
        () => false,
      ),
    close: () => client.close(),
  };
}
