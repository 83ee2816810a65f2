import { Agent, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { API_RESOURCE } from '@naru/platform/auth/verifier';
import { OPERATOR_CLIENT } from '../bootstrap.js';
import { secretHash } from '../client/secret.shell.js';
import { ISSUER, OPERATOR_SECRET, RunningIdentity, SERVICE_SECRET, basic } from './running-identity.js';

let identity: RunningIdentity;

beforeAll(async () => {
  identity = await RunningIdentity.start();
}, 60_000);

afterAll(async () => identity?.stop());

describe('discovery', () => {
  it('names public addresses alone, whatever host the caller invents', async () => {
    const response = await identity.fetch(`${ISSUER}/.well-known/openid-configuration`, { headers: { 'x-forwarded-host': 'evil.example' } });
    const document = (await response.json()) as Record<string, unknown>;
    expect(document['issuer']).toBe(ISSUER);
    for (const [name, value] of Object.entries(document)) if (name.endsWith('_endpoint') || name.endsWith('_uri')) expect(value).toMatch(/^http:\/\/naru\.test:7700\/oidc\//);
    expect(document['code_challenge_methods_supported']).toEqual(['S256']);
    expect(document['id_token_signing_alg_values_supported']).toEqual(['ES256']);
    expect(document['grant_types_supported']).toEqual(expect.not.arrayContaining(['implicit', 'password']));
  });

  it('publishes public keys alone', async () => {
    const { keys } = (await (await identity.fetch(`${ISSUER}/jwks`)).json()) as { keys: Record<string, unknown>[] };
    expect(keys).toHaveLength(1);
    expect(keys[0]).toMatchObject({ kty: 'EC', crv: 'P-256', use: 'sig' });
    expect(keys[0]).not.toHaveProperty('d');
  });
});

describe('the listener', () => {
  it('keeps an idle connection for the pool of the gateway, longer than Node would by itself', async () => {
    const pool = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = (): Promise<{ status: number | undefined; reused: boolean }> =>
      new Promise((resolve, reject) => {
        const asked = request(`${identity.oidcAddress}/oidc/jwks`, { agent: pool }, (answer) => {
          answer.resume().on('end', () => resolve({ status: answer.statusCode, reused: asked.reusedSocket }));
        });
        asked.on('error', reject).end();
      });
    expect(await ask()).toEqual({ status: 200, reused: false });
    await new Promise((resolve) => setTimeout(resolve, 6500)); // Node closes after 5 s, and looks each second or so
    expect(await ask()).toEqual({ status: 200, reused: true });
    pool.destroy();
  }, 20_000);
});

describe('client credentials', () => {
  it('give an access token for the API that says organization, kind and roles', async () => {
    const token = await identity.tokenOf(OPERATOR_CLIENT, OPERATOR_SECRET);
    const keys = createRemoteJWKSet(new URL(`${identity.oidcAddress}/oidc/jwks`));
    const { payload, protectedHeader } = await jwtVerify(token, keys, { issuer: ISSUER, audience: API_RESOURCE, algorithms: ['ES256'], typ: 'at+jwt' });
    expect(protectedHeader.kid).toBeDefined();
    expect(payload.exp! - payload.iat!).toBe(300);
    const [naru] = await identity.database.query<{ id: string }>(`select organization_id as id from identity.organizations where kind = 'ORGANIZATION_KIND_SYSTEM'`);
    expect(payload).toMatchObject({ sub: OPERATOR_CLIENT, client_id: OPERATOR_CLIENT, organization: naru!.id, kind: 'client', roles: ['platform-operator'] });
  });

  it('name the services as such', async () => {
    expect(decodeJwt(await identity.tokenOf('naru-service', SERVICE_SECRET))).toMatchObject({ kind: 'service', roles: ['service'] });
  });

  it('are taken in the body too', async () => {
    const { status } = await identity.token({ grant_type: 'client_credentials', client_id: OPERATOR_CLIENT, client_secret: OPERATOR_SECRET });
    expect(status).toBe(200);
  });

  it.each([
    ['a wrong secret', () => basic(OPERATOR_CLIENT, 'a wrong secret of some length')],
    ['the hash of the secret', () => basic(OPERATOR_CLIENT, secretHash(OPERATOR_SECRET).toString('hex'))],
    ['an unknown client', () => basic('nobody', OPERATOR_SECRET)],
  ])('are refused with 401 for %s', async (_, authorization) => {
    const { status, body } = await identity.token({ grant_type: 'client_credentials' }, { authorization: authorization() });
    expect([status, body['error']]).toEqual([401, 'invalid_client']);
  });

  it('are refused without a secret', async () => {
    const { status, body } = await identity.token({ grant_type: 'client_credentials', client_id: OPERATOR_CLIENT });
    expect([status, body['error']]).toEqual([401, 'invalid_client']);
    expect((await identity.token({ grant_type: 'client_credentials' }, { authorization: basic(OPERATOR_CLIENT, '') })).status).toBe(400);
  });

  it('do not open another resource', async () => {
    const { status, body } = await identity.token({ grant_type: 'client_credentials', resource: 'urn:another:api' }, { authorization: basic(OPERATOR_CLIENT, OPERATOR_SECRET) });
    expect([status, body['error']]).toEqual([400, 'invalid_target']);
  });
});
