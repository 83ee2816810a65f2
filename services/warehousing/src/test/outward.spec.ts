import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Centre, TemperatureClass } from '@naru/contracts/gen/naru/warehousing/v1/centre_service';
import { OrderStaged, ParcelPacked, ParcelStaged, PickShorted, WaveReleased } from '@naru/contracts/gen/naru/warehousing/v1/events';
import { ParcelPhase } from '@naru/contracts/gen/naru/warehousing/v1/parcel_service';
import { PickTaskPhase, WavePhase } from '@naru/contracts/gen/naru/warehousing/v1/wave_service';
import { isGs1Key } from '@naru/kernel/check-digit';
import { refusalOf } from '@naru/testing/refusals';
import { OutwardScene } from './outward-scene.js';

let outward: OutwardScene;
let centre: Centre;
let other: Centre;

beforeAll(async () => {
  outward = await OutwardScene.open();
  centre = await outward.openCentre();
  other = await outward.openCentre();
  await outward.addBoxes();
}, 60_000);
afterAll(() => outward.close());

describe('an order on its way out', () => {
  it('is released, picked by the way, packed, labelled, staged, and traced', async () => {
    const { scene } = outward;
    const [cups, plates] = [await outward.item(), await outward.item()];
    const receipt = await outward.stock(centre, 'A2-01-1', cups, 'B1', 10n);
    await outward.stock(centre, 'A1-02-1', plates, 'B2', 4n);
    await outward.stock(centre, 'A2-03-1', plates, 'B2', 20n);
    const order = await outward.order([
      { item: cups, promises: [{ centre, batch: 'B1', count: 6n }] },
      { item: plates, promises: [{ centre, batch: 'B2', count: 22n }], backordered: 3n },
    ]);
    const wave = await outward.release(centre);
    expect(wave).toMatchObject({ phase: WavePhase.RELEASED, orderIds: [order.orderId], tasks: 3, readyTasks: 3, waiting: [] });
    expect(wave.code).toMatch(/^WAV-20220623-\d{4}$/);
    expect(await outward.phaseOf(order.orderId)).toBe('released');
    const tasks = await outward.tasks(wave.waveId);
    expect(tasks.map(({ sequence, locationCode, count }) => [sequence, locationCode, count])).toEqual([
      [1, 'A1-02-1', 4n],
      [2, 'A2-03-1', 18n],
      [3, 'A2-01-1', 6n],
    ]);
    expect(await refusalOf(outward.release(centre))).toBe('NOTHING_TO_RELEASE');

    const { outcomes } = await outward.pickAll(wave.waveId);
    expect(outcomes.map(({ phase, picked, pickedGrams }) => [phase, picked, pickedGrams])).toEqual(
      tasks.map(({ count }) => [PickTaskPhase.DONE, count, count * 250n]),
    );
    expect(await outward.phaseOf(order.orderId)).toBe('picked');
    expect((await scene.operator.waves.getWave({ waveId: wave.waveId })).wave).toMatchObject({ phase: WavePhase.PICKED, readyTasks: 0 });
    expect((await outward.location(centre, 'P-1')).occupiedGrams).toBe(28n * 250n);
    expect(await outward.shelves(plates)).toEqual({ [`${centre.code}:A2-03-1`]: 2n, [`${centre.code}:P-1`]: 22n });

    const [packed] = await outward.pack(centre, [order.orderId]);
    expect(packed).toMatchObject({ orderId: order.orderId, code: '', leftOut: [] });
    expect(packed!.parcels.length).toBeGreaterThan(0);
    for (const parcel of packed!.parcels) expect([isGs1Key(parcel.sscc), parcel.phase]).toEqual([true, ParcelPhase.PACKED]);
    expect(await outward.lineOf(order.orderId, 2)).toMatchObject({ reserved: 22n, backordered: 3n, picked: 22n, packed: 22n, staged: 0n });
    expect(await outward.phaseOf(order.orderId)).toBe('packed');

    const unitIds = packed!.parcels.map(({ unitId }) => unitId);
    expect(await outward.stage(centre, unitIds)).toMatchObject({ outcomes: unitIds.map((unitId) => ({ unitId, staged: true, code: '' })), stagedOrderIds: [order.orderId] });
    expect(await outward.phaseOf(order.orderId)).toBe('staged');
    expect([(await outward.location(centre, 'P-1')).occupiedGrams, (await outward.location(centre, 'D-1')).occupiedGrams]).toEqual([0n, 28n * 250n]);

    const [unitId] = unitIds;
    const { parcel } = await outward.merchant.parcels.getParcel({ unitId: unitId! });
    expect(parcel).toMatchObject({ phase: ParcelPhase.STAGED, orderCode: order.code, grossGrams: packed!.parcels[0]!.grossGrams });
    const content = parcel!.contents.find(({ itemCode }) => itemCode === cups.code);
    expect(content).toMatchObject({ batch: 'B1', origins: [{ receiptId: receipt.receiptId, receiptCode: receipt.receiptCode }] });
    const page = { receiptId: receipt.receiptId, pageSize: 0, pageToken: '' };
    expect((await outward.merchant.parcels.listReceiptParcels(page)).parcels.map((each) => each.unitId)).toContain(unitId);

    const png = await outward.merchant.parcels.getParcelLabel({ unitId: unitId!, format: '' });
    expect([png.contentType, Buffer.from(png.data).subarray(1, 4).toString()]).toEqual(['image/png', 'PNG']);
    const zpl = await scene.operator.parcels.getParcelLabel({ unitId: unitId!, format: 'zpl' });
    expect(Buffer.from(zpl.data).toString()).toContain(`(00)${parcel!.sscc}`);

    const types = async (key: string) => (await scene.facts(key)).map(({ type }) => type);
    expect(await types(wave.waveId)).toEqual([WaveReleased.$type]);
    expect(await types(unitId!)).toEqual([ParcelPacked.$type, ParcelStaged.$type]);
    const [staged] = await scene.facts(order.orderId);
    expect(staged!.type).toBe(OrderStaged.$type);
    expect(OrderStaged.decode(staged!.payload)).toMatchObject({ orderCode: order.code, unitIds: [...unitIds].sort() });
  });

  it('waits for goods that are not put away, and takes them in a later wave', async () => {
    const item = await outward.item();
    await outward.stock(centre, 'D-1', item, 'B', 5n);
    await outward.stock(centre, 'A1-01-1', item, 'B', 2n);
    const order = await outward.order([{ item, promises: [{ centre, batch: 'B', count: 4n }] }]);
    expect(await outward.release(centre, [order.orderId])).toMatchObject({ tasks: 1, waiting: [{ orderId: order.orderId, line: 1, count: 2n }] });
    await outward.stock(centre, 'A1-01-2', item, 'B', 5n);
    const wave = await outward.release(centre, [order.orderId]);
    expect((await outward.tasks(wave.waveId)).map(({ locationCode, count }) => [locationCode, count])).toEqual([['A1-01-2', 2n]]);
  });

  it('ships an unmeasured trade unit in its own carton, and tells of loose pieces without measures', async () => {
    const radishes = await outward.item(TemperatureClass.CHILLED, null);
    await outward.stock(centre, 'C1-01-1', radishes, 'R', 4n, { unit: '10000 g', grams: 40_100n });
    const loose = await outward.item(TemperatureClass.AMBIENT, null);
    await outward.stock(centre, 'A1-01-1', loose, 'L', 4n);
    const orders = [
      await outward.order([{ item: radishes, unit: '10000 g', promises: [{ centre, batch: 'R', count: 2n }] }]),
      await outward.order([{ item: loose, promises: [{ centre, batch: 'L', count: 1n }] }]),
    ];
    const orderIds = orders.map(({ orderId }) => orderId);
    const { waveId } = await outward.release(centre, orderIds);
    await outward.pickAll(waveId);
    const [own, refused] = await outward.pack(centre, orderIds);
    expect(own!.parcels.map(({ boxTypeId, temperatureClass, grossGrams }) => [boxTypeId, temperatureClass, grossGrams])).toEqual([
      ['', TemperatureClass.CHILLED, 10_025n],
      ['', TemperatureClass.CHILLED, 10_025n],
    ]);
    expect(refused).toMatchObject({ code: 'ITEM_NOT_MEASURED', parcels: [] });
  });
});

