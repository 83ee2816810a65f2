import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refusalOf } from '@naru/testing/refusals';
import { CreateOrderCancellationRequest, NewOrder, OrderPhase, type OrderLine, SourcingReason } from '@naru/contracts/gen/naru/warehousing/v1/order_service';
import { rules } from '../verify.js';
import { OTHER_OPERATOR } from './scene.js';
import { ShopScene } from './shop-scene.js';

let shop: ShopScene;

beforeAll(async () => {
  shop = await ShopScene.open();
}, 60_000);
afterAll(() => shop.close());

const counts = ({ ordered, reserved, backordered, cancelled }: OrderLine): readonly bigint[] => [ordered, reserved, backordered, cancelled];

describe('an order', () => {
  it('is sourced from the nearest centre that has all, and says why', async () => {
    const item = await shop.item();
    await shop.stock(shop.near, item, 10n);
    await shop.stock(shop.far, item, 10n);
    const order = await shop.order([[item, 4n]]);
    expect(order).toMatchObject({ created: true, phase: OrderPhase.RESERVED });
    expect(order.lines.map(counts)).toEqual([[4n, 4n, 0n, 0n]]);
    expect(order.reservations.map(({ centreId, count }) => [centreId, count])).toEqual([[shop.near.centreId, 4n]]);
    expect(order.sourcing).toMatchObject({ reason: SourcingReason.NEAREST_WITH_ALL, asked: 4n });
    const busan = await shop.order([[item, 4n]], { latitudeE6: 35_179_600, longitudeE6: 129_075_600 });
    expect(busan.reservations.map(({ centreId }) => centreId)).toEqual([shop.far.centreId]);
  });

  it('is split over the fewest centres where none has all, and what is nowhere is backordered', async () => {
    const [a, b] = [await shop.item(), await shop.item()];
    await shop.stock(shop.near, a, 3n);
    await shop.stock(shop.far, b, 2n);
    const order = await shop.order([[a, 3n], [b, 5n]]);
    expect(order.sourcing!.reason).toBe(SourcingReason.FEWEST_PARCELS);
    expect(order.lines.map(counts)).toEqual([[3n, 3n, 0n, 0n], [5n, 2n, 3n, 0n]]);
    expect(new Set(order.reservations.map(({ centreId }) => centreId)).size).toBe(2);
  });

  it('counts two lines that ask for the same item once each', async () => {
    const item = await shop.item();
    await shop.stock(shop.near, item, 5n);
    const order = await shop.order([[item, 3n], [item, 3n]]);
    expect(order.lines.map(counts)).toEqual([[3n, 3n, 0n, 0n], [3n, 2n, 1n, 0n]]);
    expect(await shop.reserved(item)).toEqual({ onHand: 5n, reserved: 5n, open: 5n });
  });

  it('takes what expires first, and never what does not keep long enough', async () => {
    const item = await shop.item();
    await shop.stock(shop.near, item, 5n, 'late', '2022-07-30');
    await shop.stock(shop.near, item, 5n, 'soon', '2022-06-25');
    const patient = await shop.order([[item, 6n]], { minRemainingLifeDays: 2 });
    expect(patient.reservations.map(({ batch, count }) => [batch, count]).sort()).toEqual([['late', 1n], ['soon', 5n]]);
    const [item2] = [await shop.item()];
    await shop.stock(shop.near, item2, 5n, 'soon', '2022-06-25');
    const strict = await shop.order([[item2, 5n]], { minRemainingLifeDays: 3 });
    expect(strict.lines.map(counts)).toEqual([[5n, 0n, 5n, 0n]]);
    expect(strict.phase).toBe(OrderPhase.RECEIVED);
  });

  it('finds out another spelling of a code', async () => {
    const item = await shop.scene.ownItem('85123A');
    await shop.stock(shop.near, item, 5n);
    const request = shop.request([[item, 2n]]);
    request.lines[0]!.itemCode = '85123a';
    const { order } = await shop.merchant.orders.createOrder(request);
    expect(order!.lines[0]).toMatchObject({ itemId: item.itemId, itemCode: '85123A', orderedCode: '85123a', reserved: 2n });
  });

  it('that is sent again is the same order; with other content it is refused, also when two clients send it at once', async () => {
    const item = await shop.item();
    await shop.stock(shop.near, item, 100n);
    const request = shop.request([[item, 4n]], { merchantReference: 'TWICE' });
    const answers = await Promise.all(Array.from({ length: 8 }, () => shop.merchant.orders.createOrder(request)));
    expect(new Set(answers.map(({ order }) => order!.orderId)).size).toBe(1);
    expect(answers.filter(({ order }) => order!.created)).toHaveLength(1);
    expect(await shop.reserved(item)).toEqual({ onHand: 100n, reserved: 4n, open: 4n });
    expect(await refusalOf(shop.order([[item, 5n]], { merchantReference: 'TWICE' }))).toBe('REFERENCE_TAKEN');
  });

  it('of a batch that is refused leaves nothing, and the others stand', async () => {
    const item = await shop.item();
    await shop.stock(shop.near, item, 10n);
    const good = NewOrder.fromPartial(shop.request([[item, 1n]]));
    const bad = NewOrder.fromPartial({ ...shop.request([[item, 1n]]), lines: [...good.lines, { ...good.lines[0]!, line: 2, itemCode: 'NOBODY-KNOWS' }] });
    const { outcomes } = await shop.merchant.orders.batchCreateOrders({ networkId: shop.networkId, orders: [bad, good] });
    expect(outcomes.map(({ code, created }) => [code, created])).toEqual([['ITEM_UNKNOWN', false], ['', true]]);
    expect((await shop.reserved(item)).reserved).toBe(1n);
  });

  it('keeps charges apart from goods', async () => {
    const item = await shop.item();
    const request = shop.request([[item, 1n]]);
    const order = await shop.order([[item, 1n]], { charges: [{ ...request.charges[0], line: 2, kind: 'CHARGE_KIND_POSTAGE', code: 'POST', description: 'POSTAGE', quantity: 1n, unitPriceAmount: 1800n, currency: 'GBP', reason: 'postage is no goods' } as never] });
    expect(order.charges).toMatchObject([{ line: 2, code: 'POST', quantity: 1n }]);
  });

  it('is nobody else\'s', async () => {
    const item = await shop.item();
    const order = await shop.order([[item, 1n]]);
    const stranger = await shop.scene.as(OTHER_OPERATOR, 'centre-operator');
    expect(await refusalOf(stranger.orders.getOrder({ orderId: order.orderId }))).toBe('NOT_FOUND');
    expect(await refusalOf(stranger.orders.createOrder(shop.request([[item, 1n]])))).toBe('NOT_FOUND');
    expect(await refusalOf(stranger.why.explainCode({ code: order.code }))).toBe('NOT_FOUND');
    expect((await shop.scene.operator.orders.getOrder({ orderId: order.orderId })).order!.code).toBe(order.code);
  });
});

