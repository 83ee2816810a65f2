import { createHmac, timingSafeEqual } from 'node:crypto';
import { refused } from '@naru/kernel/decision';
import { systemClock } from './clocks.js';

const LIFETIME_MS = 24 * 3_600_000;
const SIGNATURE_BYTES = 16;
const DEFAULT_SIZE = 50;
const LARGEST_SIZE = 500;

/** The number of rows of a page: 50 when the request says nothing. */
export function pageSize(requested: number): number {
  return requested > 0 ? Math.min(requested, LARGEST_SIZE) : DEFAULT_SIZE;
}

/** Page tokens: the last key of a page, signed for one list (its filter included), one organization and one day. Injectable. */
export class PageTokens {
  readonly #key: string;

  constructor(key: string) {
    this.#key = key;
  }

  #sign(text: string, list: string, organizationId: string): Buffer {
    return createHmac('sha256', this.#key).update(`${list}\n${organizationId}\n${text}`).digest().subarray(0, SIGNATURE_BYTES);
  }

  /** The key after which the page begins; undefined for the first page. Throws PAGE_TOKEN_INVALID. */
  open(token: string, list: string, organizationId: string): string | undefined {
    if (token === '') return undefined;
    const bytes = Buffer.from(token, 'base64url');
    const text = bytes.subarray(SIGNATURE_BYTES).toString('utf8');
    const expected = this.#sign(text, list, organizationId);
    if (bytes.length <= SIGNATURE_BYTES || !timingSafeEqual(bytes.subarray(0, SIGNATURE_BYTES), expected)) refused('PAGE_TOKEN_INVALID');
    const separator = text.indexOf('\n');
    if (Number(text.slice(0, separator)) < systemClock.now()) refused('PAGE_TOKEN_INVALID');
    return text.slice(separator + 1);
  }

  /** Cuts `size` items off `rows`, which holds one more where there is a next page. */
  cut<Row>(rows: readonly Row[], size: number, list: string, organizationId: string, key: (row: Row) => string): { readonly items: readonly Row[]; readonly nextPageToken: string } {
    if (rows.length <= size) return { items: rows, nextPageToken: '' };
    const items = rows.slice(0, size);
    const text = `${systemClock.now() + LIFETIME_MS}\n${key(items[size - 1]!)}`;
    return { items, nextPageToken: Buffer.concat([this.#sign(text, list, organizationId), Buffer.from(text)]).toString('base64url') };
  }

  /**
   * The page of `list` that `request` asks for; `read` gives at most `limit` rows after a key, one more than the page holds.
   * Throws PAGE_TOKEN_INVALID.
   */
  async page<Row>(
    request: { readonly pageSize: number; readonly pageToken: string },
    list: string,
    organizationId: string,
    read: (after: string | undefined, limit: number) => Promise<readonly Row[]>,
    key: (row: Row) => string,
  ): Promise<{ readonly items: readonly Row[]; readonly nextPageToken: string }> {
    const size = pageSize(request.pageSize);
    const rows = await read(this.open(request.pageToken, list, organizationId), size + 1);
    return this.cut(rows, size, list, organizationId, key);
  }
}
