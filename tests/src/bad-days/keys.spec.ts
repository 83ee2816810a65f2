import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, send } from '@naru/tools/api/client';
import { ledgerOf, rowCounts } from '../ledger.js';
import { ALL_ROLES, GOODS, type Hall, admit, limit, openHall, openLot } from '../market-hall.js';
import { type Party, type TestSystem, key, startTestSystem } from '../test-system.js';

let system: TestSystem;
let owner: Party;
let farm: Party;
let bidder: Party;
let rival: Party;
let hall: Hall;

beforeAll(async () => {
  system = await startTestSystem();
  owner = await system.newParty('Owner', 'ORGANIZATION_KIND_CORPORATION', ALL_ROLES);
  farm = await system.newParty('Farm', 'ORGANIZATION_KIND_CONSIGNOR', ['consignor']);
  bidder = await system.newParty('Bidder', 'ORGANIZATION_KIND_DIRECT_BUYER', ['bidder']);
  rival = await system.newParty('Rival', 'ORGANIZATION_KIND_DIRECT_BUYER', ['bidder']);
  await system.settle();
  hall = await openHall(owner);
  for (const party of [bidder, rival]) await admit(owner, hall, party);
});

afterAll(() => system?.close());

async function post(party: Party, path: string, body: unknown, idempotencyKey: string | undefined): Promise<Answer> {
  const headers: Record<string, string> = { 'content-type': 'application/json', authorization: `Bearer ${await party.api.token()}` };
  if (idempotencyKey !== undefined) headers['idempotency-key'] = idempotencyKey;
  return send('POST', system.url + path, headers, typeof body === 'string' ? body : JSON.stringify(body));
}

const consignment = (quantity: number) => ({ consignment: { marketId: hall.marketId, goods: GOODS, quantity: String(quantity), reservePriceAmount: '0' } });
const REUSED = { status: 422, body: { status: 422, code: 'IDEMPOTENCY_KEY_REUSED' } };

describe('a repeated Idempotency-Key', () => {
  it('gets the first answer of a command, and nothing happens again', async () => {
    const same = key();
    const first = await post(farm, '/v1/consignments', consignment(3), same);
    await system.settle();
    expect(first.status).toBe(200);
    const before = await rowCounts(system.database);
    expect((await post(farm, '/v1/consignments', consignment(3), same)).body).toEqual(first.body);
    await system.settle();
    expect(await rowCounts(system.database)).toEqual(before);
  });

  it('with another body is refused', async () => {
    const same = key();
    await post(farm, '/v1/consignments', consignment(3), same);
    await system.settle();
    const before = await rowCounts(system.database);
    expect(await post(farm, '/v1/consignments', consignment(4), same)).toMatchObject(REUSED);
    expect(await rowCounts(system.database)).toEqual(before);
  });

  it('counts the message, not how the JSON is written', async () => {
    const same = key();
    const first = await post(farm, '/v1/consignments', consignment(3), same);
    const { marketId, goods, quantity } = consignment(3).consignment;
    expect((await post(farm, '/v1/consignments', `{ "consignment": ${JSON.stringify({ quantity: Number(quantity), goods, marketId })} }`, same)).body).toEqual(first.body);
  });

  it('is another key for another organization, and for another call', async () => {
    const same = key();
    const first = await post(farm, '/v1/consignments', consignment(3), same);
    const second = await post(owner, '/v1/consignments', consignment(3), same);
    expect(second.status).toBe(200);
    expect((second.body as { consignmentId: string }).consignmentId).not.toBe((first.body as { consignmentId: string }).consignmentId);
    expect((await post(owner, `/v1/markets/${hall.marketId}/sessions`, { name: 'x', businessDay: '2022-06-23' }, same)).status).toBe(200);
  });

  it('of twenty calls at once makes one thing', async () => {
    const same = key();
    const before = await rowCounts(system.database);
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(farm, '/v1/consignments', consignment(5), same)));
    const made = answers.filter((answer) => answer.status === 200);
    expect(new Set(made.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
    for (const answer of answers) if (answer.status !== 200) expect(answer).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_KEY_IN_FLIGHT' } });
    await system.settle();
    const after = await rowCounts(system.database);
    expect(after['auction.consignments']).toBe(before['auction.consignments']! + 1);
  });

  it('keeps a refusal as the answer, though the same command would succeed now', async () => {
    const same = key();
    const { lotId } = (await post(farm, '/v1/consignments', consignment(3), key())).body as { lotId: string };
    const { sessionId } = await owner.api.post<{ sessionId: string }>(`/v1/markets/${hall.marketId}/sessions`, { name: 'later', businessDay: '2022-06-23' }, key());
    const body = { sessionId, startPriceAmount: '1000' };
    const first = await post(owner, `/v1/lots/${lotId}:list`, body, same);
    expect(first).toMatchObject({ status: 409, body: { code: 'LOT_NOT_RECEIVED' } });
    const { trace_id: _, ...again } = (await post(owner, `/v1/lots/${lotId}:list`, body, same)).body as Record<string, unknown>;
    expect(first.body).toMatchObject(again);
  });

  it.each([undefined, '', 'x'.repeat(65), 'caf\u00e9', 'a\tb'])('must have a shape: %j has none', async (wrong) => {
    await system.settle(); // the effects of the calls before, or they are counted for this one
    const before = await rowCounts(system.database);
    expect(await post(farm, '/v1/consignments', consignment(3), wrong)).toMatchObject({ status: 400, body: { code: 'IDEMPOTENCY_KEY_MISSING' } });
    expect(await rowCounts(system.database)).toEqual(before);
  });
});