describe('a backorder', () => {
  it('is promised again when stock comes, the oldest first, and says why it waited', async () => {
    const item = await shop.item();
    await shop.stock(shop.near, item, 1n);
    const [first, second] = [await shop.order([[item, 3n]]), await shop.order([[item, 2n]])];
    expect([first, second].map(({ lines }) => lines[0]!.backordered)).toEqual([2n, 2n]);
    await shop.stock(shop.near, item, 3n, 'B2');
    await shop.scene.until(async () => (await shop.find(first.orderId)).lines[0]!.backordered === 0n);
    expect((await shop.find(second.orderId)).lines.map(counts)).toEqual([[2n, 1n, 1n, 0n]]);
    expect(await shop.reserved(item)).toEqual({ onHand: 4n, reserved: 4n, open: 4n });
    const { facts } = await shop.merchant.why.explainCode({ code: `${first.code}.1` });
    expect(facts.map(({ kind }) => kind).toSorted()).toEqual(['backordered', 'goods_received', 'goods_received', 'promised_again', 'received', 'reserved']);
    expect(facts.every(({ eventId, text, textKo }) => eventId && text && textKo && !text.includes('{'))).toBe(true);
  });
});

describe('a cancellation', () => {
  it('gives back what the order holds, once, to those who wait', async () => {
    const item = await shop.item();
    await shop.stock(shop.near, item, 5n);
    const first = await shop.order([[item, 5n]]);
    const waits = await shop.order([[item, 4n]]);
    const { order } = await shop.merchant.orders.cancelOrder({ orderId: first.orderId, lines: [] });
    expect(order).toMatchObject({ phase: OrderPhase.CANCELLED });
    expect(order!.lines.map(counts)).toEqual([[5n, 0n, 0n, 5n]]);
    expect((await shop.find(waits.orderId)).lines.map(counts)).toEqual([[4n, 4n, 0n, 0n]]);
    expect(await refusalOf(shop.merchant.orders.cancelOrder({ orderId: first.orderId, lines: [] }))).toBe('NOTHING_TO_CANCEL');
    expect(await shop.reserved(item)).toEqual({ onHand: 5n, reserved: 4n, open: 4n });
  });

  it('that names no order takes from the customer\'s latest open lines; what finds nothing says so; again changes nothing', async () => {
    const item = await shop.item();
    await shop.stock(shop.near, item, 20n);
    const [old, young] = [await shop.order([[item, 3n]], { customerReference: 'C-77' }), await shop.order([[item, 2n]], { customerReference: 'C-77' })];
    const request = CreateOrderCancellationRequest.fromPartial({
      networkId: shop.networkId,
      merchantReference: 'C536379',
      customerReference: 'C-77',
      lines: [{ line: 1, itemCode: item.code.toLowerCase(), count: 4n }, { line: 2, itemCode: item.code, count: 9n }, { line: 3, itemCode: 'NOBODY-KNOWS', count: 1n }],
    });
    const { cancellation } = await shop.merchant.orders.createOrderCancellation(request);
    expect(cancellation!.lines.map(({ givenBack, reason }) => [givenBack, reason])).toEqual([[4n, ''], [1n, 'NO_OPEN_LINE'], [0n, 'ITEM_UNKNOWN']]);
    expect(cancellation!.lines[0]!.givenBackLines.map(({ orderId, count }) => [orderId, count])).toEqual([[young.orderId, 2n], [old.orderId, 2n]]);
    const again = await shop.merchant.orders.createOrderCancellation(request);
    expect(again.cancellation).toMatchObject({ created: false, cancellationId: cancellation!.cancellationId });
    expect(await shop.reserved(item)).toEqual({ onHand: 20n, reserved: 0n, open: 0n });
  });

  it('of a big order under a crowd of others loses no piece', async () => {
    const items = await Promise.all(Array.from({ length: 10 }, () => shop.item()));
    for (const item of items) await shop.stock(shop.near, item, 30n);
    const big = await shop.order(items.map((item) => [item, 30n] as const));
    const others = Array.from({ length: 12 }, (_, i) => shop.order([[items[i % 10]!, 5n], [items[(i + 3) % 10]!, 5n]]));
    await Promise.all([shop.merchant.orders.cancelOrder({ orderId: big.orderId, lines: [] }), ...others]);
    for (const item of items) {
      const { reserved, open, onHand } = await shop.reserved(item);
      expect([reserved === open, reserved <= onHand]).toEqual([true, true]);
    }
    const placed = await Promise.all((await Promise.all(others)).map(({ orderId }) => shop.find(orderId)));
    await shop.scene.until(async () => (await Promise.all(placed.map(({ orderId }) => shop.find(orderId)))).every(({ lines }) => lines.every(({ backordered }) => backordered === 0n)));
  });
});

