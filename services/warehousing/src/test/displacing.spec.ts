import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { StockHeld, StockWrittenOff } from '@naru/contracts/gen/naru/warehousing/v1/events';
import type { Item } from '@naru/contracts/gen/naru/warehousing/v1/item_service';
import { StockStatus } from '@naru/contracts/gen/naru/warehousing/v1/stock_service';
import { codeOf } from '@naru/testing/refusals';
import { MERCHANT } from './scene.js';
import { ShopScene } from './shop-scene.js';

let shop: ShopScene;

beforeAll(async () => {
  shop = await ShopScene.open();
}, 60_000);
afterAll(() => shop.close());

const question = (item: Item, batch = 'B1') => ({ centreId: shop.near.centreId, ownerOrganizationId: MERCHANT, itemId: item.itemId, batch, reason: 'a child found a crack' });
const hold = (item: Item, batch?: string) => shop.scene.operator.stock.holdStock(question(item, batch));
const writeOff = (item: Item, count: bigint) => shop.scene.operator.stock.writeOffStock({ ...question(item), count, unit: '', source: undefined });

async function statusesOf(item: Item): Promise<ReadonlyMap<StockStatus, bigint>> {
  const { balances } = await shop.merchant.stock.listStock({ pageSize: 500, pageToken: '' });
  const own = balances.filter(({ itemId }) => itemId === item.itemId);
  return new Map([...Map.groupBy(own, ({ status }) => status)].map(([status, parts]) => [status, parts.reduce((sum, { count }) => sum + count, 0n)]));
}

/** Ids of the events of a type about the item, oldest first. */
async function idsOf(item: Item, type: string): Promise<readonly string[]> {
  await shop.scene.facts(item.itemId);
  const rows = await shop.scene.database.query<{ id: string }>('select event_id as id from bus.warehousing_log where key = $1 and type = $2 order by position', [item.itemId, type]);
  return rows.map(({ id }) => id);
}

describe('a hold on promised goods', () => {
  it('moves the promises to other goods where there are any', async () => {
    const item = await shop.item();
    await shop.stock(shop.near, item, 10n);
    await shop.stock(shop.far, item, 10n, 'B2');
    const { orderId } = await shop.order([[item, 6n]]);
    expect(await hold(item)).toMatchObject({ count: 10n, grams: 1000n, leftAvailable: 0n });
    expect((await shop.find(orderId)).lines).toMatchObject([{ reserved: 6n, backordered: 0n }]);
    expect(await shop.reserved(item)).toEqual({ onHand: 10n, reserved: 6n, open: 6n });
    expect(await statusesOf(item)).toEqual(new Map([[StockStatus.HELD_QUALITY, 10n], [StockStatus.AVAILABLE, 10n]]));
  });

  it('lets the line wait where there are none, which says why; the end of the question promises it again', async () => {
    const item = await shop.item();
    await shop.stock(shop.near, item, 10n);
    const order = await shop.order([[item, 10n]]);
    expect(await hold(item)).toMatchObject({ count: 10n, leftAvailable: 0n });
    expect((await shop.find(order.orderId)).lines).toMatchObject([{ reserved: 0n, backordered: 10n }]);
    const [held] = await idsOf(item, StockHeld.$type);
    const why = async () => (await shop.merchant.why.explainCode({ code: `${order.code}.1` })).facts;
    expect((await why()).some(({ text }) => text.includes('a child found a crack'))).toBe(true);
    const kept = await shop.scene.database.query<{ why: string[] }>(`select why from warehousing.order_facts where order_id = $1 and kind = 'displaced'`, [order.orderId]);
    expect(kept).toEqual([{ why: [held] }]);
    await shop.scene.operator.stock.releaseStock({ ...question(item), reason: 'sound' });
    await shop.scene.until(async () => (await shop.find(order.orderId)).lines[0]!.reserved === 10n);
    expect(await shop.reserved(item)).toEqual({ onHand: 10n, reserved: 10n, open: 10n });
  });

  it('races with those who reserve the same goods, and nobody is promised what is held', async () => {
    const item = await shop.item();
    await shop.stock(shop.near, item, 20n);
    const answers = await Promise.allSettled([
      ...Array.from({ length: 15 }, () => shop.hold(item, 1n)),
      hold(item),
      ...Array.from({ length: 15 }, () => shop.hold(item, 1n)),
    ]);
    const codes = new Set(answers.flatMap((answer) => (answer.status === 'rejected' ? [codeOf(answer.reason)] : [])));
    expect([...codes].filter((code) => code === 'INTERNAL' || code === '')).toEqual([]);
    const { onHand, reserved, open } = await shop.reserved(item);
    expect([onHand, reserved, open]).toEqual([0n, 0n, 0n]);
    expect(await statusesOf(item)).toEqual(new Map([[StockStatus.HELD_QUALITY, 20n]]));
  });
});

describe('a write-off of promised goods', () => {
  it('takes back no more promises than it must, and they say why', async () => {
    const item = await shop.item();
    await shop.stock(shop.near, item, 10n);
    const [first, second] = [await shop.order([[item, 5n]]), await shop.order([[item, 4n]])];
    await writeOff(item, 3n);
    expect((await shop.find(first.orderId)).lines).toMatchObject([{ reserved: 5n, backordered: 0n }]);
    expect((await shop.find(second.orderId)).lines).toMatchObject([{ reserved: 2n, backordered: 2n }]);
    expect(await shop.reserved(item)).toEqual({ onHand: 7n, reserved: 7n, open: 7n });
    const [lost] = await idsOf(item, StockWrittenOff.$type);
    const kept = await shop.scene.database.query<{ why: string[] }>(`select why from warehousing.order_facts where order_id = $1 and kind = 'displaced'`, [second.orderId]);
    expect(kept).toEqual([{ why: [lost] }]);
  });
});
