import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ledgerOf } from '../ledger.js';
import { ALL_ROLES, type Hall, admit, consign, limit, list, openHall, openLot, receive } from '../market-hall.js';
import { problemOf } from '../refusal.js';
import { type Party, type TestSystem, key, startTestSystem } from '../test-system.js';

let system: TestSystem;
let owner: Party;
let farm: Party;
let affiliate: Party;
let bidder: Party;
let rival: Party;
let unlicensed: Party;
let lapsed: Party;
let suspended: Party;
let stranger: Party;
let hall: Hall;
let lotId: string;

const buyer = (name: string): Promise<Party> => system.newParty(name, 'ORGANIZATION_KIND_DIRECT_BUYER', ['bidder']);

beforeAll(async () => {
  system = await startTestSystem();
  owner = await system.newParty('Owner', 'ORGANIZATION_KIND_CORPORATION', ALL_ROLES);
  farm = await system.newParty('Farm', 'ORGANIZATION_KIND_CONSIGNOR', ['consignor', 'bidder']);
  [affiliate, bidder, rival, unlicensed, lapsed, suspended, stranger] = (await Promise.all(['Affiliate', 'Bidder', 'Rival', 'Unlicensed', 'Lapsed', 'Suspended', 'Stranger'].map(buyer))) as [Party, Party, Party, Party, Party, Party, Party];
  await system.operator.post(`/v1/organizations/${farm.organizationId}:declareAffiliation`, { affiliateOrganizationId: affiliate.organizationId }, key());
  await system.settle();
  hall = await openHall(owner);
  for (const party of [farm, affiliate, bidder, rival, suspended]) await admit(owner, hall, party);
  await admit(owner, hall, unlicensed, { categories: ['CATEGORY_FISH'] });
  await admit(owner, hall, lapsed, { licensedUntil: new Date(system.clock.now() + 1000).toISOString() });
  await owner.api.post(`/v1/markets/${hall.marketId}/bidders/${suspended.organizationId}:suspend`, {}, key());
  await system.clock.advanceTo(system.clock.now() + 1000);
});

afterAll(() => system?.close());

beforeEach(async () => {
  ({ lotId } = await openLot(system, owner, hall, { consignor: farm }));
});

const bid = (party: Party, amount: number, lot = lotId): Promise<{ sequence: string; leading: boolean; price: { amount: string } }> => party.api.post(`/v1/lots/${lot}/bids`, limit(amount), key());

/** The bid is refused with this status and code, and nothing is booked. */
async function expectRefused(call: () => Promise<unknown>, status: number, code: string, details: Record<string, string> = {}): Promise<void> {
  const before = await ledgerOf(system.database);
  const problem = await problemOf(call());
  expect(problem).toMatchObject({ status, code, details });
  expect(problem.detail).not.toMatch(/\{\w+\}/);
  expect(await ledgerOf(system.database)).toEqual(before);
}

describe('a bid is refused', () => {
  it('below the start price, and below the next minimum, which it names', async () => {
    await expectRefused(() => bid(bidder, 990), 422, 'BID_TOO_LOW', { minimum: '1000' });
    await bid(bidder, 5000);
    await expectRefused(() => bid(rival, 1090), 422, 'BID_TOO_LOW', { minimum: '1100' });
    expect(await bid(rival, 1100)).toMatchObject({ leading: false, price: { amount: '1200' } });
  });

  it('when the leader would not raise its own limit', async () => {
    await bid(bidder, 5000);
    await expectRefused(() => bid(bidder, 5000), 422, 'BID_TOO_LOW', { minimum: '5010' });
  });

  it('that is no multiple of the unit', () => expectRefused(() => bid(bidder, 1005), 422, 'BID_NOT_IN_UNIT', { unit: '10' }));

  it('in another currency', () => expectRefused(() => bidder.api.post(`/v1/lots/${lotId}/bids`, { limit: { currency: 'USD', amount: '1000' } }, key()), 422, 'BID_CURRENCY', { currency: 'KRW' }));

  it.each([['0'], ['-1000'], ['9223372036854775807'], ['9223372036854775808'], ['1e3'], ['10.5'], [''], [null], [{}]])('of no amount: %j', async (amount) => {
    await expectRefused(() => bidder.api.post(`/v1/lots/${lotId}/bids`, { limit: { currency: 'KRW', amount } }, key()), 400, 'INVALID_ARGUMENT');
  });

  it('by the consignor', () => expectRefused(() => bid(farm, 1000), 403, 'BIDDER_IS_CONSIGNOR'));
  it('by its affiliate', () => expectRefused(() => bid(affiliate, 1000), 403, 'BIDDER_IS_CONSIGNOR'));

  it('by an affiliate whichever of the two declared it, but not on the lots of others', async () => {
    const { lotId: ofOwner } = await openLot(system, owner, hall, { consignor: owner });
    expect(await bid(affiliate, 1000, ofOwner)).toMatchObject({ sequence: '1' });
    const other = await system.newParty('Other farm', 'ORGANIZATION_KIND_CONSIGNOR', ['consignor']);
    await system.operator.post(`/v1/organizations/${rival.organizationId}:declareAffiliation`, { affiliateOrganizationId: other.organizationId }, key());
    await system.settle();
    const { lotId: theirs } = await openLot(system, owner, hall, { consignor: other });
    await expectRefused(() => bid(rival, 1000, theirs), 403, 'BIDDER_IS_CONSIGNOR');
  });

  it('by a buyer whose licence covers other goods', () => expectRefused(() => bid(unlicensed, 1000), 403, 'BIDDER_NOT_LICENSED'));
  it('by a buyer whose licence has ended', () => expectRefused(() => bid(lapsed, 1000), 403, 'BIDDER_NOT_LICENSED'));
  it('by a suspended buyer', () => expectRefused(() => bid(suspended, 1000), 403, 'BIDDER_SUSPENDED'));
  it('by a buyer who was never admitted', () => expectRefused(() => bid(stranger, 1000), 403, 'BIDDER_NOT_ADMITTED'));

  it('before the opening: not listed yet, and listed', async () => {
    const waiting = await consign(system, farm, hall);
    await expectRefused(() => bid(bidder, 1000, waiting.lotId), 404, 'NOT_FOUND');
    const { lotId: received } = await receive(system, owner, hall, waiting);
    await list(owner, hall, [received]);
    await expectRefused(() => bid(bidder, 1000, received), 409, 'LOT_NOT_OPEN');
    await expectRefused(() => bid(bidder, 1000, crypto.randomUUID()), 404, 'NOT_FOUND');
  });

  it('after the close, sold or passed, and stays out of the journal', async () => {
    const { lotId: unsold } = await openLot(system, owner, hall, { consignor: farm });
    await bid(bidder, 1000);
    await system.clock.advanceTo(system.clock.now() + 60_000);
    await system.settle(); // the sold goods pass to their buyer
    await expectRefused(() => bid(rival, 5000), 409, 'BID_TOO_LATE');
    await expectRefused(() => bid(rival, 5000, unsold), 409, 'BID_TOO_LATE');
    expect(await owner.api.get(`/v1/lots/${lotId}`)).toMatchObject({ phase: 'LOT_PHASE_SOLD', price: { amount: '1000' }, hammerAmount: { amount: '10000' } });
  });
});

