import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InvoicePaid, LotPassed, LotSold } from '@naru/contracts/gen/naru/auction/v1/events';
import type { Centre } from '@naru/contracts/gen/naru/warehousing/v1/centre_service';
import { OwnershipFreed, OwnershipPassed } from '@naru/contracts/gen/naru/warehousing/v1/events';
import type { Item } from '@naru/contracts/gen/naru/warehousing/v1/item_service';
import { Condition, Disposition, type Receipt, type ReceiveLineRequest } from '@naru/contracts/gen/naru/warehousing/v1/receipt_service';
import { StockStatus } from '@naru/contracts/gen/naru/warehousing/v1/stock_service';
import { Database } from '@naru/platform/database';
import { type Occurred, occurred } from '@naru/platform/event';
import { Ids } from '@naru/platform/ids';
import { type StockPlace, transfer, unitOfMeasure } from '../stock/ledger.js';
import { StockStore } from '../stock/stock.store.js';
import { type AnnouncedConsignment, CONSIGNOR, MORNING, type Party, Scene, type TruckAtDoor } from './scene.js';

let scene: Scene;
let centre: Centre;
let item: Item;
let truck: TruckAtDoor;
let buyer: Party;
const UNIT = unitOfMeasure('gram', 10_000n);

beforeAll(async () => {
  scene = await Scene.open();
  centre = await scene.openCentre();
  item = await scene.createItem();
  truck = await scene.truckAtDoor(centre, []);
}, 60_000);
afterAll(() => scene.close());

/** A new buyer for each case, whose stock is then what the case made. */
async function newBuyer(): Promise<void> {
  buyer = await scene.as(randomUUID(), 'bidder');
}

async function receive(other: Partial<ReceiveLineRequest> = {}, consignment?: AnnouncedConsignment): Promise<AnnouncedConsignment & { readonly receipt: Receipt }> {
  const announced = consignment ?? (await scene.announce(10n));
  const { receipt } = await scene.operator.receipts.receiveLine(scene.line(truck, announced, item, { disposition: Disposition.ACCEPT, ...other }));
  return { ...announced, receipt: receipt! };
}

const sold = ({ consignmentId }: AnnouncedConsignment): Occurred =>
  occurred(
    LotSold,
    LotSold.fromPartial({ lotId: randomUUID(), consignmentId, consignorOrganizationId: CONSIGNOR, buyerOrganizationId: buyer.organizationId, quantity: 10n }),
    MORNING,
  );
const paid = (...consignments: readonly AnnouncedConsignment[]): Occurred =>
  occurred(
    InvoicePaid,
    InvoicePaid.fromPartial({ invoiceId: randomUUID(), buyerOrganizationId: buyer.organizationId, consignmentIds: consignments.map(({ consignmentId }) => consignmentId) }),
    MORNING,
  );

async function tell(...facts: readonly Occurred[]): Promise<void> {
  await scene.taken(await scene.tell(...facts));
  expect(await scene.database.query('select * from warehousing.parked')).toEqual([]);
}

type Holding = readonly [batch: string, status: StockStatus, count: bigint, locationId: string];

async function stockOf(party: Party): Promise<readonly Holding[]> {
  const { balances } = await party.stock.listStock({ pageSize: 500, pageToken: '' });
  return balances.map(({ batch, status, count, locationId }): Holding => [batch, status, count, locationId]).sort((a, b) => (a.join() < b.join() ? -1 : 1));
}

async function onHand(): Promise<bigint> {
  const [row] = await scene.database.query<{ sum: string | null }>('select sum(on_hand) as sum from warehousing.promisable_stock where owner_organization_id = $1', [
    buyer.organizationId,
  ]);
  return BigInt(row!.sum ?? 0);
}

const factsOf = async ({ consignmentId }: AnnouncedConsignment): Promise<readonly string[]> =>
  (await scene.facts(consignmentId)).map(({ type }) => type.split('.').at(-1)!).filter((type) => type.startsWith('Ownership'));

