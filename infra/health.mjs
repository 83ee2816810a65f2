// Whether the service of this container serves: the gateway over HTTP, every other by grpc.health.v1. Exit code 0 or 1.
import grpc from '@grpc/grpc-js';

const { HTTP_PORT, GRPC_ADDRESS = '' } = process.env;
const DEADLINE_MS = 2_000;
/** HealthCheckResponse { status: SERVING } */
const SERVING = Buffer.from([0x08, 0x01]);

if (HTTP_PORT) {
  const answer = await fetch(`http://127.0.0.1:${HTTP_PORT}/healthz`, { signal: AbortSignal.timeout(DEADLINE_MS) }).catch(() => undefined);
  process.exit(answer?.ok ? 0 : 1);
}
const raw = (bytes) => bytes;
const client = new grpc.Client(`127.0.0.1:${GRPC_ADDRESS.split(':').at(-1)}`, grpc.credentials.createInsecure());
client.makeUnaryRequest('/grpc.health.v1.Health/Check', raw, raw, Buffer.alloc(0), new grpc.Metadata(), { deadline: Date.now() + DEADLINE_MS }, (error, answer) => {
  process.exit(!error && answer.equals(SERVING) ? 0 : 1);
});
