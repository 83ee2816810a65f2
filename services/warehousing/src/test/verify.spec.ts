import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Centre } from '@naru/contracts/gen/naru/warehousing/v1/centre_service';
import { InvoicePaid, LotSold } from '@naru/contracts/gen/naru/auction/v1/events';
import { Disposition } from '@naru/contracts/gen/naru/warehousing/v1/receipt_service';
import { occurred } from '@naru/platform/event';
import pg from 'pg';
import { rules } from '../verify.js';
import { CONSIGNOR, MERCHANT, MORNING, Scene } from './scene.js';

let scene: Scene;
let centre: Centre;
let reader: pg.Client;

beforeAll(async () => {
  scene = await Scene.open();
  centre = await scene.openCentre();
  const item = await scene.createItem();
  const consignments = [await scene.announce(10n), await scene.announce(10n)];
  const truck = await scene.truckAtDoor(centre, consignments);
  for (const consignment of consignments) {
    const { receipt } = await scene.operator.receipts.receiveLine(scene.line(truck, consignment, item));
    await scene.operator.receipts.putAway({ receiptId: receipt!.receiptId, locationId: '' });
  }
  reader = new pg.Client({ connectionString: scene.database.readerUrl });
  await reader.connect();
}, 60_000);
afterAll(async () => {
  await reader.end();
  await scene.close();
});

async function verify(): Promise<ReadonlyMap<string, { readonly checked: number; readonly violations: number }>> {
  const results = new Map<string, { checked: number; violations: number }>();
  for (const { rule, check } of rules) {
    const { rows } = await reader.query<{ checked: string; violations: string }>(check as string);
    results.set(rule, { checked: Number(rows[0]!.checked), violations: Number(rows[0]!.violations) });
  }
  return results;
}

/** Breaks live data by hand as a superuser, looks, and mends it. */
async function broken(breaks: readonly string[], mends: readonly string[]): Promise<readonly string[]> {
  for (const text of breaks) await scene.database.query(text);
  const violated = [...(await verify())].filter(([, { violations }]) => violations > 0).map(([rule]) => rule);
  for (const text of mends) await scene.database.query(text);
  return violated;
}

const W = 'warehousing';

describe('verify', () => {
  it('has rows for every rule and finds nothing wrong after a day', async () => {
    const results = await verify();
    expect([...results.keys()]).toEqual(['W1', 'W2', 'W3', 'W4', 'W5', 'W6', 'W7', 'W9']);
    // orders and their promises have their own day: orders.spec.ts
    for (const [rule, { checked, violations }] of results) expect([rule, checked > 0, violations]).toEqual([rule, !['W6', 'W7', 'W9'].includes(rule), 0]);
  });

  it('sees a journal that does not sum to zero, and balances that differ from it (W1)', async () => {
    expect(
      await broken(
        [`alter table ${W}.stock_movement_lines disable trigger user`, `update ${W}.stock_movement_lines set count = count + 1 where account = 'supplier'`],
        [`update ${W}.stock_movement_lines set count = count - 1 where account = 'supplier'`, `alter table ${W}.stock_movement_lines enable trigger user`],
      ),
    ).toEqual(['W1']);
    const supplier = `where account = 'supplier'`;
    expect(
      await broken([`update ${W}.stock_balances set count = count - 1 ${supplier}`], [`update ${W}.stock_balances set count = count + 1 ${supplier}`]),
    ).toEqual(['W1']);
  });

  it('sees a location below zero (W2)', async () => {
    const empty = `where account = 'location' and count = 0`;
    expect(
      await broken(
        [`alter table ${W}.stock_balances drop constraint stock_balances_not_below_zero`, `update ${W}.stock_balances set count = -1 ${empty}`],
        [`update ${W}.stock_balances set count = 0 where account = 'location' and count = -1`],
      ),
    ).toEqual(['W1', 'W2', 'W3']);
  });

  it('sees a centre that believes to have other goods than lie there available (W3)', async () => {
    const some = `where on_hand > 0`;
    expect(
      await broken([`update ${W}.promisable_stock set on_hand = on_hand + 1 ${some}`], [`update ${W}.promisable_stock set on_hand = on_hand - 1 ${some}`]),
    ).toEqual(['W3']);
    expect(
      await broken(
        [`create table ${W}.kept as select * from ${W}.promisable_stock`, `delete from ${W}.promisable_stock`],
        [`insert into ${W}.promisable_stock select * from ${W}.kept`, `drop table ${W}.kept`],
      ),
    ).toEqual(['W3']);
  });

  it('sees goods in the wrong climate (W4)', async () => {
    expect(await broken([`update ${W}.items set temperature_class = 'frozen'`], [`update ${W}.items set temperature_class = 'chilled'`])).toEqual(['W4']);
  });

  it('sees a location that holds too much, or not what it says (W5)', async () => {
    const stored = `where occupied_grams > 0`;
    expect(
      await broken(
        [`alter table ${W}.locations drop constraint locations_capacity`, `update ${W}.locations set capacity_grams = capacity_grams - 999000 ${stored}`],
        [`update ${W}.locations set capacity_grams = capacity_grams + 999000 ${stored}`],
      ),
    ).toEqual(['W5']);
    expect(
      await broken(
        [`update ${W}.locations set occupied_grams = occupied_grams - 1 ${stored}`],
        [`update ${W}.locations set occupied_grams = occupied_grams + 1 ${stored}`],
      ),
    ).toEqual(['W5']);
    for (const [, { violations }] of await verify()) expect(violations).toBe(0);
  });
});

