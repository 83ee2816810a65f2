import type { LoggedRecord, Slice } from '@naru/platform/bus/reader';

/**
 * Merges what was read of several partitions by record time; within a partition its own order holds, whatever the times say.
 * Ends where a partition that holds more is used up: its next record may be older than what is left of the others.
 */
export function merged(slices: readonly Slice[]): readonly LoggedRecord[] {
  const next = slices.map(() => 0);
  const inOrder: LoggedRecord[] = [];
  for (;;) {
    let first: LoggedRecord | undefined;
    let from = 0;
    for (const [i, { records, hasMore }] of slices.entries()) {
      const head = records[next[i]!];
      if (!head && hasMore) return inOrder;
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
