import type { Instant } from '@naru/kernel/instant';
import type { Publisher } from './position.js';

/** One record of a publisher's log. */
export interface Logged {
  readonly source: Publisher;
  readonly position: bigint;
  readonly eventId: string;
  readonly type: string;
  readonly key: string;
  readonly payload: Uint8Array;
  readonly time: Instant;
  readonly recordTime: Instant;
}

/**
 * Merges what was read of several logs by record time; within a log its own order holds, whatever the times say.
 * Ends where a log that gave `limit` records, and so may hold more, is used up: its next record may be older than what is left.
 */
export function merged(logs: readonly (readonly Logged[])[], limit: number): readonly Logged[] {
  const next = logs.map(() => 0);
  const inOrder: Logged[] = [];
  for (;;) {
    let first: Logged | undefined;
    let from = 0;
    for (const [i, log] of logs.entries()) {
      const head = log[next[i]!];
      if (!head && log.length >= limit) return inOrder;
      if (head && (!first || head.recordTime < first.recordTime)) {
        first = head;
        from = i;
      }
    }
    if (!first) return inOrder;
    inOrder.push(first);
    next[from]!++;
  }
}
