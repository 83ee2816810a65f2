import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppointmentPhase, Punctuality } from '@naru/contracts/gen/naru/warehousing/v1/appointment_service';
import { type Centre, TemperatureClass } from '@naru/contracts/gen/naru/warehousing/v1/centre_service';
import { ConsignmentReceived, ConsignmentRefused, StockPutAway } from '@naru/contracts/gen/naru/warehousing/v1/events';
import type { Item } from '@naru/contracts/gen/naru/warehousing/v1/item_service';
import { Condition, Disposition, Finding, ReceiptPhase } from '@naru/contracts/gen/naru/warehousing/v1/receipt_service';
import { StockAccount, StockStatus } from '@naru/contracts/gen/naru/warehousing/v1/stock_service';
import { refusalOf } from '@naru/testing/refusals';
import { CONSIGNOR, MORNING, Scene } from './scene.js';

let scene: Scene;
let centre: Centre;
let strawberries: Item;

beforeAll(async () => {
  scene = await Scene.open();
  strawberries = await scene.createItem();
}, 60_000);
afterAll(() => scene.close());

describe('goods from the gate to their place', () => {
  it('are booked, gated in, received, put away, and told of', async () => {
    centre = await scene.openCentre();
    const consignment = await scene.announce(10n);
    const booked = await scene.book(centre, [consignment]);
    expect(booked).toMatchObject({ phase: AppointmentPhase.BOOKED, carrierOrganizationId: scene.carrier.organizationId });
    expect(booked.code).toMatch(/^APT-20220623-\d{4}$/);
    const { appointmentId } = booked;

    const { appointment: waiting } = await scene.operator.appointments.recordGateIn({ appointmentId });
    expect(waiting).toMatchObject({ phase: AppointmentPhase.WAITING, punctuality: Punctuality.ON_TIME, gatedInAt: new Date(MORNING) });
    const places = await scene.locations(centre);
    const door = places.get('C1-D1')!;
    await scene.operator.appointments.callToDoor({ appointmentId, doorLocationId: door.locationId });

    const { receipt } = await scene.operator.receipts.receiveLine(scene.line({ appointmentId, door }, consignment, strawberries));
    expect(receipt).toMatchObject({
      phase: ReceiptPhase.AT_DOOR,
      findings: [Finding.AS_EXPECTED],
      disposition: Disposition.ACCEPT,
      ownerOrganizationId: CONSIGNOR,
      batch: consignment.code,
      expectedCount: 10n,
      counted: 10n,
      weighedGrams: 100_200n,
      locationId: door.locationId,
      temperatureTenths: 40,
    });
    expect(receipt!.code).toMatch(/^RCV-20220623-\d{4}$/);
    expect((await scene.locations(centre)).get('C1-D1')!.occupiedGrams).toBe(100_200n);

    const { receiptId } = receipt!;
    const { receipt: stored } = await scene.operator.receipts.putAway({ receiptId, locationId: '' });
    const rack = places.get('C1-01-1')!; // the tightest fit of the chilled zone
    expect(stored).toMatchObject({ phase: ReceiptPhase.PUT_AWAY, locationId: rack.locationId });
    const after = await scene.locations(centre);
    expect([after.get('C1-D1')!.occupiedGrams, after.get('C1-01-1')!.occupiedGrams]).toEqual([0n, 100_200n]);

    const { appointment: done } = await scene.operator.appointments.finishUnloading({ appointmentId });
    expect(done).toMatchObject({ phase: AppointmentPhase.DONE, finishedAt: new Date(MORNING) });

    const { balances } = await scene.consignor.stock.listStock({ pageSize: 0, pageToken: '' });
    expect(balances).toEqual([
      {
        ownerOrganizationId: CONSIGNOR,
        itemId: strawberries.itemId,
        batch: consignment.code,
        account: StockAccount.LOCATION,
        locationId: rack.locationId,
        status: StockStatus.AVAILABLE,
        count: 10n,
        grams: 100_200n,
      },
    ]);
    const { movements } = await scene.consignor.stock.listStockMovements({ pageSize: 0, pageToken: '' });
    expect(movements.map(({ cause, causeId, lines }) => [cause, causeId, lines.map(({ account, grams }) => [account, grams])])).toEqual([
      [
        'receipt',
        receiptId,
        [
          [StockAccount.SUPPLIER, -100_200n],
          [StockAccount.LOCATION, 100_200n],
        ],
      ],
      [
        'put_away',
        receiptId,
        [
          [StockAccount.LOCATION, -100_200n],
          [StockAccount.LOCATION, 100_200n],
        ],
      ],
    ]);

    expect((await scene.facts(appointmentId)).map(({ type }) => type)).toEqual(
      ['AppointmentBooked', 'TruckGatedIn', 'UnloadingFinished'].map((name) => `naru.warehousing.v1.${name}`),
    );
    const [received, putAway, ...more] = await scene.facts(consignment.consignmentId);
    expect(more).toEqual([]);
    expect(received!.type).toBe(ConsignmentReceived.$type);
    expect(ConsignmentReceived.decode(received!.payload)).toMatchObject({
      receiptId,
      counted: 10n,
      weighedGrams: 100_200n,
      scaleTicket: 'SC-0001',
      centreCode: centre.code,
      receivedAt: new Date(MORNING),
    });
    expect(StockPutAway.decode(putAway!.payload)).toMatchObject({ receiptId, locationCode: 'C1-01-1', counted: 10n });
    expect(await scene.consignor.receipts.getReceipt({ receiptId })).toEqual({ receipt: stored });
  });

  it('go beside the same item, though another place is tighter', async () => {
    const own = await scene.openCentre();
    const [first, second] = [await scene.announce(150n), await scene.announce(10n)];
    const truck = await scene.truckAtDoor(own, [first, second]);
    const wide = (await scene.locations(own)).get('C1-01-2')!;
    for (const [consignment, weighedGrams, counted] of [
      [first, 1_500_000n, 150n],
      [second, 100_000n, 10n],
    ] as const) {
      const { receipt } = await scene.operator.receipts.receiveLine(scene.line(truck, consignment, strawberries, { weighedGrams, counted }));
      expect((await scene.operator.receipts.putAway({ receiptId: receipt!.receiptId, locationId: '' })).receipt!.locationId).toBe(wide.locationId);
    }
  });

  it('end in the ledger as they are: broken as damaged, warm as held, refused not at all', async () => {
    const own = await scene.openCentre();
    const [broken, warm, wrong] = [await scene.announce(10n), await scene.announce(10n), await scene.announce(10n)];
    const truck = await scene.truckAtDoor(own, [broken, warm]);
    const receive = scene.operator.receipts.receiveLine;
    const { receipt: damaged } = await receive(
      scene.line(truck, broken, strawberries, { counted: 8n, condition: Condition.DAMAGED, disposition: Disposition.ACCEPT_UNDER_RESERVE, batch: 'LOT7' }),
    );
    expect(damaged).toMatchObject({ findings: [Finding.SHORT, Finding.DAMAGED], batch: 'LOT7', disposition: Disposition.ACCEPT_UNDER_RESERVE });
    const { receipt: held } = await receive(scene.line(truck, warm, strawberries, { temperatureTenths: 150, disposition: Disposition.ACCEPT }));
    expect(held).toMatchObject({ findings: [Finding.TOO_WARM] });
    const statuses = await scene.database.query(
      `select batch, status from warehousing.stock_balances where account = 'location' and count > 0 and centre_id = $1 order by status`,
      [own.centreId],
    );
    expect(statuses).toEqual([
      { batch: 'LOT7', status: 'damaged' },
      { batch: warm.code, status: 'held' },
    ]);

    const before = await scene.ledger();
    const line = scene.line(truck, wrong, strawberries, { condition: Condition.WRONG_GOODS });
    expect(await refusalOf(receive(line))).toBe('DISPOSITION_NEEDED');
    expect(await refusalOf(receive({ ...line, disposition: Disposition.ACCEPT_UNDER_RESERVE }))).toBe('DISPOSITION_NOT_ALLOWED');
    const { receipt: sentBack } = await receive({ ...line, disposition: Disposition.REFUSE });
    expect(sentBack).toMatchObject({ phase: ReceiptPhase.REFUSED, findings: [Finding.WRONG_GOODS, Finding.UNANNOUNCED], locationId: '' });
    expect(await scene.ledger()).toEqual(before);
    const [refused] = await scene.facts(wrong.consignmentId);
    expect(ConsignmentRefused.decode(refused!.payload)).toMatchObject({ receiptId: sentBack!.receiptId, findings: [Finding.WRONG_GOODS, Finding.UNANNOUNCED] });
    expect(await refusalOf(scene.operator.receipts.putAway({ receiptId: sentBack!.receiptId, locationId: '' }))).toBe('RECEIPT_NOT_AT_DOOR');
    expect((await scene.operator.appointments.finishUnloading({ appointmentId: truck.appointmentId })).appointment!.phase).toBe(AppointmentPhase.DONE);
  });
});