describe('a short pick', () => {
  it('holds what is missing, and its promise moves to another location of the centre', async () => {
    const item = await outward.item();
    await outward.stock(centre, 'A1-01-1', item, 'B', 10n);
    await outward.stock(centre, 'A2-01-1', item, 'B', 10n);
    const order = await outward.order([{ item, promises: [{ centre, batch: 'B', count: 8n }] }]);
    const wave = await outward.release(centre, [order.orderId]);
    const [task] = await outward.tasks(wave.waveId);
    const { outcomes, added } = await outward.scene.operator.waves.batchCompletePickTasks({
      waveId: wave.waveId,
      tasks: [{ taskId: task!.taskId, picked: 5n, grams: 0n, reason: 'two crushed, one gone' }],
    });
    expect(outcomes).toMatchObject([{ phase: PickTaskPhase.SHORT, picked: 5n, short: 3n, code: '' }]);
    expect(added.map(({ sequence, locationCode, count, phase }) => [sequence, locationCode, count, phase])).toEqual([
      [2, 'A2-01-1', 3n, PickTaskPhase.READY],
    ]);
    expect(await outward.shelves(item)).toEqual({
      [`${centre.code}:A1-01-1`]: 2n,
      [`${centre.code}:A1-01-1 held_count`]: 3n,
      [`${centre.code}:A2-01-1`]: 10n,
      [`${centre.code}:P-1`]: 5n,
    });
    expect(await outward.lineOf(order.orderId)).toMatchObject({ reserved: 8n, backordered: 0n, picked: 5n });
    const [fact] = await outward.scene.facts(order.orderId);
    expect(PickShorted.decode(fact!.payload)).toMatchObject({ line: 1, asked: 8n, picked: 5n, missing: 3n, reason: 'two crushed, one gone', locationCode: 'A1-01-1' });
    await outward.pickAll(wave.waveId);
    expect(await outward.phaseOf(order.orderId)).toBe('picked');
  });

  it('moves to another batch, then to another centre, then to the backorders', async () => {
    const item = await outward.item();
    await outward.stock(centre, 'A1-01-1', item, 'B1', 4n);
    await outward.stock(centre, 'A1-01-2', item, 'B2', 1n);
    await outward.stock(other, 'A1-01-1', item, 'B3', 2n);
    const order = await outward.order([{ item, promises: [{ centre, batch: 'B1', count: 4n }] }]);
    const wave = await outward.release(centre, [order.orderId]);
    const [task] = await outward.tasks(wave.waveId);
    const { added } = await outward.scene.operator.waves.batchCompletePickTasks({
      waveId: wave.waveId,
      tasks: [{ taskId: task!.taskId, picked: 0n, grams: 0n, reason: 'empty' }],
    });
    expect(added.map(({ batch, count }) => [batch, count])).toEqual([['B2', 1n]]);
    expect(await outward.lineOf(order.orderId)).toMatchObject({ ordered: 4n, reserved: 3n, backordered: 1n, picked: 0n });
    const there = await outward.release(other, [order.orderId]);
    await outward.pickAll(there.waveId);
    expect(await outward.phaseOf(order.orderId)).toBe('released');
    await outward.pickAll(wave.waveId);
    expect(await outward.phaseOf(order.orderId)).toBe('picked');
    // Parcels of both centres; staged once the last of them stands.
    const units = [];
    for (const at of [centre, other]) {
      const [packed] = await outward.pack(at, [order.orderId]);
      units.push({ at, unitIds: packed!.parcels.map(({ unitId }) => unitId) });
    }
    expect((await outward.stage(centre, units[0]!.unitIds)).stagedOrderIds).toEqual([]);
    expect((await outward.stage(other, units[1]!.unitIds)).stagedOrderIds).toEqual([order.orderId]);
  });

  it('is told why when it cannot be', async () => {
    const item = await outward.item();
    await outward.stock(centre, 'A1-01-1', item, 'B', 4n);
    const order = await outward.order([{ item, promises: [{ centre, batch: 'B', count: 3n }] }]);
    const { waveId } = await outward.release(centre, [order.orderId]);
    const [task] = await outward.tasks(waveId);
    const complete = async (picked: bigint, reason = '') =>
      (await outward.scene.operator.waves.batchCompletePickTasks({ waveId, tasks: [{ taskId: task!.taskId, picked, grams: 0n, reason }] })).outcomes[0]!.code;
    expect([await complete(4n), await complete(2n), await complete(3n), await complete(3n)]).toEqual(['PICKED_TOO_MUCH', 'SHORT_PICK_REASON_NEEDED', '', 'PICK_TASK_NOT_READY']);
  });
});

