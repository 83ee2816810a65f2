import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Rpc, rpcs } from '@naru/contracts/registry';
import { ROLES, type Role, permits } from '@naru/contracts/roles';
import { ApiProblem, type Problem, send } from '@naru/tools/api/client';
import { ALL_ROLES, type Hall, admit, consign, limit, list, openHall, receive } from './market-hall.js';
import { type Party, type TestSystem, key, startTestSystem } from './test-system.js';

/** A body that the contract takes, for each command that names a resource in its path. */
const BODIES: Readonly<Record<string, (hall: Hall) => Record<string, unknown>>> = {
  SuspendBidder: () => ({}),
  AdmitBidder: () => ({ organizationId: crypto.randomUUID(), categories: ['CATEGORY_FISH'], licensedUntil: '2030-01-01T00:00:00Z', depositAmount: '1', creditAmount: '1' }),
  ListLot: () => ({ sessionId: crypto.randomUUID(), startPriceAmount: '1000' }),
  WithdrawLot: () => ({ reason: 'foreign hand' }),
  CreateSession: () => ({ name: 'foreign', businessDay: '2022-06-23' }),
  StartSession: () => ({}),
  GrantMembership: () => ({ userId: crypto.randomUUID(), roles: ['analyst'] }),
  EndMembership: () => ({}),
  RegisterClient: () => ({ name: 'foreign', roles: ['analyst'] }),
  RecordGateIn: () => ({}),
  CallToDoor: (hall) => ({ doorLocationId: hall.doorId }),
  FinishUnloading: () => ({}),
  ReceiveLine: (hall) => ({ consignmentId: crypto.randomUUID(), itemId: hall.itemId, counted: '1', weighedGrams: '1', scaleTicket: 'T', condition: 'CONDITION_SOUND' }),
  PutAway: () => ({ locationId: '' }),
};

let system: TestSystem;
let owner: Party;
let stranger: Party;
let hall: Hall;
let ids: Record<string, string>;

beforeAll(async () => {
  system = await startTestSystem();
  owner = await system.newParty('Owner', 'ORGANIZATION_KIND_CORPORATION', ALL_ROLES);
  stranger = await system.newParty('Stranger', 'ORGANIZATION_KIND_CORPORATION', ALL_ROLES);
  await system.settle();
  hall = await openHall(owner);
  await admit(owner, hall, owner);
  const consigned = await consign(system, owner, hall);
  const received = await receive(system, owner, hall, consigned);
  const { sessionId } = await list(owner, hall, [consigned.lotId]);
  const { userId } = await system.operator.post<{ userId: string }>('/v1/users', { login: 'owner.user', name: 'A user', password: 'long enough password' }, key());
  await owner.api.post(`/v1/organizations/${owner.organizationId}/memberships`, { userId, roles: ['analyst'] }, key());
  ids = {
    organization_id: owner.organizationId,
    market_id: hall.marketId,
    centre_id: hall.centreId,
    item_id: hall.itemId,
    session_id: sessionId,
    user_id: userId,
    lot_id: received.lotId,
    consignment_id: received.consignmentId,
    appointment_id: received.appointmentId,
    receipt_id: received.receiptId,
  };
});

afterAll(() => system?.close());

const named = (rpc: Rpc): boolean => rpc.http!.template.includes('{');
const path = (rpc: Rpc, given: Record<string, string>): string => rpc.http!.template.replace(/\{(\w+)\}/g, (_, name: string) => given[name]!);
const guarded = [...rpcs.values()].filter((rpc) => rpc.http && (rpc.access.scope === 'PARTY' || rpc.access.scope === 'OPERATOR'));

async function problemOf(rpc: Rpc, given: Record<string, string>): Promise<Problem> {
  const call = rpc.http!.verb === 'GET' ? stranger.api.get(path(rpc, given)) : stranger.api.post(path(rpc, given), BODIES[rpc.method.name]!(hall), key());
  return call.then(
    (answer) => {
      throw new Error(`${rpc.path} answered a stranger: ${JSON.stringify(answer)}`);
    },
    (error: unknown) => {
      if (error instanceof ApiProblem) return error.problem;
      throw error;
    },
  );
}

