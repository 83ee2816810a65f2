import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Rpc, rpcs } from '@naru/contracts/registry';
import { ROLES, type Role, permits } from '@naru/contracts/roles';
import { type Problem, send } from '@naru/tools/api/client';
import { rowCounts } from './ledger.js';
import { admit, limit } from './market-hall.js';
import { problemOf } from './refusal.js';
import { type Party, type TestSystem, key, startTestSystem, until } from './test-system.js';
import { type Estate, idsOf, newEstate } from './two-parties.js';

let system: TestSystem;
let owner: Estate;
let stranger: Estate;

beforeAll(async () => {
  system = await startTestSystem();
  owner = await newEstate(system, 'Owner');
  stranger = await newEstate(system, 'Stranger');
});

afterAll(() => system?.close());

/** A body that the contract takes, for each command whose path names a resource. */
const BODIES: Readonly<Record<string, () => Record<string, unknown>>> = {
  SuspendBidder: () => ({}),
  AdmitBidder: () => ({ organizationId: crypto.randomUUID(), categories: ['CATEGORY_FISH'], licensedUntil: '2030-01-01T00:00:00Z', depositAmount: '1', creditAmount: '1' }),
  ListLot: () => ({ sessionId: stranger.sessionIds[0]!, startPriceAmount: '1000' }),
  WithdrawLot: () => ({ reason: 'foreign hand' }),
  CreateSession: () => ({ name: 'foreign', businessDay: '2022-06-23' }),
  StartSession: () => ({}),
  GrantMembership: () => ({ userId: stranger.userId, roles: ['analyst'] }),
  EndMembership: () => ({}),
  RegisterClient: () => ({ name: 'foreign', roles: ['analyst'] }),
  RotateClientSecret: () => ({}),
  DisableClient: () => ({}),
  CreateApiKey: () => ({ name: 'foreign', scopes: ['auction:lot:read'] }),
  RotateApiKey: () => ({}),
  RevokeApiKey: () => ({}),
  RecordGateIn: () => ({}),
  CallToDoor: () => ({ doorLocationId: stranger.hall.doorId }),
  FinishUnloading: () => ({}),
  ReceiveLine: () => ({ consignmentId: stranger.received[0]!.consignmentId, itemId: stranger.hall.itemId, counted: '1', weighedGrams: '1', scaleTicket: 'T', condition: 'CONDITION_SOUND' }),
  PutAway: () => ({ locationId: '' }),
};

const all = [...rpcs.values()].filter((rpc) => rpc.http);
const byPath = (some: readonly Rpc[]): (readonly [string, Rpc])[] => some.map((rpc) => [rpc.path, rpc] as const);
const isNamed = (rpc: Rpc): boolean => rpc.http!.template.includes('{');
const isList = (rpc: Rpc): boolean => rpc.http!.verb === 'GET' && rpc.method.input.fields.some((field) => field.name === 'page_token');
const path = (rpc: Rpc, ids: Readonly<Record<string, string>>): string => rpc.http!.template.replace(/\{(\w+)\}/g, (_, name: string) => ids[name]!);
const isOwned = (rpc: Rpc): boolean => rpc.access.scope === 'PARTY' || rpc.access.scope === 'OPERATOR';

/** A party's list under something that every participant sees, such as the bids under a lot: it is there for all, with the caller's own in it. */
function isUnderPublic(rpc: Rpc): boolean {
  const parent = rpc.http!.template.replace(/\/[^/]+$/, '');
  return isList(rpc) && rpc.access.scope === 'PARTY' && all.some(({ http, access }) => http!.template === parent && http!.verb === 'GET' && access.scope === 'PARTICIPANT');
}

function attempt(rpc: Rpc, ids: Readonly<Record<string, string>>): Promise<Problem> {
  const { api } = stranger.party;
  return problemOf(rpc.http!.verb === 'GET' ? api.get(path(rpc, ids)) : api.post(path(rpc, ids), BODIES[rpc.method.name]!(), key()));
}