describe('a hold', () => {
  it('of 50 clients at once on 10 units: ten have one, forty are refused with why, nothing is oversold', async () => {
    const item = await shop.item();
    await shop.stock(shop.near, item, 10n);
    const calls = Array.from({ length: 50 }, () => shop.hold(item, 1n));
    const answers = await Promise.allSettled(calls);
    const refusals = await Promise.all(calls.filter((_, i) => answers[i]!.status === 'rejected').map((call) => refusalOf(call)));
    expect(refusals).toEqual(Array.from({ length: 40 }, () => 'STOCK_SHORT'));
    expect(await shop.reserved(item)).toEqual({ onHand: 10n, reserved: 10n, open: 10n });
  });

  it('ends by itself, and what it held goes to those who wait', async () => {
    const item = await shop.item();
    await shop.stock(shop.near, item, 5n);
    const [held] = await shop.hold(item, 5n, 60_000n);
    const waits = await shop.order([[item, 2n]]);
    expect(waits.lines[0]!.backordered).toBe(2n);
    await shop.scene.clock.advanceTo(shop.scene.clock.now() + 60_000);
    await shop.scene.until(async () => (await shop.find(waits.orderId)).lines[0]!.backordered === 0n);
    expect((await shop.merchant.reservations.getReservation({ reservationId: held!.reservationId })).reservation!.phase).toBe('RESERVATION_PHASE_EXPIRED');
    expect(await refusalOf(shop.merchant.reservations.confirmReservation({ reservationId: held!.reservationId }))).toBe('RESERVATION_EXPIRED');
  });

  it('that is confirmed while it expires has one winner', async () => {
    const item = await shop.item();
    await shop.stock(shop.near, item, 50n);
    for (let i = 0; i < 10; i++) {
      const [held] = await shop.hold(item, 1n, 1_000n);
      const { reservationId } = held!;
      const [confirmed] = await Promise.allSettled([shop.merchant.reservations.confirmReservation({ reservationId }), shop.scene.clock.advanceTo(shop.scene.clock.now() + 1_000)]);
      const { reservation } = await shop.merchant.reservations.getReservation({ reservationId });
      expect(reservation!.phase).toBe(confirmed.status === 'fulfilled' ? 'RESERVATION_PHASE_CONFIRMED' : 'RESERVATION_PHASE_EXPIRED');
      const { reserved, open } = await shop.reserved(item);
      expect(reserved).toBe(open);
    }
  });

  it('is given back once', async () => {
    const item = await shop.item();
    await shop.stock(shop.near, item, 5n);
    const [held] = await shop.hold(item, 5n);
    const answers = await Promise.allSettled([shop.release(held!.reservationId), shop.release(held!.reservationId)]);
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await shop.reserved(item)).toEqual({ onHand: 5n, reserved: 0n, open: 0n });
  });
});