describe('exposure over all lots (rule A7)', () => {
  it('is refused beyond deposit and credit on one lot', async () => {
    const poor = await buyer('Poor');
    await admit(owner, hall, poor, { depositAmount: '10000', creditAmount: '5000' });
    await expectRefused(() => bid(poor, 1510), 409, 'EXPOSURE_EXCEEDED', { needed: '15100', free: '15000' });
    expect(await bid(poor, 1500)).toMatchObject({ leading: true });
  });

  it('of bids on two lots at once takes exactly the one that the limit covers', async () => {
    for (let round = 0; round < 5; round++) {
      const { lotId: second } = await openLot(system, owner, hall, { consignor: farm });
      const { lotId: first } = await openLot(system, owner, hall, { consignor: farm });
      const poor = await buyer(`Poor ${round}`);
      await admit(owner, hall, poor, { depositAmount: '15000', creditAmount: '0' });
      const outcomes = await Promise.allSettled([bid(poor, 1000, first), bid(poor, 1000, second)]);
      expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
      const refused = outcomes.find((outcome) => outcome.status === 'rejected')!;
      expect(refused.reason).toMatchObject({ problem: { status: 409, code: 'EXPOSURE_EXCEEDED', details: { needed: '10000', free: '5000' } } });
      expect(await poor.api.get(`/v1/markets/${hall.marketId}/bidders/${poor.organizationId}`)).toMatchObject({ exposure: { amount: '10000' } });
      const rows = await system.database.query('select 1 from auction.bids where organization_id = $1', [poor.organizationId]);
      expect(rows).toHaveLength(1);
    }
  });

  it('is free again for who is outbid, and held for who has won', async () => {
    const poor = await buyer('Thrifty');
    await admit(owner, hall, poor, { depositAmount: '20000', creditAmount: '0' });
    const { lotId: second } = await openLot(system, owner, hall, { consignor: farm });
    await bid(poor, 2000);
    await expectRefused(() => bid(poor, 1000, second), 409, 'EXPOSURE_EXCEEDED', { free: '0' });
    await bid(rival, 5000);
    expect(await bid(poor, 2000, second)).toMatchObject({ leading: true });
    await system.clock.advanceTo(system.clock.now() + 120_000);
    expect(await owner.api.get(`/v1/lots/${second}`)).toMatchObject({ phase: 'LOT_PHASE_SOLD', hammerAmount: { amount: '10000' } });
    const { lotId: third } = await openLot(system, owner, hall, { consignor: farm });
    await expectRefused(() => bid(poor, 1010, third), 409, 'EXPOSURE_EXCEEDED', { needed: '10100', free: '10000' });
    expect(await poor.api.get(`/v1/markets/${hall.marketId}/bidders/${poor.organizationId}`)).toMatchObject({ exposure: { amount: '10000' } });
  });

  it('keeps an admission from being cut below it', async () => {
    await bid(bidder, 1000);
    await expectRefused(() => admit(owner, hall, bidder, { depositAmount: '1', creditAmount: '0' }), 409, 'LIMIT_BELOW_EXPOSURE');
  });
});
