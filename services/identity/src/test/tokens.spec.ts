import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { Browser, newChallenge } from './browser.js';
import { PASSWORD, People } from './people.js';

let people: People;

beforeAll(async () => {
  people = await People.start();
}, 60_000);

afterAll(async () => people?.identity.stop());

describe('limits of sign-in', () => {
  it('stop guessing at an account after five wrong passwords, from any address, also with the right one', async () => {
    const { login } = await people.newUser(people.farm);
    const attempt = async (address: string, password: string) => {
      const browser = new Browser(people.identity, address);
      return browser.submit(await browser.authorize(newChallenge()), { login, password });
    };
    for (let i = 1; i <= 5; i++) expect((await attempt(`198.51.100.${i}`, 'a wrong password')).status).toBe(401);
    const limited = await attempt('198.51.100.6', PASSWORD);
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(800);
  });

  it('stop one address after fifty, over all accounts', async () => {
    const browser = new Browser(people.identity, '198.51.100.99');
    await people.identity.database.query(`insert into identity.sign_in_attempts values ('address:198.51.100.99', 49, now() + interval '1 minute')`);
    const page = await browser.authorize(newChallenge());
    expect((await browser.submit(page, { login: 'nobody-1', password: PASSWORD })).status).toBe(401);
    expect((await browser.submit(page, { login: 'nobody-2', password: PASSWORD })).status).toBe(429);
  });

  it('forget what a right password makes good', async () => {
    const { login } = await people.newUser(people.farm);
    for (let round = 0; round < 2; round++) {
      const browser = new Browser(people.identity, '198.51.100.50');
      const page = await browser.authorize(newChallenge());
      for (let i = 0; i < 4; i++) await browser.submit(page, { login, password: 'a wrong password' });
      expect((await browser.submitAndReturn(page, { login, password: PASSWORD })).searchParams.has('code')).toBe(true);
    }
  });
});

describe('codes and refresh tokens', () => {
  it('a code is good once; used twice, what came of it ends', async () => {
    const { login } = await people.newUser(people.farm);
    const { code, verifier, body } = await people.tokensOf(new Browser(people.identity), login);
    expect((await people.exchange(code, verifier)).body['error']).toBe('invalid_grant');
    expect((await people.refresh(body['refresh_token'])).body['error']).toBe('invalid_grant');
  });

  it('a code is nothing without its verifier', async () => {
    const { login } = await people.newUser(people.farm);
    const browser = new Browser(people.identity);
    const back = await browser.submitAndReturn(await browser.authorize(newChallenge()), { login, password: PASSWORD });
    expect((await people.exchange(back.searchParams.get('code')!, newChallenge().verifier)).body['error']).toBe('invalid_grant');
  });

  it('a refresh token rotates; an old one used again ends the sign-in', async () => {
    const { login } = await people.newUser(people.farm);
    const first = (await people.tokensOf(new Browser(people.identity), login)).body['refresh_token'];
    const second = await people.refresh(first);
    expect(second.status).toBe(200);
    expect(second.body['refresh_token']).not.toBe(first);
    expect(decodeJwt(String(second.body['access_token']))).toMatchObject({ organization: people.farm, kind: 'user' });
    const third = (await people.refresh(second.body['refresh_token'])).body['refresh_token'];
    expect((await people.refresh(first)).body['error']).toBe('invalid_grant');
    expect((await people.refresh(third)).body['error']).toBe('invalid_grant');
  });

  it('are kept as hashes', async () => {
    const { login } = await people.newUser(people.farm);
    const { body } = await people.tokensOf(new Browser(people.identity), login);
    const rows = await people.identity.database.query<{ payload: unknown }>(`select payload from identity.oidc`);
    expect(JSON.stringify(rows)).not.toContain(String(body['refresh_token']));
    expect(JSON.stringify(rows)).not.toMatch(/"(jti|cookie)"/);
  });
});

describe('the audit log of the issuer', () => {
  it('knows who signed in and out, who failed and why, and to whom tokens went', async () => {
    const { login, userId } = await people.newUser(people.farm);
    const browser = new Browser(people.identity);
    const page = await browser.authorize(newChallenge());
    await browser.submit(page, { login, password: 'a wrong password' });
    await browser.submit(page, { login: 'My Secret Password!', password: 'x' });
    await people.tokensOf(browser, login);
    const entries = await people.identity.database.query(`select action, subject, organization_id, object, code from identity.audit_entries where action in ('SIGNED_IN', 'SIGN_IN_FAILED', 'TOKEN_GRANTED') order by entry_id desc limit 4`);
    expect(entries).toEqual([
      { action: 'TOKEN_GRANTED', subject: userId, organization_id: people.farm, object: 'clients/naru-console', code: '' },
      { action: 'SIGNED_IN', subject: userId, organization_id: people.farm, object: 'clients/naru-console', code: '' },
      { action: 'SIGN_IN_FAILED', subject: '', organization_id: '', object: 'logins/', code: 'UNAUTHENTICATED' },
      { action: 'SIGN_IN_FAILED', subject: '', organization_id: '', object: `users/${userId}`, code: 'UNAUTHENTICATED' },
    ].map((entry) => expect.objectContaining(entry)));
  });
});