describe('verify', () => {
  const violations = async (): Promise<readonly string[]> => {
    const broken: string[] = [];
    for (const { rule, check } of rules) {
      const [row] = await shop.scene.database.query<{ checked: string; violations: string }>(check as string);
      if (Number(row!.violations) > 0) broken.push(rule);
    }
    return broken;
  };
  const brokenBy = async (breaks: string, mends: string): Promise<readonly string[]> => {
    await shop.scene.database.query(breaks);
    const broken = await violations();
    await shop.scene.database.query(mends);
    return broken;
  };

  it('finds nothing, and sees each rule broken by hand', async () => {
    expect(await violations()).toEqual([]);
    const item = await shop.item();
    await shop.stock(shop.near, item, 5n, 'dated', '2022-06-30');
    const order = await shop.order([[item, 2n]], { minRemainingLifeDays: 1 });
    const here = `item_id = '${item.itemId}'`;
    const line = `order_id = '${order.orderId}'`;
    expect(await brokenBy(`update warehousing.promisable_stock set reserved = reserved + 1 where ${here}`, `update warehousing.promisable_stock set reserved = reserved - 1 where ${here}`)).toEqual(['W3']);
    expect(await brokenBy(`update warehousing.batches set expires_on = '2022-06-23' where ${here}`, `update warehousing.batches set expires_on = '2022-06-30' where ${here}`)).toEqual(['W6']);
    expect(await brokenBy(`update warehousing.stock_balances set status = 'held' where ${here} and account = 'location'`, `update warehousing.stock_balances set status = 'available' where ${here} and account = 'location'`)).toEqual(expect.arrayContaining(['W7']));
    expect(await brokenBy(`update warehousing.order_lines set reserved = reserved - 1, cancelled = cancelled + 1 where ${line}`, `update warehousing.order_lines set reserved = reserved + 1, cancelled = cancelled - 1 where ${line}`)).toEqual(['W9']);
    expect(await violations()).toEqual([]);
  });
});
