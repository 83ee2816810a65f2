import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Centre } from '@naru/contracts/gen/naru/warehousing/v1/centre_service';
import { CancelOrderRequest, CreateOrderRequest, type Order, OrderPhase } from '@naru/contracts/gen/naru/warehousing/v1/order_service';
import { PickTaskPhase } from '@naru/contracts/gen/naru/warehousing/v1/wave_service';
import { rules } from '../verify.js';
import { OutwardScene, PIECES, type TestItem } from './outward-scene.js';

let outward: OutwardScene;
let near: Centre;
let far: Centre;
let references = 0;

beforeAll(async () => {
  outward = await OutwardScene.open();
  near = await outward.openCentre();
  far = await outward.openCentre();
  await outward.addBoxes();
  const place = 'update warehousing.centres set latitude_e6 = $2, longitude_e6 = $3 where centre_id = $1';
  await outward.scene.database.query(place, [near.centreId, 37_566_500, 126_978_000]);
  await outward.scene.database.query(place, [far.centreId, 35_179_600, 129_075_600]);
}, 60_000);
afterAll(() => outward.close());

async function order(lines: readonly (readonly [TestItem, bigint])[]): Promise<Order> {
  const request = CreateOrderRequest.fromPartial({
    networkId: outward.networkId,
    merchantReference: `PO-${++references}`,
    customerReference: 'C-1',
    country: 'Korea',
    latitudeE6: 37_500_000,
    longitudeE6: 127_000_000,
    lines: lines.map(([item, count], i) => ({ line: i + 1, itemCode: item.code, unit: PIECES, count, unitPriceAmount: 100n, currency: 'GBP' })),
  });
  return (await outward.merchant.orders.createOrder(request)).order!;
}

const find = async (orderId: string): Promise<Order> => (await outward.merchant.orders.getOrder({ orderId })).order!;

describe('an order of a merchant, from its first call to the door', () => {
  it('is sourced, picked short, promised again from the other centre, staged from both, and says why', async () => {
    const item = await outward.item();
    await outward.stock(near, 'A1-01-1', item, 'B1', 5n);
    await outward.stock(far, 'A1-01-1', item, 'B2', 3n);
    const { orderId, code } = await order([[item, 5n]]);
    const wave = await outward.release(near, [orderId]);
    const [task] = await outward.tasks(wave.waveId);
    await outward.scene.operator.waves.batchCompletePickTasks({
      waveId: wave.waveId,
      tasks: [{ taskId: task!.taskId, picked: 1n, grams: 0n, reason: 'wet' }],
    });
    const short = await find(orderId);
    expect(short.lines[0]).toMatchObject({ ordered: 5n, reserved: 4n, backordered: 1n, picked: 1n });
    expect(short.phase).toBe(OrderPhase.RELEASED);
    const { facts } = await outward.merchant.why.explainCode({ code });
    expect(facts.map(({ text }) => text).join('\n')).toContain('PICK_SHORTED');
    const elsewhere = await outward.release(far, [orderId]);
    await outward.pickAll(elsewhere.waveId);
    const staged: string[] = [];
    for (const centre of [near, far]) {
      const [packed] = await outward.pack(centre, [orderId]);
      staged.push(...(await outward.stage(centre, packed!.parcels.map(({ unitId }) => unitId))).stagedOrderIds);
    }
    expect(staged).toEqual([orderId]);
    expect((await find(orderId)).phase).toBe(OrderPhase.STAGED);
  });

  it('that is cancelled while it is picked loses its ready tasks; what is packed stays', async () => {
    const [cups, plates] = [await outward.item(), await outward.item()];
    await outward.stock(near, 'A1-02-1', cups, 'B', 9n);
    await outward.stock(near, 'A2-02-1', plates, 'B', 9n);
    const { orderId } = await order([
      [cups, 2n],
      [plates, 3n],
    ]);
    const { waveId } = await outward.release(near, [orderId]);
    const [first] = await outward.tasks(waveId);
    await outward.scene.operator.waves.batchCompletePickTasks({ waveId, tasks: [{ taskId: first!.taskId, picked: 2n, grams: 0n, reason: '' }] });
    const [packed] = await outward.pack(near, [orderId]);
    await outward.merchant.orders.cancelOrder(CancelOrderRequest.fromPartial({ orderId, lines: [{ line: 2, count: 3n }] }));
    expect((await outward.tasks(waveId)).map(({ phase }) => phase)).toEqual([PickTaskPhase.DONE, PickTaskPhase.CANCELLED]);
    expect(await outward.lineOf(orderId, 2)).toMatchObject({ reserved: 0n, cancelled: 3n, picked: 0n });
    expect((await outward.stage(near, packed!.parcels.map(({ unitId }) => unitId))).stagedOrderIds).toEqual([orderId]);
  });

  it('breaks no rule', async () => {
    for (const { rule, check } of rules) {
      const [row] = await outward.scene.database.query<{ violations: string }>(check as string);
      expect([rule, row!.violations]).toEqual([rule, '0']);
    }
  });
});
