import iconv from 'iconv-lite';

export type Encoding = 'utf-8' | 'cp949';

/** A file as text, with the encoding that was found. */
export interface Decoded {
  readonly text: string;
  readonly encoding: Encoding;
}

/** Stands where bytes were no character of the encoding. */
export const UNREADABLE = '\uFFFD';

function countUnreadable(text: string): number {
  return text.split(UNREADABLE).length - 1;
}

/**
 * Text of a published CSV file: UTF-8, with or without a byte-order mark, or CP949, as Korean government files come in. Strict UTF-8 decides;
 * a file that is valid in neither is read in the encoding that spoils fewer characters, and `UNREADABLE` stands where a character was lost.
 */
export function decode(bytes: Uint8Array): Decoded {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'utf-8' };
  } catch {
    const korean = iconv.decode(Buffer.from(bytes), 'cp949');
    const broken = new TextDecoder('utf-8').decode(bytes);
    return countUnreadable(korean) <= countUnreadable(broken) ? { text: korean, encoding: 'cp949' } : { text: broken, encoding: 'utf-8' };
  }
}
