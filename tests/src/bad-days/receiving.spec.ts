import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ledgerOf } from '../ledger.js';
import { ALL_ROLES, type Consigned, type Hall, callTruck, consign, openHall, receive, soundLine } from '../market-hall.js';
import { problemOf } from '../refusal.js';
import { type Party, type TestSystem, key, startTestSystem } from '../test-system.js';

let system: TestSystem;
let owner: Party;
let hall: Hall;
let consigned: Consigned;

beforeAll(async () => {
  system = await startTestSystem();
  owner = await system.newParty('Owner', 'ORGANIZATION_KIND_CORPORATION', ALL_ROLES);
  await system.settle();
});

afterAll(() => system?.close());

beforeEach(async () => {
  hall = await openHall(owner);
  consigned = await consign(system, owner, hall);
});

async function expectRefused(call: () => Promise<unknown>, status: number, code: string, details: Record<string, string> = {}): Promise<void> {
  await system.settle();
  const before = await ledgerOf(system.database);
  expect(await problemOf(call())).toMatchObject({ status, code, details });
  await system.settle();
  expect(await ledgerOf(system.database)).toEqual(before);
}

const putAway = (receiptId: string, location: string): Promise<unknown> => owner.api.post(`/v1/receipts/${receiptId}:putAway`, { locationId: hall.locationIds[location] ?? '' }, key());

/** Records a line at the door as `change` says it is. */
async function lineAtDoor(change: Record<string, unknown> = {}): Promise<unknown> {
  const appointmentId = await callTruck(owner, hall, [consigned.consignmentId]);
  return owner.api.post(`/v1/appointments/${appointmentId}/receipts`, { ...soundLine(hall, consigned), ...change }, key());
}

describe('putting away', () => {
  it('to a full location is refused, and says how much is free', async () => {
    const { receiptId } = await receive(system, owner, hall, consigned); // 100 kg; C-02 takes 50
    await expectRefused(() => putAway(receiptId, 'C-02'), 409, 'LOCATION_FULL', { free: '50000', needed: '100000' });
    await putAway(receiptId, 'C-01');
  });

  it('of two loads at once into room for one takes exactly one', async () => {
    const loads = [await receive(system, owner, hall, consigned, { weighedGrams: '30000' })];
    loads.push(await receive(system, owner, hall, await consign(system, owner, hall), { weighedGrams: '30000' }));
    const outcomes = await Promise.allSettled(loads.map((load) => putAway(load.receiptId, 'C-02')));
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    expect(outcomes.find((outcome) => outcome.status === 'rejected')!.reason).toMatchObject({ problem: { status: 409, code: 'LOCATION_FULL', details: { free: '20000', needed: '30000' } } });
    const [place] = await system.database.query<{ grams: string }>('select sum(grams) as grams from warehousing.stock_balances where location_id = $1', [hall.locationIds['C-02']]);
    expect(Number(place!.grams)).toBe(30000);
  });

  it('to a too warm location is refused', async () => {
    const { receiptId } = await receive(system, owner, hall, consigned);
    await expectRefused(() => putAway(receiptId, 'A-01'), 409, 'LOCATION_TOO_WARM', { needed: 'chilled', zone: 'ambient' });
  });

  it('to a dock door is refused', async () => {
    const { receiptId } = await receive(system, owner, hall, consigned);
    await expectRefused(() => putAway(receiptId, 'D-01'), 422, 'NOT_STORAGE');
  });

  it('anywhere is refused where no location has the room', async () => {
    const { receiptId } = await receive(system, owner, hall, consigned, { weighedGrams: '2000000' });
    await expectRefused(() => putAway(receiptId, ''), 409, 'NO_LOCATION', { needed: '2000000' });
  });

  it('happens once, however often it is asked', async () => {
    const { receiptId } = await receive(system, owner, hall, consigned);
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => putAway(receiptId, 'C-01')));
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    await expectRefused(() => putAway(receiptId, 'C-01'), 409, 'RECEIPT_NOT_AT_DOOR');
  });
});

describe('receiving', () => {
  it('of the same consignment twice is refused', async () => {
    await receive(system, owner, hall, consigned);
    await expectRefused(() => lineAtDoor(), 409, 'CONSIGNMENT_ALREADY_RECEIVED');
  });

  it('of the same line by two hands at once happens once', async () => {
    const appointmentId = await callTruck(owner, hall, [consigned.consignmentId]);
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => owner.api.post(`/v1/appointments/${appointmentId}/receipts`, soundLine(hall, consigned), key())));
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ problem: { status: 409, code: 'CONSIGNMENT_ALREADY_RECEIVED' } });
    await system.settle();
    const [stock] = await system.database.query<{ n: string }>('select count(*) as n from warehousing.receipts where consignment_id = $1', [consigned.consignmentId]);
    expect(Number(stock!.n)).toBe(1);
  });

  it('of what nobody announced is refused', async () => {
    await expectRefused(() => lineAtDoor({ consignmentId: crypto.randomUUID() }), 422, 'CONSIGNMENT_UNKNOWN');
  });

  it('of goods that came too warm needs a word on what to do with them', async () => {
    await expectRefused(() => lineAtDoor({ temperatureTenths: 250 }), 422, 'DISPOSITION_NEEDED', { findings: 'too_warm' });
  });

  it('of wrong goods under the lot of others is refused', async () => {
    await expectRefused(() => lineAtDoor({ condition: 'CONDITION_WRONG_GOODS', disposition: 'DISPOSITION_ACCEPT' }), 422, 'DISPOSITION_NOT_ALLOWED');
  });

  it('of a weight without the ticket of a verified scale is refused', async () => {
    const appointmentId = await callTruck(owner, hall, [consigned.consignmentId]);
    const line = (scaleTicket: string): Promise<unknown> => owner.api.post(`/v1/appointments/${appointmentId}/receipts`, { ...soundLine(hall, consigned), scaleTicket }, key());
    await expectRefused(() => line(' '), 422, 'SCALE_TICKET_NEEDED');
    await expectRefused(() => line(''), 400, 'INVALID_ARGUMENT');
  });

  it('of a truck that is not at the door is refused', async () => {
    const booking = { centreId: hall.centreId, vehicleRegistration: '12가3456', windowStartsAt: '2022-06-22T17:00:00Z', windowEndsAt: '2100-01-01T00:00:00Z', consignmentIds: [consigned.consignmentId] };
    const { appointmentId } = await owner.api.post<{ appointmentId: string }>('/v1/appointments', booking, key());
    await expectRefused(() => owner.api.post(`/v1/appointments/${appointmentId}/receipts`, soundLine(hall, consigned), key()), 409, 'APPOINTMENT_NOT_IN_PHASE');
  });

  it('of refused goods bars their lot, and books no stock', async () => {
    const before = await ledgerOf(system.database);
    await receive(system, owner, hall, consigned, { condition: 'CONDITION_WRONG_GOODS', disposition: 'DISPOSITION_REFUSE' });
    expect(await owner.api.get(`/v1/lots/${consigned.lotId}`)).toMatchObject({ phase: 'LOT_PHASE_BARRED' });
    const after = await ledgerOf(system.database);
    for (const table of ['warehousing.stock_movements', 'warehousing.stock_movement_lines', 'warehousing.stock_balances']) expect(after[table]).toEqual(before[table]);
  });
});
