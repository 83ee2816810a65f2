import { PUBLISHERS, topicOf } from '@naru/contracts/registry';

/** A topic as it is to be on every broker. */
export interface TopicDeclaration {
  readonly topic: string;
  readonly partitions: number;
  /** Kafka's topic settings; a value is text on the wire. */
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * Partitions of each topic: how many instances of a consumer can share it. It cannot be changed in place: a key would move to
 * another partition and its later events could overtake its earlier ones. docs/adr/0010 says why three.
 */
export const PARTITIONS = 3;

/** As long as the embedded bus keeps events (housekeeping.ts), and less than the inbox keeps their ids. */
const KEPT_MS = 14 * 24 * 3_600_000;

/** Copies of each partition where the cluster has that many brokers. */
export const REPLICAS = 3;

/** How many of them must have a record before it counts: with three, one broker may be away. */
export function leastInSync(replicas: number): number {
  return replicas > 2 ? 2 : 1;
}

/** Every topic of Naru. The contracts say who publishes; this says how it is kept. */
export const TOPICS: readonly TopicDeclaration[] = PUBLISHERS.map((publisher) => ({
  topic: topicOf(publisher),
  partitions: PARTITIONS,
  settings: { 'cleanup.policy': 'delete', 'retention.ms': String(KEPT_MS), 'unclean.leader.election.enable': 'false' },
}));
