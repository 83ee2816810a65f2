import type { Instant } from '@naru/kernel/instant';

/** One event on the bus: CloudEvents attributes and the protobuf payload. No client's type leaks past this file. */
export interface BusRecord {
  readonly topic: string;
  /** Place in its partition; the first is 1. */
  readonly offset: bigint;
  /** CloudEvents `id`, UUIDv7. */
  readonly id: string;
  readonly type: string;
  readonly source: string;
  /** CloudEvents `subject`: the aggregate id. */
  readonly key: string;
  readonly payload: Uint8Array;
  /** Business time. */
  readonly time: Instant;
  readonly recordTime: Instant;
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
}

export type NewRecord = Omit<BusRecord, 'offset'>;

export interface Subscription {
  readonly group: string;
  readonly topics: readonly string[];
  /**
   * Takes the records of one partition in order. Once it resolves they count as consumed; a throw brings them again.
   * At least once: the inbox removes what comes twice.
   */
  readonly handle: (batch: readonly BusRecord[], context: { readonly partition: string; readonly signal: AbortSignal }) => Promise<void>;
}

export interface Lag {
  readonly group: string;
  readonly topic: string;
  /** Records not consumed yet. */
  readonly records: bigint;
}

/** The event bus. Order is promised per key only. */
export interface Bus {
  /** All records or a throw; an ambiguous outcome is a throw. */
  publish(batch: readonly NewRecord[]): Promise<void>;
  subscribe(subscription: Subscription): Promise<void>;
  lag(): Promise<readonly Lag[]>;
  /** Whether no record is being taken here, as far as is known without asking anybody. */
  readonly idle: boolean;
  /**
   * Where the partitions that are read here, and the service's own, end; undefined while its outbox holds facts or a record is not consumed.
   * Services that give the same ends are settled together: a fact that went from one to another between two looks has moved an end.
   */
  settledAt(): Promise<ReadonlyMap<string, bigint> | undefined>;
  health(): Promise<void>;
  /** Lets running batches end, but no longer than `deadlineMs`. */
  close(deadlineMs: number): Promise<void>;
}
