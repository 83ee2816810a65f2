import { type KeyObject, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, send } from '@naru/tools/api/client';
import { ledgerOf } from '../ledger.js';
import { ALL_ROLES, admit, limit, openHall, openLot } from '../market-hall.js';
import { type Party, type TestSystem, key, startTestSystem } from '../test-system.js';

let system: TestSystem;
let bidder: Party;
let lotId: string;
let kid: string;
let issuerKey: KeyObject;

beforeAll(async () => {
  system = await startTestSystem();
  const owner = await system.newParty('Owner', 'ORGANIZATION_KIND_CORPORATION', ALL_ROLES);
  const farm = await system.newParty('Farm', 'ORGANIZATION_KIND_CONSIGNOR', ['consignor']);
  bidder = await system.newParty('Bidder', 'ORGANIZATION_KIND_DIRECT_BUYER', ['bidder']);
  await system.settle();
  const hall = await openHall(owner);
  await admit(owner, hall, bidder);
  ({ lotId } = await openLot(system, owner, hall, { consignor: farm }));
  const [signing] = await system.database.query<{ kid: string; jwk: object }>('select kid, jwk from identity.signing_keys');
  kid = signing!.kid;
  issuerKey = createPrivateKey({ key: signing!.jwk as never, format: 'jwk' });
});

afterAll(() => system?.close());

type Part = Readonly<Record<string, unknown>>;

const encoded = (part: Part): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** A token as the issuer would sign it, but for what the test changes. */
function forge(change: { header?: Part; claims?: Part; signer?: KeyObject | 'none' } = {}): string {
  const now = Math.floor(Date.now() / 1000);
  const header = { alg: 'ES256', typ: 'at+jwt', kid, ...change.header };
  const claims = {
    iss: `${system.url}/oidc`,
    aud: 'urn:naru:api',
    sub: 'forged',
    iat: now - 10,
    exp: now + 300,
    organization: bidder.organizationId,
    kind: 'client',
    roles: ['bidder'],
    ...change.claims,
  };
  const signed = `${encoded(header)}.${encoded(claims)}`;
  if (change.signer === 'none') return `${signed}.`;
  return `${signed}.${sign('sha256', Buffer.from(signed), { key: change.signer ?? issuerKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

function bidWith(authorization: string | undefined): Promise<Answer> {
  const headers: Record<string, string> = { 'content-type': 'application/json', 'idempotency-key': key() };
  if (authorization !== undefined) headers['authorization'] = authorization;
  return send('POST', `${system.url}/v1/lots/${lotId}/bids`, headers, JSON.stringify(limit(1000)));
}

const ago = (seconds: number): number => Math.floor(Date.now() / 1000) - seconds;
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

const WRONG: Readonly<Record<string, () => string | undefined>> = {
  'no token': () => undefined,
  'another scheme': () => `Basic ${Buffer.from('naru-operator:x').toString('base64')}`,
  'no JWT': () => 'Bearer something',
  'an expired token': () => `Bearer ${forge({ claims: { iat: ago(600), exp: ago(1) } })}`,
  'a token without an end': () => `Bearer ${forge({ claims: { exp: undefined } })}`,
  'a token for another audience': () => `Bearer ${forge({ claims: { aud: 'urn:somebody:else' } })}`,
  'a token of another issuer': () => `Bearer ${forge({ claims: { iss: 'http://issuer.test/oidc' } })}`,
  'a token that is not valid yet': () => `Bearer ${forge({ claims: { nbf: ago(-600) } })}`,
  'alg none': () => `Bearer ${forge({ header: { alg: 'none' }, signer: 'none' })}`,
  'a signature cut off': () => `Bearer ${forge({ signer: 'none' })}`,
  'a key of somebody else': () => `Bearer ${forge({ signer: stranger })}`,
  'an unknown key id': () => `Bearer ${forge({ header: { kid: 'unknown' }, signer: stranger })}`,
  'an id token': () => `Bearer ${forge({ header: { typ: 'JWT' } })}`,
  'claims changed after signing': () => {
    const [header, , signature] = forge().split('.');
    return `Bearer ${header}.${encoded({ iss: `${system.url}/oidc`, aud: 'urn:naru:api', sub: 'x', exp: ago(-300), organization: bidder.organizationId, roles: ['platform-operator'] })}.${signature}`;
  },
};

describe('a call with a wrong token', () => {
  it.each(Object.keys(WRONG))('is refused: %s', async (name) => {
    const before = await ledgerOf(system.database);
    const answer = await bidWith(WRONG[name]!());
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer /);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.body).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    expect(await ledgerOf(system.database)).toEqual(before);
  });

  it('would be taken if it were right', async () => {
    expect(await bidWith(`Bearer ${forge()}`)).toMatchObject({ status: 200, body: { sequence: '1', organizationId: bidder.organizationId } });
  });

  it('ends with its token: one that was good a moment ago', async () => {
    const short = `Bearer ${forge({ claims: { exp: ago(-2) } })}`;
    expect((await send('GET', `${system.url}/v1/me`, { authorization: short })).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    expect(await send('GET', `${system.url}/v1/me`, { authorization: short })).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
  });

  it('finds no token for a wrong secret', async () => {
    const basic = Buffer.from('naru-operator:wrong').toString('base64');
    const answer = await send('POST', `${system.url}/oidc/token`, { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' }, 'grant_type=client_credentials');
    expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });
});
