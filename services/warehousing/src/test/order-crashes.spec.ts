import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Item } from '@naru/contracts/gen/naru/warehousing/v1/item_service';
import { OrderPhase } from '@naru/contracts/gen/naru/warehousing/v1/order_service';
import { CreateReservationRequest } from '@naru/contracts/gen/naru/warehousing/v1/reservation_service';
import { type CrashPoint, ORDER_CRASH_POINTS } from '@naru/platform/crash-point';
import { codeOf } from '@naru/testing/refusals';
import { rules } from '../verify.js';
import { MERCHANT, type Party } from './scene.js';
import { ShopScene } from './shop-scene.js';

let shop: ShopScene;
const killed: string[] = [];

beforeAll(async () => {
  shop = await ShopScene.open();
}, 60_000);
afterAll(() => shop.close());

async function killedAt(point: CrashPoint, act: (merchant: Party) => Promise<unknown>, key: string): Promise<void> {
  await shop.scene.killedAt(point, async (address) => {
    await expect(act(await shop.scene.as(MERCHANT, 'merchant', { address, idempotencyKey: key }))).rejects.toThrow();
  });
  killed.push(point);
}

/** The merchant repeats a call with the key that it had, until PostgreSQL has noticed that the one before is dead. */
async function again<Answer>(key: string, call: (merchant: Party) => Promise<Answer>): Promise<Answer> {
  const merchant = await shop.scene.as(MERCHANT, 'merchant', { idempotencyKey: key });
  for (;;) {
    try {
      return await call(merchant);
    } catch (error) {
      if (codeOf(error) !== 'IDEMPOTENCY_KEY_IN_FLIGHT') throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

async function stocked(count: bigint): Promise<Item> {
  const item = await shop.item();
  await shop.stock(shop.near, item, count);
  return item;
}

async function violations(): Promise<readonly string[]> {
  const broken: string[] = [];
  for (const { rule, check } of rules) {
    const [row] = await shop.scene.database.query<{ violations: string }>(check as string);
    if (Number(row!.violations) > 0) broken.push(rule);
  }
  return broken;
}

describe('a kill -9', () => {
  it('while an order is taken leaves no promise, and the same call then takes it once', async () => {
    const item = await stocked(5n);
    const request = shop.request([[item, 3n], [item, 4n]]);
    const ledger = await shop.scene.ledger();
    await killedAt('order.reserved', (merchant) => merchant.orders.createOrder(request), 'order');
    expect(await shop.reserved(item)).toEqual({ onHand: 5n, reserved: 0n, open: 0n });
    const take = () => again('order', (merchant) => merchant.orders.createOrder(request));
    const { order } = await take();
    expect(order!.lines.map(({ reserved, backordered }) => [reserved, backordered])).toEqual([[3n, 0n], [2n, 2n]]);
    expect((await take()).order!.orderId).toBe(order!.orderId);
    expect(await shop.reserved(item)).toEqual({ onHand: 5n, reserved: 5n, open: 5n });
    expect(await shop.scene.ledger()).toEqual(ledger);
    expect(await violations()).toEqual([]);
  }, 60_000);

  it('while an order is cancelled gives back nothing, and the same call then gives back once', async () => {
    const item = await stocked(5n);
    const { orderId } = await shop.order([[item, 5n]]);
    const waits = await shop.order([[item, 2n]]);
    await killedAt('order.cancelled', (merchant) => merchant.orders.cancelOrder({ orderId, lines: [] }), 'cancel');
    expect((await shop.find(orderId)).phase).toBe(OrderPhase.RESERVED);
    expect(await shop.reserved(item)).toEqual({ onHand: 5n, reserved: 5n, open: 5n });
    for (let time = 1; time <= 2; time++) await again('cancel', (merchant) => merchant.orders.cancelOrder({ orderId, lines: [] }));
    await shop.scene.until(async () => (await shop.find(waits.orderId)).lines[0]!.reserved === 2n);
    expect(await shop.reserved(item)).toEqual({ onHand: 5n, reserved: 2n, open: 2n });
    expect(await violations()).toEqual([]);
  }, 60_000);

  it('while goods are held leaves all of the holds of the transaction or none, and each is had once', async () => {
    for (const point of ['turnstile.before-commit', 'turnstile.after-commit'] as const) {
      const items = [await stocked(4n), await stocked(4n)];
      const holding = (item: Item) => CreateReservationRequest.fromPartial({ networkId: shop.networkId, itemId: item.itemId, count: 2n });
      await shop.scene.killedAt(point, async (address) => {
        const calls = items.map(async (item, i) => (await shop.scene.as(MERCHANT, 'merchant', { address, idempotencyKey: `${point}-${i}` })).reservations.createReservation(holding(item)));
        expect((await Promise.allSettled(calls)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      });
      killed.push(point);
      for (const [i, item] of items.entries()) {
        const hold = () => again(`${point}-${i}`, (merchant) => merchant.reservations.createReservation(holding(item)));
        const { reservations } = await hold();
        expect(await hold()).toEqual({ reservations });
        expect(await shop.reserved(item)).toEqual({ onHand: 4n, reserved: 2n, open: 2n });
      }
    }
    expect(await violations()).toEqual([]);
  }, 60_000);

  it('after an order has begun to wait, and after its goods have come, forgets neither', async () => {
    const item = await shop.item();
    const request = shop.request([[item, 3n]]);
    await shop.scene.killedAt('relay.before-move', async (address) => {
      // committed or not, its event has not gone out
      await (await shop.scene.as(MERCHANT, 'merchant', { address, idempotencyKey: 'waits' })).orders.createOrder(request).catch(() => undefined);
    });
    const { order } = await again('waits', (merchant) => merchant.orders.createOrder(request));
    expect(order!.lines[0]!.backordered).toBe(3n);
    await shop.stock(shop.far, item, 3n);
    await shop.scene.until(async () => (await shop.find(order!.orderId)).lines[0]!.backordered === 0n);
    expect(await violations()).toEqual([]);
  }, 60_000);

  it('happened at every point where orders are taken and cancelled', () => {
    expect(killed.filter((point) => (ORDER_CRASH_POINTS as readonly string[]).includes(point)).sort()).toEqual([...ORDER_CRASH_POINTS].sort());
  });
});

describe('many who are the first to want an item', () => {
  it('order, hold and wait for it at once without meeting each other’s locks', async () => {
    for (let round = 0; round < 4; round++) {
      const items = await Promise.all(Array.from({ length: 4 }, () => shop.item()));
      for (const item of items) await shop.stock(shop.near, item, 6n);
      const calls = Array.from({ length: 32 }, (_, i): Promise<unknown> => {
        const [one, other] = [items[i % 4]!, items[(i + 1 + round) % 4]!];
        return i % 3 === 0 ? shop.hold(one, 1n) : shop.order([[one, 1n], [other, 1n]]);
      });
      const codes = (await Promise.allSettled(calls)).flatMap((result) => (result.status === 'rejected' ? [codeOf(result.reason)] : []));
      expect(codes.filter((code) => code !== 'STOCK_SHORT')).toEqual([]);
      for (const item of items) {
        const { onHand, reserved, open } = await shop.reserved(item);
        expect([onHand, reserved]).toEqual([6n, open]);
      }
    }
    expect(await violations()).toEqual([]);
  }, 60_000);

  it('get the last units of many items, each exactly', async () => {
    const items: Item[] = [];
    for (let i = 0; i < 8; i++) items.push(await stocked(3n));
    const results = await Promise.allSettled(Array.from({ length: 96 }, (_, i) => shop.hold(items[i % 8]!, i % 3 === 0 ? 2n : 1n)));
    const codes = new Set(results.flatMap((result) => (result.status === 'rejected' ? [codeOf(result.reason)] : [])));
    expect([...codes]).toEqual(['STOCK_SHORT']);
    for (const item of items) expect(await shop.reserved(item)).toEqual({ onHand: 3n, reserved: 3n, open: 3n });
  }, 60_000);

  it('are told that nobody knows an item, beside others who are served', async () => {
    const item = await stocked(2n);
    const unknown = { ...item, itemId: '01980000-0000-7000-8000-00000000dead' };
    const results = await Promise.allSettled([shop.hold(item, 1n), shop.hold(unknown, 1n), shop.hold(item, 1n), shop.hold(await shop.item(), 1n)]);
    expect(results.map((result) => (result.status === 'rejected' ? codeOf(result.reason) : ''))).toEqual(['', 'NOT_FOUND', '', 'STOCK_SHORT']);
  });
});
