import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MembershipServiceClient } from '@naru/contracts/gen/naru/identity/v1/membership_service';
import { codeOf as refusedWith, refusalOf } from '@naru/testing/refusals';
import { Browser } from './browser.js';
import { People } from './people.js';

/** The feed reads every 200 ms here. */
const LIMIT_MS = 5000;

let people: People;

beforeAll(async () => {
  people = await People.start();
}, 60_000);

afterAll(async () => people?.identity.stop());

async function codeOf(token: string): Promise<string> {
  const memberships = people.identity.as(MembershipServiceClient, token);
  try {
    await memberships.getMe({});
    return 'OK';
  } catch (error) {
    return refusedWith(error);
  } finally {
    memberships.close();
  }
}

async function until(code: string, token: string): Promise<void> {
  for (const end = Date.now() + LIMIT_MS; (await codeOf(token)) !== code; await new Promise((resolve) => setTimeout(resolve, 50))) if (Date.now() > end) throw new Error(`${code} does not come`);
}

async function signIn(login: string): Promise<{ readonly access: string; readonly refresh: unknown }> {
  const { body } = await people.tokensOf(new Browser(people.identity), login);
  return { access: String(body['access_token']), refresh: body['refresh_token'] };
}

async function asOperator<T>(ask: (memberships: ReturnType<typeof people.identity.as<MembershipServiceClient>>) => Promise<T>): Promise<T> {
  const memberships = people.identity.as(MembershipServiceClient, await people.identity.operatorToken());
  try {
    return await ask(memberships);
  } finally {
    memberships.close();
  }
}

describe('rule I3: a revoked credential stops working', () => {
  it('a user: the token, its refresh, and any later sign-in; nobody else', async () => {
    const { login, userId } = await people.newUser(people.farm);
    const other = await signIn((await people.newUser(people.farm)).login);
    const { access, refresh } = await signIn(login);
    expect(await codeOf(access)).toBe('OK');
    const disabled = await asOperator((memberships) => memberships.disableUser({ userId }));
    expect(disabled.user).toMatchObject({ userId, login, disabledAt: expect.any(Date) });
    await until('CREDENTIAL_REVOKED', access);
    expect((await people.refresh(refresh)).body['error']).toBe('invalid_grant');
    await expect(signIn(login)).rejects.toThrow();
    expect(await codeOf(other.access)).toBe('OK');
    expect(await people.identity.published(userId)).toContain('naru.identity.v1.CredentialRevoked');
    const again = await asOperator((memberships) => memberships.disableUser({ userId }));
    expect(again.user).toEqual(disabled.user);
  }, 30_000);

  it('a membership; one that is granted again holds from its first token', async () => {
    const { login, userId } = await people.newUser(people.farm);
    const { access, refresh } = await signIn(login);
    await asOperator((memberships) => memberships.endMembership({ organizationId: people.farm, userId }));
    await until('CREDENTIAL_REVOKED', access);
    expect((await people.refresh(refresh)).body['error']).toBe('invalid_grant');
    await asOperator((memberships) => memberships.grantMembership({ organizationId: people.farm, userId, roles: ['analyst'] }));
    const later = await signIn(login);
    expect(await codeOf(later.access)).toBe('OK');
    expect(await codeOf(access)).toBe('CREDENTIAL_REVOKED');
  }, 30_000);

  it('for an unknown user there is nothing to end', async () => {
    expect(await asOperator((memberships) => refusalOf(memberships.disableUser({ userId: crypto.randomUUID() })))).toBe('NOT_FOUND');
  });
});