describe('sold goods', () => {
  it('pass to the buyer at the door, are put away as its own, and are free once they are paid', async () => {
    await newBuyer();
    const goods = await receive();
    await tell(sold(goods));
    const door = truck.door.locationId;
    expect(await stockOf(buyer)).toEqual([[goods.code, StockStatus.HELD_UNPAID, 10n, door]]);
    expect((await stockOf(scene.consignor)).map(([batch]) => batch)).not.toContain(goods.code);
    expect(await onHand()).toBe(0n);

    const { receipt } = await scene.operator.receipts.putAway({ receiptId: goods.receipt.receiptId, locationId: '' });
    expect(receipt!.ownerOrganizationId).toBe(CONSIGNOR); // the receipt says who brought them
    expect(await stockOf(buyer)).toEqual([[goods.code, StockStatus.HELD_UNPAID, 10n, receipt!.locationId]]);

    await tell(paid(goods));
    expect(await stockOf(buyer)).toEqual([[goods.code, StockStatus.AVAILABLE, 10n, receipt!.locationId]]);
    expect(await onHand()).toBe(10n);
    const facts = await scene.facts(goods.consignmentId);
    const [passed, freed] = ['OwnershipPassed', 'OwnershipFreed'].map((name) => facts.find(({ type }) => type.endsWith(name))!);
    expect(OwnershipPassed.decode(passed!.payload)).toMatchObject({ fromOrganizationId: CONSIGNOR, toOrganizationId: buyer.organizationId, count: 10n, grams: 100_200n, unit: UNIT });
    expect(OwnershipFreed.decode(freed!.payload)).toMatchObject({ ownerOrganizationId: buyer.organizationId, count: 10n, grams: 100_200n });
  });

  it('pass once, however often it is told, and are freed once', async () => {
    await newBuyer();
    const goods = await receive();
    await scene.operator.receipts.putAway({ receiptId: goods.receipt.receiptId, locationId: '' });
    await tell(sold(goods), sold(goods));
    const first = await scene.ledger();
    await tell(sold(goods));
    expect(await scene.ledger()).toEqual(first);
    await tell(paid(goods), paid(goods));
    const after = await scene.ledger();
    await tell(paid(goods), sold(goods));
    expect(await scene.ledger()).toEqual(after);
    expect(await factsOf(goods)).toEqual(['OwnershipPassed', 'OwnershipFreed']);
    expect(await onHand()).toBe(10n);
  });

  it('are free at once when the payment was told before the sale', async () => {
    await newBuyer();
    const [goods, unsold] = [await receive(), await receive()];
    await tell(paid(goods));
    expect(await stockOf(buyer)).toEqual([]);
    await tell(sold(goods), sold(unsold));
    expect((await stockOf(buyer)).map(([batch, status]) => [batch, status])).toEqual([
      [goods.code, StockStatus.AVAILABLE],
      [unsold.code, StockStatus.HELD_UNPAID],
    ]);
    expect(await factsOf(goods)).toEqual(['OwnershipPassed', 'OwnershipFreed']);
  });

  it('pass when they come, if they were sold before', async () => {
    await newBuyer();
    const consignment = await scene.announce(10n);
    await tell(sold(consignment));
    const goods = await receive({}, consignment);
    expect(await stockOf(buyer)).toEqual([[goods.code, StockStatus.HELD_UNPAID, 10n, truck.door.locationId]]);
  });

  it('stay held as unpaid for ever when the buyer never pays', async () => {
    await newBuyer();
    const goods = await receive();
    await tell(sold(goods));
    await scene.clock.advanceTo(scene.clock.now() + 3_600_000);
    await tell(paid(await receive()));
    expect((await stockOf(buyer)).map(([, status]) => status)).toEqual([StockStatus.HELD_UNPAID]);
    expect(await onHand()).toBe(0n);
  });

  it('that were damaged or taken under reserve stay so, and no payment frees them', async () => {
    await newBuyer();
    const broken = await receive({ condition: Condition.DAMAGED, disposition: Disposition.ACCEPT_UNDER_RESERVE });
    const warm = await receive({ temperatureTenths: 150, disposition: Disposition.ACCEPT_UNDER_RESERVE });
    await tell(sold(broken), sold(warm), paid(broken, warm));
    expect(new Map((await stockOf(buyer)).map(([batch, status]) => [batch, status]))).toEqual(
      new Map([
        [broken.code, StockStatus.DAMAGED],
        [warm.code, StockStatus.HELD],
      ]),
    );
    expect(await onHand()).toBe(0n);
  });

  it('of one consignment pass and no other’s, though both are of one batch; each is freed by its own invoice', async () => {
    await newBuyer();
    const [mine, other] = [await receive({ batch: 'SHARED', weighedGrams: 100_100n }), await receive({ batch: 'SHARED', counted: 7n, weighedGrams: 70_000n })];
    await tell(sold(mine));
    expect(await stockOf(buyer)).toEqual([['SHARED', StockStatus.HELD_UNPAID, 10n, truck.door.locationId]]);
    expect((await stockOf(scene.consignor)).filter(([batch]) => batch === 'SHARED')).toEqual([['SHARED', StockStatus.AVAILABLE, 7n, truck.door.locationId]]);
    await tell(sold(other), paid(mine));
    const statuses = async () => (await stockOf(buyer)).map(([, status, count]) => [status, count]);
    expect(await statuses()).toEqual([
      [StockStatus.AVAILABLE, 10n],
      [StockStatus.HELD_UNPAID, 7n],
    ]);
    await tell(paid(other));
    expect(await statuses()).toEqual([[StockStatus.AVAILABLE, 17n]]);
  });

  it('pass from wherever they lie', async () => {
    await newBuyer();
    const goods = await receive();
    await scene.operator.receipts.putAway({ receiptId: goods.receipt.receiptId, locationId: '' });
    const [[, , , rack]] = (await stockOf(scene.consignor)).filter(([batch]) => batch === goods.code) as [Holding];
    const database = await Database.connect({ url: scene.database.services.get('warehousing')!.databaseUrl, schema: 'warehousing', poolSize: 1 });
    const store = new StockStore(database, new Ids());
    const { centreId } = centre;
    const at = (locationId: string): StockPlace => ({ account: 'location', centreId, locationId, status: 'available' });
    const own = { ownerId: CONSIGNOR, itemId: item.itemId, batch: goods.code, unit: UNIT };
    const lines = transfer(own, at(rack), at(truck.door.locationId), { count: 4n, grams: 40_080n });
    await database.transaction((tx) => store.post(tx, { centreId, cause: 'pick', causeId: randomUUID(), movedAt: MORNING, lines }));
    await database.close();
    await tell(sold(goods));
    expect(new Set((await stockOf(buyer)).map(([, status, count]) => `${status} ${count}`))).toEqual(new Set(['STOCK_STATUS_HELD_UNPAID 4', 'STOCK_STATUS_HELD_UNPAID 6']));
    await tell(paid(goods));
    expect(await onHand()).toBe(10n);
    expect((await stockOf(scene.consignor)).map(([batch]) => batch)).not.toContain(goods.code);
  });

  it('pass exactly once while they are being put away', async () => {
    await newBuyer();
    const goods = await Promise.all(Array.from({ length: 8 }, () => receive()));
    const told = scene.tell(...goods.map(sold));
    const { outcomes } = await scene.operator.receipts.batchPutAway({ receiptIds: goods.map(({ receipt }) => receipt.receiptId) });
    expect(outcomes.map(({ code }) => code)).toEqual(goods.map(() => ''));
    await scene.taken(await told);
    const door = truck.door.locationId;
    expect((await stockOf(buyer)).map(([, status, count, locationId]) => [status, count, locationId === door])).toEqual(goods.map(() => [StockStatus.HELD_UNPAID, 10n, false]));
  });
});

describe('goods that were not sold', () => {
  it('stay what they are', async () => {
    const goods = await receive();
    const before = await scene.ledger();
    await scene.tell(occurred(LotPassed, LotPassed.fromPartial({ lotId: randomUUID(), consignmentId: goods.consignmentId, reason: 'NO_BID' }), MORNING));
    await tell(paid()); // follows in the topic, so the other one has been passed over
    expect(await scene.ledger()).toEqual(before);
  });
});

describe('the ledger after all that', () => {
  it('sums to zero in each owner’s books', async () => {
    const wrong = await scene.database.query(
      `select owner_organization_id from warehousing.stock_movement_lines group by owner_organization_id, item_id, batch, unit having sum(count) <> 0 or sum(grams) <> 0`,
    );
    expect(wrong).toEqual([]);
    const [batches] = await scene.database.query<{ missing: string }>(
      `select count(*) as missing from warehousing.stock_balances b left join warehousing.batches k using (owner_organization_id, item_id, batch)
        where b.account = 'location' and k.batch is null`,
    );
    expect(batches!.missing).toBe('0');
  });
});
