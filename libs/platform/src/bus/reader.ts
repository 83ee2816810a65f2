import type { Bell } from './bell.js';
import type { BusRecord } from './port.js';

/** Of each topic how many records of each of its partitions were seen; a partition that is missing counts as 0n. */
export type Positions = ReadonlyMap<string, readonly bigint[]>;

export interface LoggedRecord extends BusRecord {
  readonly partition: number;
}

/** The next records of one partition, in its order. */
export interface Slice {
  readonly records: readonly LoggedRecord[];
  /** Whether the partition held more when it was read. */
  readonly hasMore: boolean;
}

/**
 * Reads every topic from given positions, without a group and without a cursor: for whoever follows all that happens, such as
 * the stream of events for people. Injectable; it connects when it is first asked.
 */
export abstract class BusReader {
  /** Where every topic ends now. */
  abstract heads(): Promise<Positions>;
  /** The next records after `positions`: at most `limit` of each partition that has some. */
  abstract after(positions: Positions, limit: number): Promise<readonly Slice[]>;
  /** Rings `bell` when a topic took new records, until the returned function is called. A ring may be lost: look from time to time. */
  abstract ring(bell: Bell): () => void;
  abstract close(): Promise<void>;
}