describe('a repeated Idempotency-Key of a bid', () => {
  it('gets the first answer, even when others have bid since, and places nothing', async () => {
    const { lotId } = await openLot(system, owner, hall, { consignor: farm });
    const same = key();
    const first = await post(bidder, `/v1/lots/${lotId}/bids`, limit(1000), same);
    expect(first).toMatchObject({ status: 200, body: { sequence: '1', leading: true } });
    await post(rival, `/v1/lots/${lotId}/bids`, limit(2000), key());
    const before = await ledgerOf(system.database);
    const again = await post(bidder, `/v1/lots/${lotId}/bids`, limit(1000), same);
    expect(again.body).toEqual(first.body);
    expect(await post(bidder, `/v1/lots/${lotId}/bids`, limit(3000), same)).toMatchObject(REUSED);
    expect(await ledgerOf(system.database)).toEqual(before);
  });

  it('of a refused bid keeps the refusal', async () => {
    const { lotId } = await openLot(system, owner, hall, { consignor: farm });
    const same = key();
    expect(await post(bidder, `/v1/lots/${lotId}/bids`, limit(500), same)).toMatchObject({ status: 422, body: { code: 'BID_TOO_LOW' } });
    expect(await post(bidder, `/v1/lots/${lotId}/bids`, limit(500), same)).toMatchObject({ status: 422, body: { code: 'BID_TOO_LOW' } });
    expect(await post(bidder, `/v1/lots/${lotId}/bids`, limit(1000), same)).toMatchObject(REUSED);
    expect(await post(bidder, `/v1/lots/${lotId}/bids`, limit(1000), key())).toMatchObject({ status: 200 });
  });

  it('of fifty calls at once, half of them with another limit, places one bid', async () => {
    const { lotId } = await openLot(system, owner, hall, { consignor: farm });
    const same = key();
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => post(bidder, `/v1/lots/${lotId}/bids`, limit(i % 2 === 0 ? 1000 : 1100), same)));
    const placed = answers.filter((answer) => answer.status === 200);
    expect(placed.length).toBeGreaterThanOrEqual(1);
    expect(new Set(placed.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
    for (const answer of answers) if (answer.status !== 200) expect(answer).toMatchObject(REUSED);
    const { bids } = await owner.api.get<{ bids: unknown[] }>(`/v1/lots/${lotId}/bids`);
    expect(bids).toHaveLength(1);
  });
});
