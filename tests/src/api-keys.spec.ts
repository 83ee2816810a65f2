import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newApiKey } from '@naru/platform/auth/api-key';
import { type Answer, send } from '@naru/tools/api/client';
import { problemOf } from './refusal.js';
import { type Party, type TestSystem, key, startTestSystem, until } from './test-system.js';

interface Made {
  readonly key: { readonly keyId: string; readonly scopes: readonly string[]; readonly rotatedFrom: string; readonly lastUsedAt?: string; readonly revokedAt?: string };
  readonly secret: string;
}

let system: TestSystem;
let farm: Party;

beforeAll(async () => {
  system = await startTestSystem({ revocation: { beatMs: 400, writesMs: 45_000, allMs: 60_000 } });
  farm = await system.newParty('Farm', 'ORGANIZATION_KIND_CONSIGNOR', ['consignor', 'organization-admin']);
}, 60_000);
afterAll(() => system?.close());

const keysOf = (party: Party): string => `/v1/organizations/${party.organizationId}/api-keys`;
const create = (more: object = {}): Promise<Made> => farm.api.post<Made>(keysOf(farm), { name: 'import', scopes: ['auction:lot:read', 'identity:me:read'], ...more });
const rotate = (keyId: string): Promise<Made> => farm.api.post<Made>(`${keysOf(farm)}/${keyId}:rotate`, {});
const revoke = (keyId: string): Promise<unknown> => farm.api.post(`${keysOf(farm)}/${keyId}:revoke`, {}, key());
const get = (secret: string, path = '/v1/me'): Promise<Answer> => send('GET', system.url + path, { authorization: `Bearer ${secret}` }, undefined);