describe('a line that cannot be received leaves the ledger as it is', () => {
  it('when the consignment was received or refused already', async () => {
    const own = await scene.openCentre();
    const [taken, sentBack] = [await scene.announce(10n), await scene.announce(10n)];
    const truck = await scene.truckAtDoor(own, [taken, sentBack]);
    await scene.operator.receipts.receiveLine(scene.line(truck, taken, strawberries));
    await scene.operator.receipts.receiveLine(scene.line(truck, sentBack, strawberries, { condition: Condition.DAMAGED, disposition: Disposition.REFUSE }));
    const before = await scene.ledger();
    expect(await refusalOf(scene.operator.receipts.receiveLine(scene.line(truck, taken, strawberries)))).toBe('CONSIGNMENT_ALREADY_RECEIVED');
    expect(await refusalOf(scene.operator.receipts.receiveLine(scene.line(truck, sentBack, strawberries)))).toBe('CONSIGNMENT_ALREADY_RECEIVED');
    expect(await scene.ledger()).toEqual(before);
    expect(await scene.facts(taken.consignmentId)).toHaveLength(1);
  });

  it('while its announcement is on the way; afterwards it is received', async () => {
    const own = await scene.openCentre();
    const truck = await scene.truckAtDoor(own, []);
    const before = await scene.ledger();
    expect(await refusalOf(scene.operator.receipts.receiveLine(scene.line(truck, { consignmentId: randomUUID(), code: '' }, strawberries)))).toBe(
      'CONSIGNMENT_UNKNOWN',
    );
    expect(await scene.ledger()).toEqual(before);
    const late = await scene.announce(10n);
    const line = scene.line(truck, late, strawberries, { disposition: Disposition.ACCEPT });
    expect((await scene.operator.receipts.receiveLine(line)).receipt!.findings).toEqual([Finding.UNANNOUNCED]);
  });

  it('when the truck is not at a door, or the item is not of the catalogue', async () => {
    const own = await scene.openCentre();
    const consignment = await scene.announce(10n);
    const { appointmentId } = await scene.book(own, [consignment]);
    const waiting = { appointmentId, door: (await scene.locations(own)).get('C1-D1')! };
    expect(await refusalOf(scene.operator.receipts.receiveLine(scene.line(waiting, consignment, strawberries)))).toBe('APPOINTMENT_NOT_IN_PHASE');
    const truck = await scene.truckAtDoor(own, [consignment]);
    expect(await refusalOf(scene.operator.receipts.receiveLine(scene.line(truck, consignment, { ...strawberries, itemId: randomUUID() })))).toBe('NOT_FOUND');
  });
});

