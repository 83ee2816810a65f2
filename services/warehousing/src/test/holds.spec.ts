import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InvoicePaid, LotSold } from '@naru/contracts/gen/naru/auction/v1/events';
import type { Centre } from '@naru/contracts/gen/naru/warehousing/v1/centre_service';
import { StockHeld, StockReleased, StockWrittenOff } from '@naru/contracts/gen/naru/warehousing/v1/events';
import type { Item } from '@naru/contracts/gen/naru/warehousing/v1/item_service';
import { Condition, Disposition } from '@naru/contracts/gen/naru/warehousing/v1/receipt_service';
import { StockStatus } from '@naru/contracts/gen/naru/warehousing/v1/stock_service';
import { occurred } from '@naru/platform/event';
import { refusalOf } from '@naru/testing/refusals';
import { CONSIGNOR, MERCHANT, MORNING, OTHER_OPERATOR, type Party, Scene, type TruckAtDoor } from './scene.js';

let scene: Scene;
let centre: Centre;
let item: Item;
let truck: TruckAtDoor;
let batches = 0;

beforeAll(async () => {
  scene = await Scene.open();
  centre = await scene.openCentre();
  item = await scene.ownItem('MUG-1');
  truck = await scene.truckWithNotices(centre, []);
}, 60_000);
afterAll(() => scene.close());

interface Goods {
  readonly centreId: string;
  readonly ownerOrganizationId: string;
  readonly itemId: string;
  readonly batch: string;
  readonly reason: string;
}

/** Ten mugs of a batch of their own that stand on a shelf. */
async function goods(other: Parameters<Scene['counted']>[1] = {}, putAway = true): Promise<Goods> {
  const batch = `B${++batches}`;
  const notice = await scene.announceGoods(centre, [{ itemCode: 'MUG-1', batch }]);
  const request = { appointmentId: truck.appointmentId, noticeId: notice.noticeId, lines: [scene.counted(1, { disposition: Disposition.ACCEPT, ...other })] };
  const { outcomes } = await scene.operator.notices.receiveNotice(request);
  if (putAway) await scene.operator.receipts.batchPutAway({ receiptIds: [outcomes[0]!.receiptId] });
  return { centreId: centre.centreId, ownerOrganizationId: MERCHANT, itemId: item.itemId, batch, reason: 'a child found a crack' };
}

async function stockOf({ batch }: Pick<Goods, 'batch'>, party: Party = scene.merchant): Promise<readonly (readonly [StockStatus, bigint, bigint])[]> {
  const { balances } = await party.stock.listStock({ pageSize: 500, pageToken: '' });
  return balances.filter((balance) => balance.batch === batch).map(({ status, count, grams }) => [status, count, grams] as const);
}

const reserve = ({ batch }: Goods, count: number) => scene.database.query('update warehousing.promisable_stock set reserved = $2 where batch = $1', [batch, count]);
const statusesOf = (holdings: readonly (readonly [StockStatus, bigint, bigint])[]) => new Map(holdings.map(([status, count]) => [status, count]));
const writeOff = (of: Goods, count: bigint, other: { unit?: string; source?: { file: string; line: number; raw: string } } = {}) =>
  scene.operator.stock.writeOffStock({ ...of, count, unit: '', source: undefined, ...other });

