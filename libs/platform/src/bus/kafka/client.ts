import { createRequire } from 'node:module';
import kafkajs, { type ISocketFactory, type Kafka } from 'kafkajs';
import type { KafkaSettings, LogLine } from '../../config.js';
import { pause } from '../bell.js';

export interface KafkaClientOptions extends KafkaSettings {
  /** Routes every connection, advertised addresses included. Tests only. */
  readonly socketFactory?: ISocketFactory;
  /** How long an answer may take; 5 s. */
  readonly requestTimeoutMs?: number;
  readonly service: string;
  readonly log: (line: LogLine) => void;
}

interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
}

const load = createRequire(import.meta.url);
const mended = new WeakSet<object>();

/**
 * kafkajs 2.2.4 looks a thousand times a second, on every connection, for requests that wait, by a timer with a negative time that
 * Node 24 warns of (tulios/kafkajs#1751). It need look only while one waits: whatever makes one wait calls this too.
 */
function mendRequestQueue(): void {
  const { prototype } = load('kafkajs/src/network/requestQueue') as { prototype: RequestQueue };
  if (mended.has(prototype)) return;
  mended.add(prototype);
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.pending.length > 0) schedule.call(this);
  };
}

/** A client with the settings that survived outages (docs/adr/0010). It connects to nothing yet. */
export function kafkaClient({ brokers, service, log, socketFactory, requestTimeoutMs = 5_000 }: KafkaClientOptions): Kafka {
  mendRequestQueue();
  return new kafkajs.Kafka({
    clientId: `naru-${service}`,
    brokers: [...brokers],
    connectionTimeout: 3_000,
    requestTimeout: requestTimeoutMs,
    enforceRequestTimeout: true,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 8 },
    logLevel: kafkajs.logLevel.ERROR,
    logCreator: () => (entry) => log({ level: 'warn', service, message: `kafka: ${entry.log.message}`, error: String(entry.log['error'] ?? '') }),
    ...(socketFactory ? { socketFactory } : {}),
  });
}

/** Ends a client that may hang while it disconnects (tulios/kafkajs#909, #918, #1167): no longer than `limitMs`. */
export async function letGo(client: { disconnect(): Promise<void> }, limitMs: number): Promise<void> {
  const ended = new AbortController();
  await Promise.race([client.disconnect().catch(() => {}), pause(limitMs, ended.signal)]); // a connection that fails to end is gone
  ended.abort();
}
