import { ALL_ROLES, type Hall, type Received, admit, consign, limit, list, openHall, receive } from './market-hall.js';
import { type Party, type TestSystem, key } from './test-system.js';

/** An organization with at least two of everything that can be its own, so that each of its lists has a second page. */
export interface Estate {
  readonly party: Party;
  readonly hall: Hall;
  readonly userId: string;
  readonly clientId: string;
  readonly keyId: string;
  readonly sessionIds: readonly string[];
  /** Received goods: the first is open for bids, the second is listed behind it, the third is not listed. */
  readonly received: readonly Received[];
}

export async function newEstate(system: TestSystem, name: string): Promise<Estate> {
  const party = await system.newParty(name, 'ORGANIZATION_KIND_CORPORATION', ALL_ROLES);
  const buyers = await Promise.all(['One', 'Two'].map((buyer) => system.newParty(`${buyer} of ${name}`, 'ORGANIZATION_KIND_DIRECT_BUYER', ['bidder'])));
  await system.settle();
  const hall = await openHall(party);
  await openHall(party);
  for (const bidder of buyers) await admit(party, hall, bidder);

  const received: Received[] = [];
  for (let i = 0; i < 3; i++) received.push(await receive(system, party, hall, await consign(system, party, hall)));
  const { sessionId } = await list(party, hall, received.slice(0, 2).map((goods) => goods.lotId));
  const second = await list(party, hall, []);
  await party.api.post(`/v1/sessions/${sessionId}:start`, {}, key());
  await buyers[0]!.api.post(`/v1/lots/${received[0]!.lotId}/bids`, limit(1000), key());
  await buyers[1]!.api.post(`/v1/lots/${received[0]!.lotId}/bids`, limit(2000), key());

  const organization = `/v1/organizations/${party.organizationId}`;
  const { client } = await party.api.post<{ client: { clientId: string } }>(`${organization}/clients`, { name: 'second', roles: ['analyst'] });
  const keyIds: string[] = [];
  for (const use of ['first', 'second']) keyIds.push((await party.api.post<{ key: { keyId: string } }>(`${organization}/api-keys`, { name: use, scopes: ['auction:lot:read'] })).key.keyId);
  const userIds: string[] = [];
  for (const login of ['first', 'second']) {
    const user = { login: `${login}.${party.organizationId}`, name: `${login} of ${name}`, password: 'long enough password' };
    const { userId } = await system.operator.post<{ userId: string }>('/v1/users', user, key());
    await party.api.post(`${organization}/memberships`, { userId, roles: ['analyst'] }, key());
    userIds.push(userId);
  }
  return { party, hall, userId: userIds[0]!, clientId: client.clientId, keyId: keyIds[0]!, sessionIds: [sessionId, second.sessionId], received };
}

/** What stands for the variables of paths and queries when `estate` is meant. */
export function idsOf(estate: Estate): Readonly<Record<string, string>> {
  const [opened] = estate.received as [Received];
  return {
    organization_id: estate.party.organizationId,
    user_id: estate.userId,
    client_id: estate.clientId,
    key_id: estate.keyId,
    market_id: estate.hall.marketId,
    session_id: estate.sessionIds[0]!,
    centre_id: estate.hall.centreId,
    item_id: estate.hall.itemId,
    lot_id: opened.lotId,
    consignment_id: opened.consignmentId,
    appointment_id: opened.appointmentId,
    receipt_id: opened.receiptId,
  };
}
