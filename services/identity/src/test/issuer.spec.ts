import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { MembershipServiceClient } from '@naru/contracts/gen/naru/identity/v1/membership_service';
import { OrganizationKind, OrganizationServiceClient } from '@naru/contracts/gen/naru/identity/v1/organization_service';
import { API_RESOURCE } from '@naru/platform/auth/verifier';
import { OPERATOR_CLIENT } from '../bootstrap.js';
import { secretHash } from '../client/secret.js';
import { CONSOLE_CLIENT } from '../oidc/issuer.js';
import { Browser, hiddenField, newChallenge } from './browser.js';
import { ISSUER, OPERATOR_SECRET, REDIRECT_URI, RunningIdentity, SERVICE_SECRET, basic } from './running-identity.js';

const PASSWORD = 'six farms and one ferry';

let identity: RunningIdentity;
let farm: string;
let market: string;
let users = 0;

/** A user with a membership in each of `organizations`. */
async function newUser(...organizations: readonly string[]): Promise<{ readonly login: string; readonly userId: string }> {
  const memberships = identity.as(MembershipServiceClient, await identity.operatorToken());
  const login = `person${++users}@naru.test`;
  const { userId } = (await memberships.registerUser({ login, name: '김나루', password: PASSWORD })).user!;
  for (const organizationId of organizations) await memberships.grantMembership({ organizationId, userId, roles: ['analyst'] });
  memberships.close();
  return { login, userId };
}

/** Signs in and changes the code for tokens. */
async function tokensOf(browser: Browser, login: string): Promise<{ readonly code: string; readonly verifier: string; readonly body: Record<string, unknown> }> {
  const challenge = newChallenge();
  const back = await browser.submitAndReturn(await browser.authorize(challenge), { login, password: PASSWORD });
  const code = back.searchParams.get('code')!;
  const { status, body } = await exchange(code, challenge.verifier);
  expect(status).toBe(200);
  return { code, verifier: challenge.verifier, body };
}

function exchange(code: string, verifier: string) {
  return identity.token({ grant_type: 'authorization_code', client_id: CONSOLE_CLIENT, code, code_verifier: verifier, redirect_uri: REDIRECT_URI });
}

function refresh(refreshToken: unknown) {
  return identity.token({ grant_type: 'refresh_token', client_id: CONSOLE_CLIENT, refresh_token: String(refreshToken) });
}