describe('goods find no place', () => {
  it('that is too warm, too cold, too full, a door or elsewhere; the ledger is unchanged', async () => {
    const own = await scene.openCentre();
    const elsewhere = (await scene.locations(await scene.openCentre())).get('C1-01-1')!;
    const consignment = await scene.announce(300n);
    const truck = await scene.truckAtDoor(own, [consignment]);
    const { receipt } = await scene.operator.receipts.receiveLine(scene.line(truck, consignment, strawberries, { counted: 300n, weighedGrams: 3_000_000n }));
    const before = await scene.ledger();
    const places = await scene.locations(own);
    const putAway = (locationId: string): Promise<string> => refusalOf(scene.operator.receipts.putAway({ receiptId: receipt!.receiptId, locationId }));
    expect(await putAway(places.get('A1-01-1')!.locationId)).toBe('LOCATION_TOO_WARM');
    expect(await putAway(places.get('F1-01-1')!.locationId)).toBe('LOCATION_TOO_COLD');
    expect(await putAway(places.get('C1-01-1')!.locationId)).toBe('LOCATION_FULL');
    expect(await putAway(places.get('C1-D2')!.locationId)).toBe('NOT_STORAGE');
    expect(await putAway(elsewhere.locationId)).toBe('NOT_FOUND');
    expect(await putAway('')).toBe('NO_LOCATION');
    expect(await scene.ledger()).toEqual(before);
  });

  it('twice', async () => {
    const own = await scene.openCentre();
    const dry = await scene.createItem(TemperatureClass.AMBIENT);
    const consignment = await scene.announce(10n);
    const truck = await scene.truckAtDoor(own, [consignment]);
    const { receipt } = await scene.operator.receipts.receiveLine(scene.line(truck, consignment, dry, { temperatureTenths: 250 }));
    await scene.operator.receipts.putAway({ receiptId: receipt!.receiptId, locationId: '' });
    const before = await scene.ledger();
    expect(await refusalOf(scene.operator.receipts.putAway({ receiptId: receipt!.receiptId, locationId: '' }))).toBe('RECEIPT_NOT_AT_DOOR');
    expect(await scene.ledger()).toEqual(before);
  });
});