describe('the rules', () => {
  it('hold after goods of notices, sales, payments, holds and write-offs', async () => {
    const before = await verify();
    const item = await scene.ownItem('MUG-1');
    const notice = await scene.announceGoods(centre, [{ itemCode: 'MUG-1', batch: 'M1' }, { itemCode: 'MUG-1', batch: 'M2' }]);
    const consignments = [await scene.announce(10n), await scene.announce(10n)];
    const truck = await scene.truckAtDoor(centre, consignments, 'C1-D2');
    const { outcomes } = await scene.operator.notices.receiveNotice({
      appointmentId: truck.appointmentId,
      noticeId: notice.noticeId,
      lines: [1, 2].map((line) => scene.counted(line, { disposition: Disposition.ACCEPT })),
    });
    const strawberries = await scene.createItem();
    const receipts = [];
    for (const consignment of consignments) receipts.push((await scene.operator.receipts.receiveLine(scene.line(truck, consignment, strawberries))).receipt!.receiptId);
    const buyerOrganizationId = randomUUID();
    const soldOf = ({ consignmentId }: (typeof consignments)[number]) =>
      occurred(LotSold, LotSold.fromPartial({ lotId: randomUUID(), consignmentId, consignorOrganizationId: CONSIGNOR, buyerOrganizationId }), MORNING);
    const paid = InvoicePaid.fromPartial({ invoiceId: randomUUID(), buyerOrganizationId, consignmentIds: [consignments[0]!.consignmentId] });
    const told = await scene.tell(...consignments.map(soldOf), occurred(InvoicePaid, paid, MORNING));
    await scene.operator.receipts.batchPutAway({ receiptIds: [...receipts, ...outcomes.map(({ receiptId }) => receiptId)] });
    await scene.taken(told);
    const batch = { centreId: centre.centreId, ownerOrganizationId: MERCHANT, itemId: item.itemId, reason: 'cracked' };
    await scene.operator.stock.holdStock({ ...batch, batch: 'M1' });
    await scene.operator.stock.writeOffStock({ ...batch, batch: 'M1', count: 2n, unit: '', source: undefined });
    await scene.operator.stock.writeOffStock({ ...batch, batch: 'M2', count: 3n, unit: '', source: undefined });
    for (const [rule, { checked, violations }] of await verify()) {
      expect([rule, violations]).toEqual([rule, 0]);
      expect([rule, checked >= before.get(rule)!.checked]).toEqual([rule, true]);
    }
  });
});

describe('the database has the last word', () => {
  it('on the journal: what is posted stays, and sums to zero', async () => {
    const app = new pg.Client({ connectionString: scene.database.services.get('warehousing')!.databaseUrl });
    await app.connect();
    try {
      await expect(app.query(`update ${W}.stock_movement_lines set count = 0`)).rejects.toMatchObject({ code: '42501' });
      await expect(app.query(`delete from ${W}.stock_movements`)).rejects.toMatchObject({ code: '42501' });
      const half = `insert into ${W}.stock_movement_lines
        select movement_id, 9, owner_organization_id, item_id, batch, unit, centre_id, account, location_id, status, count, grams
          from ${W}.stock_movement_lines limit 1`;
      await expect(app.query(half)).rejects.toMatchObject({ code: '23000' });
    } finally {
      await app.end();
    }
  });
});