/** Rows of every table of the domain; what the shell and the audit log keep of a refusal is their business. */
async function rowCounts(): Promise<Record<string, number>> {
  const tables = await system.database.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('identity', 'auction', 'warehousing')
      and tablename !~ '^(outbox|inbox|idempotency|parked|migrations|audit|oidc)' order by 1`,
  );
  const counts: Record<string, number> = {};
  for (const { name } of tables) counts[name] = Number((await system.database.query<{ n: string }>(`select count(*) as n from ${name}`))[0]!.n);
  return counts;
}

describe('I2: an organization never reads or changes what is another’s', () => {
  it.each(guarded.filter(named).map((rpc) => [rpc.path, rpc] as const))('%s knows a foreign id no better than an unknown one', async (_, rpc) => {
    const before = await rowCounts();
    const foreign = await problemOf(rpc, ids);
    const unknown = await problemOf(rpc, Object.fromEntries(Object.keys(ids).map((name) => [name, crypto.randomUUID()])));
    expect(foreign).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    expect({ ...foreign, trace_id: '', instance: '' }).toEqual({ ...unknown, trace_id: '', instance: '' });
    expect(await rowCounts()).toEqual(before);
  });

  it.each(guarded.filter((rpc) => rpc.method.name.startsWith('List') && rpc.http!.verb === 'GET' && !named(rpc)).map((rpc) => [rpc.path, rpc] as const))('%s lists nothing of it', async (_, rpc) => {
    const seen = JSON.stringify(await stranger.api.get(path(rpc, ids)));
    for (const [name, id] of Object.entries(ids)) if (name !== 'item_id' && name !== 'centre_id' && name !== 'market_id') expect(seen).not.toContain(id);
  });

  it('takes no page token of another organization', async () => {
    await consign(system, owner, hall);
    const { nextPageToken } = await owner.api.get<{ nextPageToken: string }>('/v1/consignments?pageSize=1');
    expect(nextPageToken).not.toBe('');
    await expect(stranger.api.get(`/v1/consignments?pageSize=1&pageToken=${nextPageToken}`)).rejects.toMatchObject({ problem: { status: 400, code: 'PAGE_TOKEN_INVALID' } });
  });

  it('shows a bidder its own bids only', async () => {
    await admit(owner, hall, stranger);
    await expect(stranger.api.get(`/v1/lots/${ids['lot_id']}/bids`)).rejects.toMatchObject({ problem: { code: 'NOT_FOUND' } });
    await expect(stranger.api.post(`/v1/lots/${ids['lot_id']}/bids`, limit(1000), key())).rejects.toMatchObject({ problem: { code: 'LOT_NOT_OPEN' } });
  });
});

describe('I1: deny by default', () => {
  const protectedRpcs = [...rpcs.values()].filter((rpc) => rpc.http && rpc.access.scope !== 'PUBLIC');
  // identity:me:read is in every role

  it.each(protectedRpcs.map((rpc) => [rpc.path, rpc] as const))('%s is refused without a token', async (_, rpc) => {
    const answer = await send(rpc.http!.verb, system.url + path(rpc, ids), { 'content-type': 'application/json' }, rpc.http!.verb === 'GET' ? undefined : '{}');
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    expect(answer.body).toMatchObject({ code: 'UNAUTHENTICATED', status: 401 });
  });

  it.each(protectedRpcs.filter((rpc) => rpc.access.permission !== 'identity:me:read').map((rpc) => [rpc.path, rpc] as const))('%s is refused to a role without its permission', async (_, rpc) => {
    const nobody = await partyWithout(rpc.access.permission);
    const body = rpc.http!.verb === 'GET' ? undefined : '{}';
    const answer = await send(rpc.http!.verb, system.url + path(rpc, ids), { 'content-type': 'application/json', authorization: `Bearer ${await nobody.api.token()}`, 'idempotency-key': key() }, body);
    expect(answer.body).toMatchObject({ status: 403, code: 'PERMISSION_DENIED' });
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
