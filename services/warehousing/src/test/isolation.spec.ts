import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Centre } from '@naru/contracts/gen/naru/warehousing/v1/centre_service';
import type { Item } from '@naru/contracts/gen/naru/warehousing/v1/item_service';
import { refusalOf } from '@naru/testing/refusals';
import { OTHER_OPERATOR, type Party, Scene, type TruckAtDoor } from './scene.js';

let scene: Scene;
let centre: Centre;
let item: Item;
let truck: TruckAtDoor;
let receiptId: string;
let otherOperator: Party;
let otherCarrier: Party;
let otherConsignor: Party;

beforeAll(async () => {
  scene = await Scene.open();
  centre = await scene.openCentre();
  item = await scene.createItem();
  const consignment = await scene.announce(10n);
  truck = await scene.truckAtDoor(centre, [consignment]);
  receiptId = (await scene.operator.receipts.receiveLine(scene.line(truck, consignment, item))).receipt!.receiptId;
  otherOperator = await scene.as(OTHER_OPERATOR, 'centre-operator');
  otherCarrier = await scene.as(randomUUID(), 'carrier');
  otherConsignor = await scene.as(randomUUID(), 'consignor');
}, 60_000);
afterAll(() => scene.close());

const PAGE = { pageSize: 0, pageToken: '' };

describe('what belongs to others (rule I2)', () => {
  it('is unknown to another operator, for reads and commands alike', async () => {
    const { appointmentId, door } = truck;
    const locationId = door.locationId;
    const strange = await scene.announce(10n);
    const calls: readonly Promise<unknown>[] = [
      otherOperator.centres.getCentre({ centreId: centre.centreId }),
      otherOperator.centres.listLocations({ centreId: centre.centreId, ...PAGE }),
      otherOperator.items.getItem({ itemId: item.itemId }),
      otherOperator.appointments.getAppointment({ appointmentId }),
      otherOperator.appointments.recordGateIn({ appointmentId }),
      otherOperator.appointments.callToDoor({ appointmentId, doorLocationId: locationId }),
      otherOperator.appointments.finishUnloading({ appointmentId }),
      otherOperator.receipts.receiveLine(scene.line(truck, strange, item)),
      otherOperator.receipts.putAway({ receiptId, locationId: '' }),
      otherOperator.receipts.getReceipt({ receiptId }),
      scene.book(centre, [], otherOperator),
      otherCarrier.appointments.getAppointment({ appointmentId }),
      otherConsignor.receipts.getReceipt({ receiptId }),
    ];
    expect(await Promise.all(calls.map(refusalOf))).toEqual(calls.map(() => 'NOT_FOUND'));
  });

  it('stands in no list of theirs', async () => {
    expect((await otherOperator.centres.listCentres(PAGE)).centres).toEqual([]);
    expect((await otherOperator.items.listItems(PAGE)).items).toEqual([]);
    for (const party of [otherOperator, otherCarrier]) expect((await party.appointments.listAppointments(PAGE)).appointments).toEqual([]);
    for (const party of [otherOperator, otherConsignor]) {
      expect((await party.receipts.listReceipts(PAGE)).receipts).toEqual([]);
      expect((await party.stock.listStock(PAGE)).balances).toEqual([]);
      expect((await party.stock.listStockMovements(PAGE)).movements).toEqual([]);
    }
  });

  it('stands in the lists of its parties', async () => {
    expect((await scene.carrier.centres.listCentres(PAGE)).centres.map(({ centreId }) => centreId)).toEqual([centre.centreId]);
    expect((await scene.consignor.items.listItems(PAGE)).items).toEqual([item]);
    for (const party of [scene.operator, scene.carrier])
      expect((await party.appointments.listAppointments(PAGE)).appointments.map(({ appointmentId }) => appointmentId)).toContain(truck.appointmentId);
    for (const party of [scene.operator, scene.consignor]) {
      expect((await party.receipts.listReceipts(PAGE)).receipts.map((receipt) => receipt.receiptId)).toEqual([receiptId]);
      expect((await party.stock.listStock(PAGE)).balances).toHaveLength(1);
      expect((await party.stock.listStockMovements(PAGE)).movements.map(({ lines }) => lines.length)).toEqual([2]);
    }
  });

  it('cannot be paged with the token of another organization or another list', async () => {
    await scene.openCentre();
    const first = await scene.operator.centres.listCentres({ pageSize: 1, pageToken: '' });
    expect(first.nextPageToken).not.toBe('');
    const second = await scene.operator.centres.listCentres({ pageSize: 1, pageToken: first.nextPageToken });
    expect(second.centres.map(({ centreId }) => centreId)).not.toContain(first.centres[0]!.centreId);
    expect(second.nextPageToken).toBe('');
    expect(await refusalOf(otherOperator.centres.listCentres({ pageSize: 1, pageToken: first.nextPageToken }))).toBe('PAGE_TOKEN_INVALID');
    expect(await refusalOf(scene.operator.items.listItems({ pageSize: 1, pageToken: first.nextPageToken }))).toBe('PAGE_TOKEN_INVALID');
  });

  it('is not for those without the permission', async () => {
    const { appointmentId } = truck;
    const calls = [
      scene.consignor.receipts.putAway({ receiptId, locationId: '' }),
      scene.carrier.stock.listStock(PAGE),
      scene.carrier.appointments.recordGateIn({ appointmentId }),
    ];
    expect(await Promise.all(calls.map(refusalOf))).toEqual(calls.map(() => 'PERMISSION_DENIED'));
  });
});