describe('a hold', () => {
  it('keeps a batch back until it is released, and tells why', async () => {
    const mugs = await goods();
    const { holdId, count, grams, leftAvailable } = await scene.operator.stock.holdStock(mugs);
    expect([count, grams, leftAvailable]).toEqual([10n, 1000n, 0n]);
    expect(await stockOf(mugs)).toEqual([[StockStatus.HELD_QUALITY, 10n, 1000n]]);
    expect(await refusalOf(scene.operator.stock.holdStock(mugs))).toBe('NOTHING_TO_HOLD');
    expect(await scene.operator.stock.releaseStock({ ...mugs, reason: 'the mugs are sound' })).toEqual({ count: 10n, grams: 1000n, unpaidCount: 0n });
    expect(await stockOf(mugs)).toEqual([[StockStatus.AVAILABLE, 10n, 1000n]]);
    expect(await refusalOf(scene.operator.stock.releaseStock(mugs))).toBe('NOTHING_HELD');
    const facts = (await scene.facts(item.itemId)).slice(-2);
    expect(StockHeld.decode(facts[0]!.payload)).toMatchObject({ holdId, batch: mugs.batch, count: 10n, reason: mugs.reason, centreCode: centre.code });
    expect(StockReleased.decode(facts[1]!.payload)).toMatchObject({ batch: mugs.batch, count: 10n, reason: 'the mugs are sound', status: StockStatus.AVAILABLE });
  });

  it('leaves what is promised and cannot be given back, and says how much', async () => {
    const mugs = await goods();
    await reserve(mugs, 4);
    expect(await scene.operator.stock.holdStock(mugs)).toMatchObject({ count: 6n, grams: 600n, leftAvailable: 4n });
    expect(statusesOf(await stockOf(mugs))).toEqual(new Map([[StockStatus.AVAILABLE, 4n], [StockStatus.HELD_QUALITY, 6n]]));
    expect(await refusalOf(scene.operator.stock.holdStock(mugs))).toBe('NOTHING_TO_HOLD');
  });

  it('does not hinder the put-away of the goods at the door', async () => {
    const mugs = await goods({}, false);
    await scene.operator.stock.holdStock(mugs);
    const [receipt] = await scene.database.query<{ id: string }>('select receipt_id as id from warehousing.receipts where batch = $1', [mugs.batch]);
    expect((await scene.operator.receipts.batchPutAway({ receiptIds: [receipt!.id] })).outcomes).toMatchObject([{ code: '' }]);
    expect(await stockOf(mugs)).toEqual([[StockStatus.HELD_QUALITY, 10n, 1000n]]);
    await scene.operator.stock.releaseStock(mugs);
    expect(await stockOf(mugs)).toEqual([[StockStatus.AVAILABLE, 10n, 1000n]]);
  });

  it('is set once by many at the same time', async () => {
    const mugs = await goods();
    const tries = await Promise.allSettled(Array.from({ length: 6 }, () => scene.operator.stock.holdStock(mugs)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await stockOf(mugs)).toEqual([[StockStatus.HELD_QUALITY, 10n, 1000n]]);
  });

  it('of goods that are not paid for outlasts the payment, and its end does not make unpaid goods free', async () => {
    const buyer = await scene.as(randomUUID(), 'bidder');
    const boxes = await scene.createItem();
    const consignment = await scene.announce(10n);
    await scene.operator.receipts.receiveLine(scene.line(truck, consignment, boxes, { disposition: Disposition.ACCEPT }));
    const bought: Goods = { centreId: centre.centreId, ownerOrganizationId: buyer.organizationId, itemId: boxes.itemId, batch: consignment.code, reason: 'mould' };
    const sold = { lotId: randomUUID(), consignmentId: consignment.consignmentId, consignorOrganizationId: CONSIGNOR, buyerOrganizationId: buyer.organizationId };
    await scene.taken(await scene.tell(occurred(LotSold, LotSold.fromPartial(sold), MORNING)));
    const statuses = async () => (await stockOf(bought, buyer)).map(([status]) => status);

    await scene.operator.stock.holdStock(bought);
    expect(await statuses()).toEqual([StockStatus.HELD_QUALITY]);
    expect(await scene.operator.stock.releaseStock(bought)).toMatchObject({ count: 10n, unpaidCount: 10n });
    expect(await statuses()).toEqual([StockStatus.HELD_UNPAID]);

    await scene.operator.stock.holdStock(bought);
    const paid = { invoiceId: randomUUID(), buyerOrganizationId: buyer.organizationId, consignmentIds: [consignment.consignmentId] };
    await scene.taken(await scene.tell(occurred(InvoicePaid, InvoicePaid.fromPartial(paid), MORNING)));
    expect(await statuses()).toEqual([StockStatus.HELD_QUALITY]);
    expect(await scene.operator.stock.releaseStock(bought)).toMatchObject({ count: 10n, unpaidCount: 0n });
    expect(await statuses()).toEqual([StockStatus.AVAILABLE]);
  });
});

describe('a write-off', () => {
  it('takes lost goods off the books and off the shelf', async () => {
    const mugs = await goods();
    const before = (await scene.locations(centre)).get('A1-01-1')!.occupiedGrams;
    const { writeOffId, count, grams, created } = await writeOff(mugs, 3n);
    expect([count, grams, created]).toEqual([3n, 300n, true]);
    expect(await stockOf(mugs)).toEqual([[StockStatus.AVAILABLE, 7n, 700n]]);
    expect((await scene.locations(centre)).get('A1-01-1')!.occupiedGrams).toBe(before - 300n);
    const [fact] = (await scene.facts(item.itemId)).slice(-1);
    expect(StockWrittenOff.decode(fact!.payload)).toMatchObject({ writeOffId, count: 3n, reason: mugs.reason });
    const lost = await scene.database.query(`select count::int, grams::int from warehousing.stock_balances where account = 'loss' and batch = $1`, [mugs.batch]);
    expect(lost).toEqual([{ count: 3, grams: 300 }]);
  });

  it('is done once per row that says so, also by two clients at once; another row is another one', async () => {
    const mugs = await goods();
    const source = { file: 'online-retail-2010-12-01.csv', line: 77, raw: `536589,21777,,-10,${mugs.batch}` };
    const answers = await Promise.all(Array.from({ length: 5 }, () => writeOff(mugs, 2n, { source })));
    expect(new Set(answers.map(({ writeOffId }) => writeOffId)).size).toBe(1);
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    expect(await stockOf(mugs)).toEqual([[StockStatus.AVAILABLE, 8n, 800n]]);
    expect((await writeOff(mugs, 2n, { source: { ...source, line: 78 } })).created).toBe(true);
    expect((await writeOff(mugs, 2n, { source: { ...source, raw: `${source.raw} ` } })).created).toBe(true);
    expect(await stockOf(mugs)).toEqual([[StockStatus.AVAILABLE, 4n, 400n]]);
  });

  it('takes no more than is there, and nothing that is promised', async () => {
    const mugs = await goods();
    const before = await scene.ledger();
    expect(await refusalOf(writeOff(mugs, 11n))).toBe('STOCK_NOT_THERE');
    await reserve(mugs, 8);
    expect(await refusalOf(writeOff(mugs, 3n))).toBe('STOCK_RESERVED');
    expect(await refusalOf(writeOff({ ...mugs, batch: 'NONE' }, 1n))).toBe('STOCK_NOT_THERE');
    expect(await scene.ledger()).toEqual(before);
    await writeOff(mugs, 2n);
  });

  it('takes what could not be sold first', async () => {
    const broken = await goods({ condition: Condition.DAMAGED });
    expect(await stockOf(broken)).toEqual([[StockStatus.DAMAGED, 10n, 1000n]]);
    await writeOff(broken, 10n);
    expect(await stockOf(broken)).toEqual([]);
    const held = await goods();
    await reserve(held, 4);
    await scene.operator.stock.holdStock(held);
    await writeOff(held, 6n);
    expect(await stockOf(held)).toEqual([[StockStatus.AVAILABLE, 4n, 400n]]);
  });
});

describe('the goods of others', () => {
  it('are held and written off by the operator of their centre alone', async () => {
    const mugs = await goods();
    const otherOperator = await scene.as(OTHER_OPERATOR, 'centre-operator');
    expect(await refusalOf(otherOperator.stock.holdStock(mugs))).toBe('NOT_FOUND');
    expect(await refusalOf(otherOperator.stock.releaseStock(mugs))).toBe('NOT_FOUND');
    expect(await refusalOf(otherOperator.stock.writeOffStock({ ...mugs, count: 1n, unit: '', source: undefined }))).toBe('NOT_FOUND');
    expect(await refusalOf(scene.merchant.stock.holdStock(mugs))).toBe('PERMISSION_DENIED');
    expect(await stockOf(mugs)).toEqual([[StockStatus.AVAILABLE, 10n, 1000n]]);
  });
});