describe('what may not leave', () => {
  it('is a batch that no longer keeps long enough: it is promised anew before it is picked (W6)', async () => {
    const item = await outward.item();
    await outward.stock(centre, 'A1-01-1', item, 'OLD', 5n, { expiresOn: '2022-06-25' });
    await outward.stock(centre, 'A1-02-1', item, 'NEW', 3n, { expiresOn: '2022-07-25' });
    const order = await outward.order([{ item, promises: [{ centre, batch: 'OLD', count: 5n }] }], { minLife: 3 });
    const wave = await outward.release(centre, [order.orderId]);
    expect((await outward.tasks(wave.waveId)).map(({ batch, count }) => [batch, count])).toEqual([['NEW', 3n]]);
    expect(await outward.lineOf(order.orderId)).toMatchObject({ reserved: 3n, backordered: 2n });
    const keeps = await outward.order([{ item, promises: [{ centre, batch: 'OLD', count: 5n }] }], { minLife: 2 });
    const next = await outward.release(centre, [keeps.orderId]);
    expect((await outward.tasks(next.waveId)).map(({ batch }) => batch)).toEqual(['OLD']);
  });

  it('are goods that are put on hold while they are picked: tasks are cancelled, picked ones are not packed (W7)', async () => {
    const item = await outward.item();
    const { goods } = await outward.stock(centre, 'A1-01-1', item, 'B', 6n);
    await outward.stock(centre, 'A1-02-1', item, 'B', 4n);
    const order = await outward.order([{ item, promises: [{ centre, batch: 'B', count: 10n }] }]);
    const { waveId } = await outward.release(centre, [order.orderId]);
    const [first, second] = await outward.tasks(waveId);
    const complete = (taskId: string, picked: bigint) =>
      outward.scene.operator.waves.batchCompletePickTasks({ waveId, tasks: [{ taskId, picked, grams: 0n, reason: '' }] });
    await complete(first!.taskId, 6n);
    await outward.hold(centre, 'A1-02-1', goods, 4n, order.orderId);
    expect((await outward.tasks(waveId)).map(({ phase, reason }) => [phase, reason])).toEqual([
      [PickTaskPhase.DONE, ''],
      [PickTaskPhase.CANCELLED, 'STOCK_HELD'],
    ]);
    expect((await complete(second!.taskId, 4n)).outcomes).toMatchObject([{ code: 'PICK_TASK_NOT_READY' }]);
    // Two of the picked ones are held at the station: they leave the promise, and stay out of the parcel.
    await outward.hold(centre, 'P-1', goods, 2n, order.orderId);
    expect(await outward.lineOf(order.orderId)).toMatchObject({ reserved: 4n, backordered: 6n, picked: 4n, packed: 0n });
    const [packed] = await outward.pack(centre, [order.orderId]);
    expect(packed!.parcels.map(({ grossGrams }) => grossGrams)).toEqual([220n + 4n * 250n]);
    const unitIds = packed!.parcels.map(({ unitId }) => unitId);
    // And what is held after it was packed does not go to the door.
    const hold = `update warehousing.stock_balances set status = $2 where item_id = $1 and status = $3
      and location_id in (select location_id from warehousing.locations where code = 'P-1' and centre_id = $4)`;
    await outward.scene.database.query(hold, [item.itemId, 'held', 'available', centre.centreId]);
    expect((await outward.stage(centre, unitIds)).outcomes).toMatchObject([{ staged: false, code: 'STOCK_HELD' }]);
    expect(await outward.pack(centre, [order.orderId])).toMatchObject([{ code: 'NOTHING_TO_PACK' }]);
    await outward.scene.database.query(hold, [item.itemId, 'available', 'held', centre.centreId]);
    expect((await outward.stage(centre, unitIds)).stagedOrderIds).toEqual([order.orderId]);
  });

  it('are picked goods that are held without having left their promise: they stay out of the parcel and are told', async () => {
    const item = await outward.item();
    await outward.stock(centre, 'A1-01-1', item, 'B', 6n);
    const order = await outward.order([{ item, promises: [{ centre, batch: 'B', count: 6n }] }]);
    await outward.pickAll((await outward.release(centre, [order.orderId])).waveId);
    const change = `update warehousing.stock_balances set count = count + $2 where item_id = $1 and status = 'available'
      and location_id in (select location_id from warehousing.locations where code = 'P-1' and centre_id = $3)`;
    await outward.scene.database.query(change, [item.itemId, -2, centre.centreId]);
    const [packed] = await outward.pack(centre, [order.orderId]);
    expect(packed!.leftOut).toMatchObject([{ line: 1, batch: 'B', count: 2n, code: 'STOCK_HELD' }]);
    expect(await outward.lineOf(order.orderId)).toMatchObject({ picked: 6n, packed: 4n });
    await outward.scene.database.query(change, [item.itemId, 2, centre.centreId]);
    expect((await outward.pack(centre, [order.orderId]))[0]).toMatchObject({ parcels: [{ phase: ParcelPhase.PACKED }], leftOut: [] });
  });

  it('is a task whose promise went away: it is cancelled when it is completed', async () => {
    const item = await outward.item();
    const { goods } = await outward.stock(centre, 'A1-01-1', item, 'B', 6n);
    const order = await outward.order([{ item, promises: [{ centre, batch: 'B', count: 6n }] }]);
    const { waveId } = await outward.release(centre, [order.orderId]);
    await outward.query(`update reservations set count = 0, phase = 'displaced', closed_at = now() where order_id = $1`, [order.orderId]);
    await outward.query(`update order_lines set reserved = 0, backordered = 6 where order_id = $1`, [order.orderId]);
    await outward.query(`update promisable_stock set reserved = 0 where item_id = $1`, [goods.itemId]);
    expect((await outward.pickAll(waveId)).outcomes).toMatchObject([{ phase: PickTaskPhase.CANCELLED, code: 'PICK_NO_LONGER_COVERED', picked: 0n }]);
    expect((await outward.scene.operator.waves.getWave({ waveId })).wave).toMatchObject({ phase: WavePhase.PICKED });
  });
});