describe('an API key', () => {
  it('calls for its organization, with its scopes and no more', async () => {
    const { secret, key: made } = await create();
    expect(secret).toMatch(/^naru_local_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/);
    const me = await get(secret);
    expect(me).toMatchObject({ status: 200, body: { subject: made.keyId, kind: 'client', organizationId: farm.organizationId, roles: [], permissions: ['auction:lot:read', 'identity:me:read'] } });
    expect((await get(secret, '/v1/lots')).status).toBe(200);
    expect(await get(secret, '/v1/sessions/01890a5d-ac96-774b-bcce-b302099a8057')).toMatchObject({ status: 403, body: { code: 'PERMISSION_DENIED', details: { permission: 'auction:session:read' } } });
    expect((await get(secret, '/v1/audit-entries')).status).toBe(403);
  });

  it('is shown once: the list has its use and never what proves it', async () => {
    const { secret, key: made } = await create();
    await get(secret);
    const listed = async (): Promise<readonly Made['key'][]> => (await farm.api.get<{ keys: Made['key'][] }>(`${keysOf(farm)}?pageSize=500`)).keys;
    await until(async () => (await listed()).some((one) => one.keyId === made.keyId && one.lastUsedAt !== undefined), 15_000);
    expect(JSON.stringify(await listed())).not.toContain(secret.slice(-49, -6));
    const kept = await system.database.query(`select * from identity.api_keys`);
    expect(JSON.stringify(kept)).not.toContain(secret.slice(-49, -6));
  });

  it('is given no scope that its creator lacks, none that lets anybody in, and none that is unknown', async () => {
    for (const [scope, code] of [['auction:bid:place', 'SCOPE_NOT_GRANTABLE'], ['identity:key:create', 'SCOPE_NOT_GRANTABLE'], ['auction:lot:eat', 'SCOPE_UNKNOWN']])
      expect(await problemOf(create({ scopes: [scope] }))).toMatchObject({ code });
    expect(await problemOf(create({ expiresAt: '2020-01-01T00:00:00Z' }))).toMatchObject({ code: 'API_KEY_ENDED' });
    expect(await problemOf(create({ allowedAddresses: ['203.0.113.0/24', 'home'] }))).toMatchObject({ status: 400, errors: [{ field: 'allowedAddresses[1]' }] });
  });

  it('is refused from another address, when it has ended, and when it is wrong', async () => {
    expect(await get((await create({ allowedAddresses: ['203.0.113.0/24'] })).secret)).toMatchObject({ status: 403, body: { code: 'ADDRESS_NOT_ALLOWED' } });
    expect((await get((await create({ allowedAddresses: ['127.0.0.0/8', '::1'] })).secret)).status).toBe(200);
    const short = await create({ expiresAt: new Date(Date.now() + 1500).toISOString() });
    await new Promise((resolve) => setTimeout(resolve, 1600));
    expect(await get(short.secret)).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
    const { secret } = await create();
    for (const wrong of [`${secret}x`, secret.slice(0, -1), newApiKey('local').text, newApiKey('live').text, 'naru_']) expect(await get(wrong)).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
  });

  it('never reaches the database with a wrong checksum', async () => {
    const { secret } = await create();
    const refusedSoFar = async (): Promise<unknown> => (await system.database.query(`select count(*) from identity.audit_entries where action = 'TOKEN_REFUSED'`))[0];
    const before = await refusedSoFar();
    const last = secret.at(-1) === 'a' ? 'b' : 'a';
    expect((await get(secret.slice(0, -1) + last)).status).toBe(401);
    expect(await refusedSoFar()).toEqual(before);
  });

  it('is refused in a URL, on any path', async () => {
    const { secret } = await create();
    for (const path of [`/v1/me?api_key=${secret}`, `/v1/lots/${secret}`, `/nowhere?k=${secret}`]) {
      expect(await send('GET', system.url + path, {}, undefined)).toMatchObject({ status: 400, body: { code: 'API_KEY_IN_URL' } });
    }
  });

  it('rotates with two that hold, a third only after the first has ended', async () => {
    const first = await create();
    const second = await rotate(first.key.keyId);
    expect(second.key).toMatchObject({ rotatedFrom: first.key.keyId, scopes: first.key.scopes });
    expect([(await get(first.secret)).status, (await get(second.secret)).status]).toEqual([200, 200]);
    expect(await problemOf(rotate(second.key.keyId))).toMatchObject({ status: 409, code: 'API_KEY_ROTATION_OPEN' });
    await revoke(first.key.keyId);
    const third = await rotate(second.key.keyId);
    expect((await get(third.secret)).status).toBe(200);
    const many = await Promise.allSettled(Array.from({ length: 4 }, () => rotate(third.key.keyId)));
    expect(many.filter((one) => one.status === 'fulfilled')).toHaveLength(0);
  });

  it('stops working within the window once it is revoked (rule I3), and stays so', async () => {
    const { secret, key: made } = await create();
    expect((await get(secret)).status).toBe(200);
    await revoke(made.keyId);
    await until(async () => (await get(secret)).status === 401, 5000);
    expect(await get(secret)).toMatchObject({ body: { code: 'CREDENTIAL_REVOKED' } });
    await revoke(made.keyId); // again is no fault
    const rows = await system.database.query<{ action: string }>(`select action from identity.audit_entries where object = $1 order by entry_id`, [`organizations/${farm.organizationId}/api-keys/${made.keyId}`]);
    expect(rows.map((row) => row.action)).toEqual(['API_KEY_CREATED', 'TOKEN_GRANTED', 'API_KEY_REVOKED']);
  });

  it('of another organization is unknown', async () => {
    const stranger = await system.newParty('Stranger', 'ORGANIZATION_KIND_CONSIGNOR', ['consignor', 'organization-admin']);
    const { key: made } = await create();
    for (const verb of ['rotate', 'revoke']) expect(await problemOf(stranger.api.post(`${keysOf(stranger)}/${made.keyId}:${verb}`, {}, key()))).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    expect(await problemOf(stranger.api.get(keysOf(farm)))).toMatchObject({ status: 404 });
    expect((await stranger.api.get<{ keys: unknown[] }>(keysOf(stranger))).keys).toEqual([]);
  });
});
