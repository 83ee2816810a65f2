import type { BusinessDay } from '@naru/kernel/instant';
import type { Queries } from './queries.js';

/**
 * Codes of things that many make at once: `RSV-20220623-12041`. Their numbers come from a sequence in blocks of its increment, so that nobody waits for another's
 * commit; what is rolled back or left over at a stop is never used.
 */
export class BlockNumbers {
  #next = 0n;
  #end = 0n;

  constructor(
    private readonly kind: 'ORD' | 'RSV' | 'CNL',
    private readonly sequence: 'order_numbers' | 'reservation_numbers',
    private readonly block: bigint,
  ) {}

  async codes(tx: Queries, day: BusinessDay, count: number): Promise<readonly string[]> {
    const codes: string[] = [];
    while (codes.length < count) {
      if (this.#next === this.#end) {
        const [row] = await tx.query<{ number: bigint }>(`select nextval('${this.sequence}') as number`);
        this.#next = row!.number;
        this.#end = this.#next + this.block;
      }
      codes.push(`${this.kind}-${day.replaceAll('-', '')}-${this.#next++}`);
    }
    return codes;
  }
}
