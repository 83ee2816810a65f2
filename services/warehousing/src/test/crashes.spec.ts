import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InvoicePaid, LotSold } from '@naru/contracts/gen/naru/auction/v1/events';
import type { Centre } from '@naru/contracts/gen/naru/warehousing/v1/centre_service';
import { StockStatus } from '@naru/contracts/gen/naru/warehousing/v1/stock_service';
import { INWARD_CRASH_POINTS } from '@naru/platform/crash-point';
import { occurred } from '@naru/platform/event';
import { CONSIGNOR, MORNING, OPERATOR, type Party, Scene } from './scene.js';

let scene: Scene;
let centre: Centre;
const killed: string[] = [];

beforeAll(async () => {
  scene = await Scene.open();
  centre = await scene.openCentre();
}, 60_000);
afterAll(() => scene.close());

async function killedAt(point: (typeof INWARD_CRASH_POINTS)[number], act: (address: string) => Promise<void>): Promise<void> {
  await scene.killedAt(point, act);
  killed.push(point);
}

const operatorAt = (address: string, idempotencyKey: string): Promise<Party> => scene.as(OPERATOR, 'centre-operator', { address, idempotencyKey });
const statusesOf = async (party: Party) => (await party.stock.listStock({ pageSize: 500, pageToken: '' })).balances.map(({ status, count }) => [status, count]);

describe('a kill -9', () => {
  it('while goods of a notice are received or put away leaves nothing half done, and the same call then does it once', async () => {
    await scene.ownItem('MUG-1');
    const notice = await scene.announceGoods(centre, Array.from({ length: 5 }, () => ({ itemCode: 'MUG-1' })));
    const { appointmentId } = await scene.truckWithNotices(centre, [notice]);
    const request = { appointmentId, noticeId: notice.noticeId, lines: notice.lines.map(({ line }) => scene.counted(line)) };
    const before = await scene.ledger();
    await killedAt('notice.received', async (address) => {
      await expect((await operatorAt(address, 'receive')).notices.receiveNotice(request)).rejects.toThrow();
    });
    expect(await scene.ledger()).toEqual(before);
    const operator = await operatorAt(scene.service.address, 'receive');
    const { outcomes } = await operator.notices.receiveNotice(request);
    expect(outcomes.map(({ code }) => code)).toEqual(['', '', '', '', '']);
    expect(await operator.notices.receiveNotice(request)).toEqual({ outcomes });

    const put = { receiptIds: outcomes.map(({ receiptId }) => receiptId) };
    const received = await scene.ledger();
    await killedAt('notice.put-away', async (address) => {
      await expect((await operatorAt(address, 'put')).receipts.batchPutAway(put)).rejects.toThrow();
    });
    expect(await scene.ledger()).toEqual(received);
    const after = await (await operatorAt(scene.service.address, 'put')).receipts.batchPutAway(put);
    expect(after.outcomes.map(({ code }) => code)).toEqual(['', '', '', '', '']);
    expect((await scene.locations(centre)).get('C1-D1')!.occupiedGrams).toBe(0n);
  }, 60_000);

  it('while goods change hands lets them pass, and be freed, exactly once', async () => {
    const item = await scene.createItem();
    const consignment = await scene.announce(10n);
    const truck = await scene.truckAtDoor(centre, [consignment], 'C1-D2');
    await scene.operator.receipts.receiveLine(scene.line(truck, consignment, item));
    const buyerOrganizationId = randomUUID();
    const { consignmentId } = consignment;
    const sold = occurred(LotSold, LotSold.fromPartial({ lotId: randomUUID(), consignmentId, consignorOrganizationId: CONSIGNOR, buyerOrganizationId }), MORNING);
    let told: readonly string[] = [];
    await killedAt('ownership.passed', async () => void (told = await scene.tell(sold)));
    await scene.taken(told);
    expect(await statusesOf(await scene.as(buyerOrganizationId, 'bidder'))).toEqual([[StockStatus.HELD_UNPAID, 10n]]);

    const paid = occurred(InvoicePaid, InvoicePaid.fromPartial({ invoiceId: randomUUID(), buyerOrganizationId, consignmentIds: [consignmentId] }), MORNING);
    await killedAt('ownership.freed', async () => void (told = await scene.tell(paid)));
    await scene.taken(told);
    expect(await statusesOf(await scene.as(buyerOrganizationId, 'bidder'))).toEqual([[StockStatus.AVAILABLE, 10n]]);
    const facts = (await scene.facts(consignmentId)).map(({ type }) => type.split('.').at(-1));
    expect(facts).toEqual(['ConsignmentReceived', 'OwnershipPassed', 'OwnershipFreed']);
  }, 60_000);

  it('happened at every point where goods come in and change hands', () => expect([...killed].sort()).toEqual([...INWARD_CRASH_POINTS].sort()));
});
