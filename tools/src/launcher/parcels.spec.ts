import { describe, expect, it } from '@jest/globals';
import { type OrderJson, type OrderLineJson, figuresOf } from './parcels.js';

const line = (ordered: number, own: Partial<Record<keyof OrderLineJson, number>>): OrderLineJson => {
  const { reserved = 0, backordered = 0, cancelled = 0, staged = 0 } = own;
  return { ordered: String(ordered), reserved: String(reserved), backordered: String(backordered), cancelled: String(cancelled), staged: String(staged) };
};
const order = (...lines: readonly OrderLineJson[]): OrderJson => ({ orderId: 'o', phase: '', lines });

describe('the figures of the orders', () => {
  it('count an order as due with what it was promised, and as staged once all of that stands at a door', () => {
    const figures = figuresOf([
      order(line(6, { reserved: 6, staged: 6 }), line(4, { reserved: 3, backordered: 1, staged: 3 })),
      order(line(2, { reserved: 2, staged: 1 })),
    ], 3);
    expect(figures).toMatchObject({ orders: 2, lines: 3, parcels: 3, due: 2, staged: 1, waiting: 1, ordered: 12n, stagedCount: 10n, backordered: 1n, cancelled: 0n });
  });

  it('count neither what is cancelled nor what waits as a whole', () => {
    expect(figuresOf([order(line(5, { cancelled: 5 })), order(line(5, { backordered: 5 }))], 0)).toMatchObject({ due: 0, staged: 0, waiting: 1, cancelledOrders: 1, cancelled: 5n });
  });
});
