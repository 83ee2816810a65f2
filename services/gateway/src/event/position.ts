import { PUBLISHERS } from '@naru/contracts/registry';

export type Publisher = (typeof PUBLISHERS)[number];

/** The place of the last event seen, in the log of each publisher. */
export type Offsets = Readonly<Record<Publisher, bigint>>;

/** Before the first event of every log. */
export const BEGINNING: Offsets = Object.fromEntries(PUBLISHERS.map((publisher) => [publisher, 0n])) as Offsets;

const SHAPE = /^[A-Za-z0-9_-]+$/;
const OFFSET = /^(0|[1-9]\d{0,18})$/;
const LARGEST = 2n ** 63n - 1n;

function isPublisher(name: string): name is Publisher {
  return (PUBLISHERS as readonly string[]).includes(name);
}

/** Offsets as people carry them: base64url of JSON. Logs that nothing was read from are left out. */
export function positionOf(offsets: Offsets): string {
  const seen = PUBLISHERS.filter((publisher) => offsets[publisher] > 0n).map((publisher) => [publisher, String(offsets[publisher])]);
  return Buffer.from(JSON.stringify(Object.fromEntries(seen))).toString('base64url');
}

/** The offsets that a position names, or undefined when it is none of ours. A log that it does not name is read from its beginning. */
export function offsetsOf(position: string): Offsets | undefined {
  if (!SHAPE.test(position)) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(position, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  const offsets: Record<Publisher, bigint> = { ...BEGINNING };
  for (const [publisher, offset] of Object.entries(json)) {
    if (!isPublisher(publisher) || typeof offset !== 'string' || !OFFSET.test(offset) || BigInt(offset) > LARGEST) return undefined;
    offsets[publisher] = BigInt(offset);
  }
  return offsets;
}
