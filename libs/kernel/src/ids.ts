/** A UUID of version 7 (RFC 9562 §5.7), lower case. */
export type Id = string;

/** Makes ids. The system clock and randomness come from outside. */
export type NewId = () => Id;

/**
 * A generator of UUIDv7 that never goes back: within one millisecond the 12 bits of `rand_a` count up
 * (RFC 9562 §6.2, method 1), and a clock that steps back is held.
 */
export function idGenerator(now: () => number, random: (bytes: Uint8Array) => void): NewId {
  const bytes = new Uint8Array(16);
  const tail = Buffer.from(bytes.buffer);
  let last = 0;
  let counter = 0;
  return () => {
    const at = now();
    random(bytes);
    if (at > last) {
      last = at;
      counter = ((bytes[6]! & 0x03) << 8) | bytes[7]!; // leaves room to count up
    } else if (++counter > 0xfff) {
      last += 1;
      counter = 0;
    }
    tail.writeUIntBE(last, 0, 6);
    bytes[6] = 0x70 | (counter >> 8);
    bytes[7] = counter & 0xff;
    bytes[8] = 0x80 | (bytes[8]! & 0x3f);
    const hex = tail.toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** The least UUIDv7 of an instant: a bound for ranges over ids. */
export function idFloor(at: number): Id {
  const hex = Math.max(0, at).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-0000-0000-000000000000`;
}
