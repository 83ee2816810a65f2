import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { MembershipServiceClient } from '@naru/contracts/gen/naru/identity/v1/membership_service';
import { API_RESOURCE } from '@naru/platform/auth/verifier';
import { CONSOLE_CLIENT } from '../oidc/issuer.js';
import { Browser, hiddenField, newChallenge } from './browser.js';
import { PASSWORD, People } from './people.js';
import { ISSUER } from './running-identity.js';

let people: People;

beforeAll(async () => {
  people = await People.start();
}, 60_000);

afterAll(async () => people?.identity.stop());

describe('sign-in', () => {
  it('leads by code and PKCE to a token of the person', async () => {
    const { login, userId } = await people.newUser(people.farm);
    const { body } = await people.tokensOf(new Browser(people.identity), login);
    const token = String(body['access_token']);
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
    expect(decodeJwt(token)).toMatchObject({ iss: ISSUER, aud: API_RESOURCE, sub: userId, client_id: CONSOLE_CLIENT, organization: people.farm, kind: 'user', roles: ['analyst'] });
    expect(decodeJwt(token)).not.toHaveProperty('user');
    expect(decodeJwt(String(body['id_token']))).toMatchObject({ iss: ISSUER, aud: CONSOLE_CLIENT, sub: userId, organization: people.farm, name: '김나루' });
    const me = await people.identity.as(MembershipServiceClient, token).getMe({});
    expect(me).toMatchObject({ subject: userId, kind: 'user', organizationId: people.farm, roles: ['analyst'] });
    expect(me.permissions).toContain('auction:lot:read');
    expect(me.permissions).not.toContain('identity:user:register');
  });

  it('asks who belongs to several organizations which one to act for', async () => {
    const { login } = await people.newUser(people.farm, people.market);
    const browser = new Browser(people.identity);
    const challenge = newChallenge();
    const page = await browser.authorize(challenge);
    const choice = await browser.submit(page, { login, password: PASSWORD });
    const html = await choice.text();
    expect(choice.status).toBe(200);
    expect(html).toContain('가락 청과');
    const memberships = [...html.matchAll(/name="membership" value="([^"]+)"/g)].map((match) => match[1]!);
    expect(memberships).toHaveLength(2);
    const ticket = hiddenField(html, 'ticket');

    const foreign = await browser.submit(page, { ticket, membership: people.farm });
    expect(foreign.status).toBe(400);
    const forged = await browser.submit(page, { ticket: `${ticket.slice(0, -4)}AAAA`, membership: memberships[0]! });
    expect(forged.status).toBe(401);

    const back = await browser.submitAndReturn(page, { ticket, membership: memberships[0]! });
    const { body } = await people.exchange(back.searchParams.get('code')!, challenge.verifier);
    expect([people.farm, people.market]).toContain(decodeJwt(String(body['access_token']))['organization']);
  });

  it('is not asked for again while the session lasts, and is where the client says so', async () => {
    const { login } = await people.newUser(people.farm);
    const browser = new Browser(people.identity);
    await people.tokensOf(browser, login);
    expect((await browser.authorize(newChallenge())).searchParams.has('code')).toBe(true);
    expect((await browser.authorize(newChallenge(), { prompt: 'login' })).pathname).toMatch(/^\/oidc\/sign-in\//);
  });

  it('as somebody else takes the place of the earlier one, and ends what that one held', async () => {
    const [first, second] = [await people.newUser(people.farm), await people.newUser(people.market)];
    const browser = new Browser(people.identity);
    const { body } = await people.tokensOf(browser, first.login);
    const challenge = newChallenge();
    const page = await browser.authorize(challenge, { prompt: 'login' });
    const back = await browser.submitAndReturn(page, { login: second.login, password: PASSWORD });
    const changed = await people.exchange(back.searchParams.get('code')!, challenge.verifier);
    expect(decodeJwt(String(changed.body['access_token']))).toMatchObject({ sub: second.userId, organization: people.market });
    expect((await people.refresh(body['refresh_token'])).body['error']).toBe('invalid_grant');
  });

  it('ends by signing out, after a question', async () => {
    const { login } = await people.newUser(people.farm);
    const browser = new Browser(people.identity);
    const { body } = await people.tokensOf(browser, login);
    const asked = await browser.fetch(`${ISSUER}/session/end?client_id=${CONSOLE_CLIENT}&post_logout_redirect_uri=${encodeURIComponent('http://localhost:5173/')}`);
    const html = await asked.text();
    expect(html).toContain('로그아웃하시겠습니까?');
    expect(html).not.toMatch(/<script|fonts\./);
    const done = await browser.fetch(`${ISSUER}/session/end/confirm`, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ xsrf: hiddenField(html, 'xsrf'), logout: 'yes' }) });
    expect(done.headers.get('location')).toBe('http://localhost:5173/');
    expect((await people.refresh(body['refresh_token'])).body['error']).toBe('invalid_grant');
    expect((await browser.authorize(newChallenge())).pathname).toMatch(/^\/oidc\/sign-in\//);
  });

  it('of the person that an ID token names needs no second one', async () => {
    const { login } = await people.newUser(people.farm);
    const browser = new Browser(people.identity);
    const { body } = await people.tokensOf(browser, login);
    expect((await browser.authorize(newChallenge(), { prompt: 'none', id_token_hint: String(body['id_token']) })).searchParams.has('code')).toBe(true);
    const other = (await people.tokensOf(new Browser(people.identity), (await people.newUser(people.farm)).login)).body['id_token'];
    expect((await browser.authorize(newChallenge(), { prompt: 'none', id_token_hint: String(other) })).searchParams.get('error')).toBe('login_required');
  });

  it('ends with the membership: the session and its tokens renew nothing', async () => {
    const { login, userId } = await people.newUser(people.farm);
    const browser = new Browser(people.identity);
    const { body } = await people.tokensOf(browser, login);
    await people.identity.as(MembershipServiceClient, await people.identity.operatorToken()).endMembership({ organizationId: people.farm, userId });
    expect((await people.refresh(body['refresh_token'])).body['error']).toBe('invalid_grant');
    expect((await browser.authorize(newChallenge())).pathname).toMatch(/^\/oidc\/sign-in\//);
  });

  it.each([
    ['an unregistered redirect URI', { redirect_uri: 'http://localhost:5173/callback/' }],
    ['a registered one on another port', { redirect_uri: 'http://localhost:5174/callback' }],
    ['an unknown client', { client_id: 'nobody' }],
  ])('shows %s as an error and sends nobody there', async (_, parameters) => {
    await expect(new Browser(people.identity).authorize(newChallenge(), parameters)).rejects.toThrow(/400/);
  });

  it.each([
    ['no PKCE', { code_challenge: '', code_challenge_method: '' }],
    ['plain PKCE', { code_challenge_method: 'plain' }],
    ['the implicit flow', { response_type: 'token' }],
  ])('refuses %s', async (_, parameters) => {
    const back = await new Browser(people.identity).authorize(newChallenge(), parameters);
    expect(back.href).toMatch(/error=(invalid_request|unsupported_response_type)/);
    expect(back.searchParams.has('code')).toBe(false);
  });

  it('returns to the client when it is cancelled', async () => {
    const browser = new Browser(people.identity);
    const back = await browser.submitAndReturn(await browser.authorize(newChallenge()), { action: 'cancel' });
    expect(back.searchParams.get('error')).toBe('access_denied');
    expect(back.searchParams.get('state')).toBe('of the test');
  });

  it('speaks Korean and English, by header, by parameter and by choice', async () => {
    const browser = new Browser(people.identity);
    const page = await browser.authorize(newChallenge());
    expect(await (await browser.fetch(page.href)).text()).toContain('<html lang="ko">');
    expect(await (await browser.fetch(`${page.href}?lang=en`)).text()).toContain('<html lang="en">');
    const english = new Browser(people.identity);
    expect(await (await english.fetch((await english.authorize(newChallenge(), { ui_locales: 'fr en-GB' })).href)).text()).toContain('<html lang="en">');
  });

  it('is served without scripts, foreign addresses and frames', async () => {
    const browser = new Browser(people.identity);
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
    const page = await new Browser(people.identity).authorize(newChallenge());
    expect((await new Browser(people.identity).submit(page, { login: 'x', password: PASSWORD })).status).toBe(400);
  });
});
