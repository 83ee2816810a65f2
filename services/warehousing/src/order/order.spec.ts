import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { eventsOf } from '@naru/kernel/decision';
import { cancellable, cancelOrder, cancelWithoutOrder, type LineCounts } from './order.js';

/** A line as rule W9 lets it be: staged and packed goods are picked, picked ones reserved. */
const line: fc.Arbitrary<LineCounts> = fc
  .tuple(fc.bigInt({ min: 0n, max: 9n }), fc.bigInt({ min: 0n, max: 9n }), fc.bigInt({ min: 0n, max: 9n }), fc.bigInt({ min: 0n, max: 9n }), fc.bigInt({ min: 0n, max: 9n }))
  .map(([packed, pickedMore, reservedMore, backordered, cancelled]) => {
    const picked = packed + pickedMore;
    const reserved = picked + reservedMore;
    return { line: 1, ordered: reserved + backordered + cancelled, reserved, backordered, cancelled, shipped: 0n, picked, packed };
  })
  .filter(({ ordered }) => ordered > 0n);
const lines = fc.array(line, { minLength: 1, maxLength: 5 }).map((all) => all.map((own, i) => ({ ...own, line: i + 1 })));

describe('cancelling', () => {
  it('gives up all that is not packed, and a second time nothing', () => {
    fc.assert(fc.property(lines, (all) => {
      const decision = cancelOrder(all, []);
      const most = all.reduce((sum, own) => sum + cancellable(own), 0n);
      expect(decision.accepted).toBe(most > 0n);
      if (!decision.accepted) return;
      const after = all.map((own) => {
        const event = decision.events.find((e) => e.line === own.line);
        const [b, r] = event ? [event.fromBackordered, event.fromReserved] : [0n, 0n];
        return { ...own, backordered: own.backordered - b, reserved: own.reserved - r, cancelled: own.cancelled + b + r };
      });
      for (const own of after) {
        expect(own.ordered).toBe(own.reserved + own.backordered + own.cancelled + own.shipped);
        expect(own.packed <= own.reserved && own.backordered >= 0n).toBe(true);
      }
      expect(cancelOrder(after, [])).toMatchObject({ accepted: false, refusal: { code: 'NOTHING_TO_CANCEL' } });
    }));
  });

  it('adds up a line that is named twice', () => {
    const own: LineCounts = { line: 1, ordered: 5n, reserved: 5n, backordered: 0n, cancelled: 0n, shipped: 0n, picked: 0n, packed: 0n };
    expect(cancelOrder([own], [{ line: 1, count: 3n }, { line: 1, count: 3n }])).toMatchObject({ accepted: false });
    expect(eventsOf(cancelOrder([own], [{ line: 1, count: 3n }, { line: 1, count: 2n }]))).toEqual([{ type: 'LineCancelled', line: 1, fromBackordered: 0n, fromReserved: 5n }]);
    expect(cancelOrder([own], [{ line: 2, count: 1n }])).toMatchObject({ refusal: { code: 'LINE_UNKNOWN' } });
  });

  it('without an order takes from the first open lines, and says what found nothing', () => {
    fc.assert(fc.property(lines, fc.bigInt({ min: 1n, max: 60n }), (all, count) => {
      const open = all.map((own) => ({ ...own, orderId: 'o' }));
      const { taken, rest } = cancelWithoutOrder(count, open);
      const most = open.reduce((sum, own) => sum + cancellable(own), 0n);
      const given = taken.reduce((sum, { cancelled }) => sum + cancelled.fromBackordered + cancelled.fromReserved, 0n);
      expect(given + rest).toBe(count);
      expect(rest).toBe(count > most ? count - most : 0n);
      for (const { from, cancelled } of taken) expect(cancelled.fromBackordered + cancelled.fromReserved <= cancellable(from)).toBe(true);
    }));
  });
});
