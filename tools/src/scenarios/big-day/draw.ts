import { createHash } from 'node:crypto';

/**
 * A whole number from `least` to `most`, drawn for one thing of the big day: the first six bytes of sha256(`number:of:what`), modulo the span.
 * Nothing is stored per row, and each draw stands alone, so that a part of the day is the same as that part of the whole.
 */
export function drawWhole(number: number, of: string | number, what: string, least: number, most: number): number {
  const digest = createHash('sha256').update(`${number}:${of}:${what}`).digest();
  return least + (digest.readUIntBE(0, 6) % (most - least + 1));
}
