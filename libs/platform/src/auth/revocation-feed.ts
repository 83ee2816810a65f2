import { type ClientReadableStream, credentials } from '@grpc/grpc-js';
import { RevocationServiceClient, type WatchRevocationsResponse } from '@naru/contracts/gen/naru/identity/v1/revocation_service';
import type { LogLine } from '../config.js';
import type { Revocations } from './revocations.js';

export interface FeedOptions {
  readonly revocations: Revocations;
  /** Where identity answers gRPC. */
  readonly address: string;
  /** The key that identity knows the feed's readers by. */
  readonly key: string;
  /** In whose name the feed logs. */
  readonly service: string;
  readonly log: (line: LogLine) => void;
}

export interface RevocationFeed {
  /** Resolves once identity has told everything that is revoked. */
  readonly ready: Promise<void>;
  close(): void;
}

const AGAIN_MS = 200;
const LONGEST_TICK_MS = 1000;

/**
 * Keeps `revocations` told by identity. A connection that breaks or falls silent is given up for a new one, at once and without end;
 * nothing waits for identity to be there. Close it before identity stops.
 */
export function followRevocations({ revocations, address, key, service, log }: FeedOptions): RevocationFeed {
  const { writesMs, allMs } = revocations.windows;
  // half of the shorter window: a connection that nobody closed, such as one through a firewall that forgot it, is replaced in time
  const silentMs = Math.min(writesMs, allMs) / 2;
  const ready = Promise.withResolvers<void>();
  let isClosed = false;
  let isLost = false;
  let leave = (): void => {};
  let again: NodeJS.Timeout | undefined;

  const say = (level: LogLine['level'], message: string, error?: Error): void => log({ level, service, message, ...(error ? { error: error.message } : {}) });

  const open = (): void => {
    // a client for each attempt: a channel would send the next call into the connection that is dead
    const client = new RevocationServiceClient(address, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 });
    const stream: ClientReadableStream<WatchRevocationsResponse> = client.watchRevocations({ feedKey: key });
    const silence = setTimeout(() => over(new Error(`nothing was heard for ${silentMs} ms`)), silentMs);
    let isOver = false;
    const over = (error?: Error): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(silence);
      stream.cancel();
      client.close();
      if (isClosed) return;
      if (!isLost) say('warn', 'the feed of revocations broke off; it is opened again', error);
      isLost = true;
      again = setTimeout(open, AGAIN_MS);
    };
    leave = () => over();
    stream.on('data', ({ revocations: told }: WatchRevocationsResponse) => {
      if (isOver) return;
      silence.refresh();
      revocations.hear(told);
      ready.resolve();
      if (isLost) say('info', 'the feed of revocations is back');
      isLost = false;
    });
    stream.on('error', over);
    stream.on('end', () => over(new Error('identity ended it')));
  };
  open();
  const ticking = setInterval(() => revocations.tick(), Math.min(LONGEST_TICK_MS, allMs / 20)).unref();
  return {
    ready: ready.promise,
    close() {
      isClosed = true;
      clearInterval(ticking);
      clearTimeout(again);
      leave();
    },
  };
}
