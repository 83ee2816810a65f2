import { PUBLISHERS, topicOf } from '@naru/contracts/registry';
import type { LoggedRecord, Positions } from '@naru/platform/bus/reader';

/** Before the first event of every topic. */
export const BEGINNING: Positions = new Map();

const SHAPE = /^[A-Za-z0-9_-]+$/;
/** An offset per partition. */
const OFFSETS = /^(0|[1-9]\d{0,18})(\.(0|[1-9]\d{0,18}))*$/;
const LARGEST = 2n ** 63n - 1n;
const MOST_PARTITIONS = 100;

function isPublisher(name: string): name is (typeof PUBLISHERS)[number] {
  return (PUBLISHERS as readonly string[]).includes(name);
}

/** `positions` once `record` was seen too. */
export function seen(positions: Positions, { topic, partition, offset }: LoggedRecord): Positions {
  const before = positions.get(topic) ?? [];
  const offsets = Array.from({ length: Math.max(before.length, partition + 1) }, (_, i) => (i === partition ? offset : (before[i] ?? 0n)));
  return new Map([...positions, [topic, offsets]]);
}

/** `positions`, but none beyond where its topic ends: of another system, or of topics that were made anew. */
export function notBeyond(heads: Positions, positions: Positions): Positions {
  const least = (offset: bigint, head: bigint): bigint => (offset < head ? offset : head);
  return new Map([...positions].map(([topic, offsets]) => [topic, offsets.map((offset, partition) => least(offset, heads.get(topic)?.[partition] ?? 0n))]));
}

/** Positions as people carry them: base64url of JSON, such as `{"auction":"7.0.12"}` for three partitions. Topics that nothing was read from are left out. */
export function positionOf(positions: Positions): string {
  const read = PUBLISHERS.map((publisher) => [publisher, positions.get(topicOf(publisher)) ?? []] as const).filter(([, offsets]) => offsets.some((offset) => offset > 0n));
  return Buffer.from(JSON.stringify(Object.fromEntries(read.map(([publisher, offsets]) => [publisher, offsets.join('.')])))).toString('base64url');
}

/** What a position says, or undefined when it is none of ours. A topic or partition that it does not name is read from its beginning. */
export function positionsOf(position: string): Positions | undefined {
  if (!SHAPE.test(position)) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(position, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  const positions = new Map<string, readonly bigint[]>();
  for (const [publisher, text] of Object.entries(json)) {
    if (!isPublisher(publisher) || typeof text !== 'string' || !OFFSETS.test(text)) return undefined;
    const offsets = text.split('.').map(BigInt);
    if (offsets.length > MOST_PARTITIONS || offsets.some((offset) => offset > LARGEST)) return undefined;
    positions.set(topicOf(publisher), offsets);
  }
  return positions;
}