describe('I2: an organization never reads or changes what is another’s', () => {
  const shut = all.filter((rpc) => isOwned(rpc) && isNamed(rpc) && !isUnderPublic(rpc));
  it.each(byPath(shut))('%s knows a foreign id no better than an unknown one', async (_, rpc) => {
    const before = await rowCounts(system.database);
    const ids = idsOf(owner);
    const foreign = await attempt(rpc, ids);
    const unknown = await attempt(rpc, Object.fromEntries(Object.keys(ids).map((name) => [name, crypto.randomUUID()])));
    expect(foreign).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    expect({ ...foreign, trace_id: '' }).toEqual({ ...unknown, trace_id: '' });
    expect(await rowCounts(system.database)).toEqual(before);
  });

  it.each(byPath(all.filter((rpc) => isOwned(rpc) && isList(rpc) && (!isNamed(rpc) || isUnderPublic(rpc)))))('%s lists nothing of another', async (_, rpc) => {
    const ids = idsOf(owner);
    const seen = JSON.stringify(await stranger.party.api.get(`${path(rpc, ids)}?pageSize=500`));
    const inPath = [...rpc.http!.template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
    for (const [name, id] of Object.entries(ids)) if (!inPath.includes(name)) expect(seen).not.toContain(id);
    expect(seen).not.toContain(owner.party.organizationId);
    const mine = JSON.stringify(await owner.party.api.get(`${path(rpc, ids)}?pageSize=500`));
    expect(mine).toContain(rpc.method.name === 'ListOrganizations' ? owner.party.organizationId : 'Id"'); // the list is not empty for everybody
  });

  const paged = all.filter((rpc) => isList(rpc) && rpc.access.scope !== 'SYSTEM' && rpc.access.scope !== 'PUBLIC');
  it.each(byPath(paged))('%s takes no page token of another organization', async (_, rpc) => {
    const first = async (api: Party['api']): Promise<string> => (await api.get<{ nextPageToken: string }>(`${path(rpc, idsOf(owner))}?pageSize=1`)).nextPageToken;
    const token = rpc.method.name === 'ListOrganizations' ? await first(system.operator) : await first(owner.party.api);
    expect(token).not.toBe('');
    const own = shut.includes(rpc) ? idsOf(stranger) : idsOf(owner);
    expect(await problemOf(stranger.party.api.get(`${path(rpc, own)}?pageSize=1&pageToken=${token}`))).toMatchObject({ status: 400, code: 'PAGE_TOKEN_INVALID' });
  });

  it('opens the second page of each list to its owner alone, and with one list’s token no other list', async () => {
    const lists = paged.filter((rpc) => rpc.method.name !== 'ListOrganizations');
    const tokens = await Promise.all(lists.map(async (rpc) => (await owner.party.api.get<{ nextPageToken: string }>(`${path(rpc, idsOf(owner))}?pageSize=1`)).nextPageToken));
    for (const [i, rpc] of lists.entries()) {
      await owner.party.api.get(`${path(rpc, idsOf(owner))}?pageSize=1&pageToken=${tokens[i]}`);
      const another = tokens[(i + 1) % tokens.length]!;
      expect(await problemOf(owner.party.api.get(`${path(rpc, idsOf(owner))}?pageSize=1&pageToken=${another}`))).toMatchObject({ code: 'PAGE_TOKEN_INVALID' });
    }
  });

  it.each(byPath(all.filter((rpc) => rpc.access.scope === 'SYSTEM')))('%s is for Naru alone', async (_, rpc) => {
    const headers = { 'content-type': 'application/json', 'idempotency-key': key(), authorization: `Bearer ${await stranger.party.api.token()}` };
    expect((await send(rpc.http!.verb, system.url + path(rpc, idsOf(owner)), headers, rpc.http!.verb === 'GET' ? undefined : '{}')).body).toMatchObject({ status: 403, code: 'PERMISSION_DENIED' });
  });

  it('hides a lot from strangers until it is listed, in the list too', async () => {
    const unlisted = owner.received[2]!.lotId;
    expect(await problemOf(stranger.party.api.get(`/v1/lots/${unlisted}`))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await problemOf(stranger.party.api.post(`/v1/lots/${unlisted}/bids`, limit(1000), key()))).toMatchObject({ code: 'NOT_FOUND' });
    const { lots } = await stranger.party.api.get<{ lots: { lotId: string }[] }>('/v1/lots?pageSize=500');
    const seen = lots.map((lot) => lot.lotId);
    expect(seen).toContain(owner.received[1]!.lotId);
    expect(seen).not.toContain(unlisted);
  });

  it('shows a bidder its own bids only, and nobody’s limit in the lot', async () => {
    const lot = `/v1/lots/${owner.received[0]!.lotId}`;
    const curious = await system.newParty('Curious', 'ORGANIZATION_KIND_DIRECT_BUYER', ['bidder']);
    await admit(owner.party, owner.hall, curious);
    const bid = await curious.api.post<{ sequence: string; leading: boolean }>(`${lot}/bids`, limit(3000), key());
    const { bids } = await curious.api.get<{ bids: { sequence: string; organizationId: string }[] }>(`${lot}/bids`);
    expect(bids).toMatchObject([{ sequence: bid.sequence, organizationId: curious.organizationId }]);
    const { bids: journal } = await owner.party.api.get<{ bids: unknown[] }>(`${lot}/bids`);
    expect(journal).toHaveLength(3);
    expect(JSON.stringify(await stranger.party.api.get(lot))).not.toMatch(/3000|"leadingOrganizationId"|"limit"/);
  });

  it('lets nobody use what is another’s in a body', async () => {
    const { api } = stranger.party;
    const mine = stranger.received[2]!;
    const before = await rowCounts(system.database);
    expect(await problemOf(api.post(`/v1/lots/${mine.lotId}:list`, { sessionId: owner.sessionIds[1], startPriceAmount: '1000' }, key()))).toMatchObject({ code: 'NOT_FOUND' });
    const putAway = (locationId: string): Promise<Problem> => problemOf(api.post(`/v1/receipts/${mine.receiptId}:putAway`, { locationId }, key()));
    expect(await putAway(owner.hall.locationIds['C-01']!)).toMatchObject({ code: 'NOT_FOUND' });
    const grant = { userId: owner.userId, roles: ['platform-operator'] };
    expect(await problemOf(api.post(`/v1/organizations/${stranger.party.organizationId}/memberships`, grant, key()))).toMatchObject({ status: 403, code: 'ROLE_NOT_GRANTABLE' });
    expect(await rowCounts(system.database)).toEqual(before);
    const audited = async (): Promise<string> => JSON.stringify(await system.operator.get('/v1/audit-entries?pageSize=500'));
    await until(async () => (await audited()).includes('ROLE_NOT_GRANTABLE')); // rule I4
  });
});

describe('I1: deny by default', () => {
  const shut = all.filter((rpc) => rpc.access.scope !== 'PUBLIC');
  const body = (rpc: Rpc): string | undefined => (rpc.http!.verb === 'GET' ? undefined : '{}');

  it('leaves the board alone to callers without a token', () => {
    expect(all.filter((rpc) => rpc.access.scope === 'PUBLIC').map((rpc) => rpc.http!.template)).toEqual(['/v1/markets/{market_id}/board']);
  });

  it.each(byPath(shut))('%s is refused without a token', async (_, rpc) => {
    const answer = await send(rpc.http!.verb, system.url + path(rpc, idsOf(owner)), { 'content-type': 'application/json' }, body(rpc));
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    expect(answer.body).toMatchObject({ code: 'UNAUTHENTICATED', status: 401 });
  });

  // identity:me:read is in every role
  it.each(byPath(shut.filter((rpc) => rpc.access.permission !== 'identity:me:read')))('%s is refused to a role without its permission', async (_, rpc) => {
    const nobody = await partyWithout(rpc.access.permission);
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${await nobody.api.token()}`, 'idempotency-key': key() };
    const answer = await send(rpc.http!.verb, system.url + path(rpc, idsOf(owner)), headers, body(rpc));
    expect(answer.body).toMatchObject({ status: 403, code: 'PERMISSION_DENIED', details: { permission: rpc.access.permission } });
  });
});

const parties = new Map<string, Promise<Party>>();

/** A party in one role, which lacks `permission`. */
function partyWithout(permission: string): Promise<Party> {
  const role = (Object.keys(ROLES) as Role[]).find((candidate) => candidate !== 'service' && candidate !== 'platform-operator' && !permits([candidate], permission));
  if (!role) throw new Error(`every role has ${permission}`);
  let party = parties.get(role);
  if (!party) parties.set(role, (party = system.newParty(`Only ${role}`, 'ORGANIZATION_KIND_TENANT', [role])));
  return party;
}