beforeAll(async () => {
  identity = await RunningIdentity.start();
  const organizations = identity.as(OrganizationServiceClient, await identity.operatorToken());
  farm = (await organizations.registerOrganization({ name: '한밭 딸기', kind: OrganizationKind.CONSIGNOR, registrationNumber: '' })).organization!.organizationId;
  market = (await organizations.registerOrganization({ name: '가락 청과', kind: OrganizationKind.CORPORATION, registrationNumber: '' })).organization!.organizationId;
  organizations.close();
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

describe('sign-in', () => {
  it('leads by code and PKCE to a token of the person', async () => {
    const { login, userId } = await newUser(farm);
    const { body } = await tokensOf(new Browser(identity), login);
    const token = String(body['access_token']);
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
    expect(decodeJwt(token)).toMatchObject({ iss: ISSUER, aud: API_RESOURCE, sub: userId, client_id: CONSOLE_CLIENT, organization: farm, kind: 'user', roles: ['analyst'] });
    expect(decodeJwt(token)).not.toHaveProperty('user');
    expect(decodeJwt(String(body['id_token']))).toMatchObject({ iss: ISSUER, aud: CONSOLE_CLIENT, sub: userId, organization: farm, name: '김나루' });
    const me = await identity.as(MembershipServiceClient, token).getMe({});
    expect(me).toMatchObject({ subject: userId, kind: 'user', organizationId: farm, roles: ['analyst'] });
    expect(me.permissions).toContain('auction:lot:read');
    expect(me.permissions).not.toContain('identity:user:register');
  });

  it('asks who belongs to several organizations which one to act for', async () => {
    const { login } = await newUser(farm, market);
    const browser = new Browser(identity);
    const challenge = newChallenge();
    const page = await browser.authorize(challenge);
    const choice = await browser.submit(page, { login, password: PASSWORD });
    const html = await choice.text();
    expect(choice.status).toBe(200);
    expect(html).toContain('가락 청과');
    const memberships = [...html.matchAll(/name="membership" value="([^"]+)"/g)].map((match) => match[1]!);
    expect(memberships).toHaveLength(2);
    const ticket = hiddenField(html, 'ticket');

    const foreign = await browser.submit(page, { ticket, membership: farm });
    expect(foreign.status).toBe(400);
    const forged = await browser.submit(page, { ticket: `${ticket.slice(0, -4)}AAAA`, membership: memberships[0]! });
    expect(forged.status).toBe(401);

    const back = await browser.submitAndReturn(page, { ticket, membership: memberships[0]! });
    const { body } = await exchange(back.searchParams.get('code')!, challenge.verifier);
    expect([farm, market]).toContain(decodeJwt(String(body['access_token']))['organization']);
  });

  it('is not asked for again while the session lasts, and is where the client says so', async () => {
    const { login } = await newUser(farm);
    const browser = new Browser(identity);
    await tokensOf(browser, login);
    expect((await browser.authorize(newChallenge())).searchParams.has('code')).toBe(true);
    expect((await browser.authorize(newChallenge(), { prompt: 'login' })).pathname).toMatch(/^\/oidc\/sign-in\//);
  });

  it('ends with the membership: the session and its tokens renew nothing', async () => {
    const { login, userId } = await newUser(farm);
    const browser = new Browser(identity);
    const { body } = await tokensOf(browser, login);
    await identity.as(MembershipServiceClient, await identity.operatorToken()).endMembership({ organizationId: farm, userId });
    expect((await refresh(body['refresh_token'])).body['error']).toBe('invalid_grant');
    expect((await browser.authorize(newChallenge())).pathname).toMatch(/^\/oidc\/sign-in\//);
  });

  it.each([
    ['an unregistered redirect URI', { redirect_uri: 'http://localhost:5173/callback/' }],
    ['a registered one on another port', { redirect_uri: 'http://localhost:5174/callback' }],
    ['an unknown client', { client_id: 'nobody' }],
  ])('shows %s as an error and sends nobody there', async (_, parameters) => {
    await expect(new Browser(identity).authorize(newChallenge(), parameters)).rejects.toThrow(/400/);
  });

  it.each([
    ['no PKCE', { code_challenge: '', code_challenge_method: '' }],
    ['plain PKCE', { code_challenge_method: 'plain' }],
    ['the implicit flow', { response_type: 'token' }],
  ])('refuses %s', async (_, parameters) => {
    const back = await new Browser(identity).authorize(newChallenge(), parameters);
    expect(back.href).toMatch(/error=(invalid_request|unsupported_response_type)/);
    expect(back.searchParams.has('code')).toBe(false);
  });

  it('returns to the client when it is cancelled', async () => {
    const browser = new Browser(identity);
    const back = await browser.submitAndReturn(await browser.authorize(newChallenge()), { action: 'cancel' });
    expect(back.searchParams.get('error')).toBe('access_denied');
    expect(back.searchParams.get('state')).toBe('of the test');
  });

  it('speaks Korean and English, by header, by parameter and by choice', async () => {
    const browser = new Browser(identity);
    const page = await browser.authorize(newChallenge());
    expect(await (await browser.fetch(page.href)).text()).toContain('<html lang="ko">');
    expect(await (await browser.fetch(`${page.href}?lang=en`)).text()).toContain('<html lang="en">');
    const english = new Browser(identity);
    expect(await (await english.fetch((await english.authorize(newChallenge(), { ui_locales: 'fr en-GB' })).href)).text()).toContain('<html lang="en">');
  });

  it('is served without scripts, foreign addresses and frames', async () => {
    const browser = new Browser(identity);
    const response = await browser.fetch((await browser.authorize(newChallenge(), { login_hint: '"><script>alert(1)</script>' })).href);
    const html = await response.text();
    expect(html).not.toMatch(/<script|https?:\/\//);
    const policy = response.headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("form-action 'self' http://localhost:5173");
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('does not go on without its cookie', async () => {
    const page = await new Browser(identity).authorize(newChallenge());
    expect((await new Browser(identity).submit(page, { login: 'x', password: PASSWORD })).status).toBe(400);
  });
});

describe('limits of sign-in', () => {
  it('stop guessing at an account after five wrong passwords, from any address, also with the right one', async () => {
    const { login } = await newUser(farm);
    const attempt = async (address: string, password: string) => {
      const browser = new Browser(identity, address);
      return browser.submit(await browser.authorize(newChallenge()), { login, password });
    };
    for (let i = 1; i <= 5; i++) expect((await attempt(`198.51.100.${i}`, 'a wrong password')).status).toBe(401);
    const limited = await attempt('198.51.100.6', PASSWORD);
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(800);
  });

  it('stop one address after fifty, over all accounts', async () => {
    const browser = new Browser(identity, '198.51.100.99');
    await identity.database.query(`insert into identity.sign_in_attempts values ('address:198.51.100.99', 49, now() + interval '1 minute')`);
    const page = await browser.authorize(newChallenge());
    expect((await browser.submit(page, { login: 'nobody-1', password: PASSWORD })).status).toBe(401);
    expect((await browser.submit(page, { login: 'nobody-2', password: PASSWORD })).status).toBe(429);
  });

  it('forget what a right password makes good', async () => {
    const { login } = await newUser(farm);
    for (let round = 0; round < 2; round++) {
      const browser = new Browser(identity, '198.51.100.50');
      const page = await browser.authorize(newChallenge());
      for (let i = 0; i < 4; i++) await browser.submit(page, { login, password: 'a wrong password' });
      expect((await browser.submitAndReturn(page, { login, password: PASSWORD })).searchParams.has('code')).toBe(true);
    }
  });
});

describe('codes and refresh tokens', () => {
  it('a code is good once; used twice, what came of it ends', async () => {
    const { login } = await newUser(farm);
    const { code, verifier, body } = await tokensOf(new Browser(identity), login);
    expect((await exchange(code, verifier)).body['error']).toBe('invalid_grant');
    expect((await refresh(body['refresh_token'])).body['error']).toBe('invalid_grant');
  });

  it('a code is nothing without its verifier', async () => {
    const { login } = await newUser(farm);
    const browser = new Browser(identity);
    const back = await browser.submitAndReturn(await browser.authorize(newChallenge()), { login, password: PASSWORD });
    expect((await exchange(back.searchParams.get('code')!, newChallenge().verifier)).body['error']).toBe('invalid_grant');
  });

  it('a refresh token rotates; an old one used again ends the sign-in', async () => {
    const { login } = await newUser(farm);
    const first = (await tokensOf(new Browser(identity), login)).body['refresh_token'];
    const second = await refresh(first);
    expect(second.status).toBe(200);
    expect(second.body['refresh_token']).not.toBe(first);
    expect(decodeJwt(String(second.body['access_token']))).toMatchObject({ organization: farm, kind: 'user' });
    const third = (await refresh(second.body['refresh_token'])).body['refresh_token'];
    expect((await refresh(first)).body['error']).toBe('invalid_grant');
    expect((await refresh(third)).body['error']).toBe('invalid_grant');
  });

  it('are kept as hashes', async () => {
    const { login } = await newUser(farm);
    const { body } = await tokensOf(new Browser(identity), login);
    const rows = await identity.database.query<{ payload: unknown }>(`select payload from identity.oidc`);
    expect(JSON.stringify(rows)).not.toContain(String(body['refresh_token']));
    expect(JSON.stringify(rows)).not.toMatch(/"(jti|cookie)"/);
  });
});
