import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Centre, LocationKind, TemperatureClass } from '@naru/contracts/gen/naru/warehousing/v1/centre_service';
import type { Item } from '@naru/contracts/gen/naru/warehousing/v1/item_service';
import { codeOf, refusalOf } from '@naru/testing/refusals';
import { Scene } from './scene.js';

const LOADS = 16;
const GRAMS = 100_000n;
let scene: Scene;
let item: Item;

beforeAll(async () => {
  scene = await Scene.open();
  item = await scene.createItem();
}, 60_000);
afterAll(() => scene.close());

/** A centre with places for exactly `racks` loads each. */
function openCentre(racks: readonly bigint[]): Promise<Centre> {
  const locations = racks.map((loads, i) => ({ code: `C1-01-${i}`, kind: LocationKind.RACK, capacityGrams: loads * GRAMS }));
  const doors = ['C1-D1', 'C1-D2'].map((code) => ({ code, kind: LocationKind.DOCK_DOOR, capacityGrams: 1_000_000n }));
  return scene.openCentre(scene.operator, [{ code: 'C1', temperatureClass: TemperatureClass.CHILLED, locations: [...doors, ...locations] }]);
}

/** The receipts of loads that stand at the door. */
async function unload(centre: Centre): Promise<readonly string[]> {
  const consignments = await Promise.all(Array.from({ length: LOADS }, () => scene.announce(10n)));
  const truck = await scene.truckAtDoor(centre, consignments);
  const received = await Promise.all(
    consignments.map((consignment) => scene.operator.receipts.receiveLine(scene.line(truck, consignment, item, { weighedGrams: GRAMS }))),
  );
  return received.map(({ receipt }) => receipt!.receiptId);
}

/** How many succeeded, and the codes of the others. */
async function outcomes(calls: readonly Promise<unknown>[]): Promise<{ readonly done: number; readonly codes: readonly string[] }> {
  const settled = await Promise.allSettled(calls);
  return {
    done: settled.filter(({ status }) => status === 'fulfilled').length,
    codes: [...new Set(settled.flatMap((result) => (result.status === 'rejected' ? [codeOf(result.reason)] : [])))],
  };
}

describe('many at once', () => {
  it('never overfill one location', async () => {
    const centre = await openCentre([5n]);
    const receipts = await unload(centre);
    const { locationId } = (await scene.locations(centre)).get('C1-01-0')!;
    expect(await outcomes(receipts.map((receiptId) => scene.operator.receipts.putAway({ receiptId, locationId })))).toEqual({
      done: 5,
      codes: ['LOCATION_FULL'],
    });
    const after = await scene.locations(centre);
    expect(after.get('C1-01-0')!.occupiedGrams).toBe(5n * GRAMS);
    expect(after.get('C1-D1')!.occupiedGrams).toBe(BigInt(LOADS - 5) * GRAMS);
  });

  it('fill all places to the last gram, and the rest are told so', async () => {
    const centre = await openCentre([1n, 2n, 3n, 4n]);
    const receipts = await unload(centre);
    expect(await outcomes(receipts.map((receiptId) => scene.operator.receipts.putAway({ receiptId, locationId: '' })))).toEqual({
      done: 10,
      codes: ['NO_LOCATION'],
    });
    for (const location of (await scene.locations(centre)).values())
      if (location.kind === LocationKind.RACK) expect(location.occupiedGrams).toBe(location.capacityGrams);
  });

  it('receive a consignment once, though two trucks claim it', async () => {
    const centre = await openCentre([5n]);
    const consignment = await scene.announce(10n);
    const trucks = [await scene.truckAtDoor(centre, [consignment], 'C1-D1'), await scene.truckAtDoor(centre, [consignment], 'C1-D2')];
    const tries = Array.from({ length: 8 }, (_, i) => scene.operator.receipts.receiveLine(scene.line(trucks[i % 2]!, consignment, item)));
    expect(await outcomes(tries)).toEqual({ done: 1, codes: ['CONSIGNMENT_ALREADY_RECEIVED'] });
    expect(await scene.facts(consignment.consignmentId)).toHaveLength(1);
  });

  it('put a receipt away once', async () => {
    const centre = await openCentre([9n]);
    const [receiptId] = await unload(centre);
    const tries = Array.from({ length: 8 }, () => scene.operator.receipts.putAway({ receiptId: receiptId!, locationId: '' }));
    expect(await outcomes(tries)).toEqual({ done: 1, codes: ['RECEIPT_NOT_AT_DOOR'] });
    expect((await scene.locations(centre)).get('C1-01-0')!.occupiedGrams).toBe(GRAMS);
  });

  it('trucks get one door', async () => {
    const centre = await openCentre([1n]);
    const doorLocationId = (await scene.locations(centre)).get('C1-D1')!.locationId;
    const trucks = await Promise.all(Array.from({ length: 6 }, () => scene.book(centre, [])));
    await Promise.all(trucks.map(({ appointmentId }) => scene.operator.appointments.recordGateIn({ appointmentId })));
    const calls = trucks.map(({ appointmentId }) => scene.operator.appointments.callToDoor({ appointmentId, doorLocationId }));
    expect(await outcomes(calls)).toEqual({ done: 1, codes: ['DOOR_TAKEN'] });
    expect(new Set(trucks.map(({ code }) => code)).size).toBe(6);
    const wall = (await scene.locations(centre)).get('C1-01-0')!.locationId;
    const waiting = await scene.book(centre, []);
    await scene.operator.appointments.recordGateIn({ appointmentId: waiting.appointmentId });
    expect(await refusalOf(scene.operator.appointments.callToDoor({ appointmentId: waiting.appointmentId, doorLocationId: wall }))).toBe('NOT_A_DOOR');
  });

  it('leave the ledger true', async () => {
    const [sums] = await scene.database.query<{ wrong: string }>(
      `select count(*) as wrong from (
         select 1 from warehousing.stock_movement_lines group by owner_organization_id, item_id, batch, unit having sum(count) <> 0 or sum(grams) <> 0
       ) sums`,
    );
    expect(sums!.wrong).toBe('0');
  });
});
