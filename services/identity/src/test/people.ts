import { expect } from '@jest/globals';
import { MembershipServiceClient } from '@naru/contracts/gen/naru/identity/v1/membership_service';
import { OrganizationKind, OrganizationServiceClient } from '@naru/contracts/gen/naru/identity/v1/organization_service';
import { CONSOLE_CLIENT } from '../oidc/issuer.js';
import { type Browser, newChallenge } from './browser.js';
import { REDIRECT_URI, RunningIdentity } from './running-identity.js';

export const PASSWORD = 'six farms and one ferry';

interface TokenAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** A running identity with two organizations, and people who sign in. */
export class People {
  #users = 0;

  private constructor(
    readonly identity: RunningIdentity,
    readonly farm: string,
    readonly market: string,
  ) {}

  static async start(): Promise<People> {
    const identity = await RunningIdentity.start();
    const organizations = identity.as(OrganizationServiceClient, await identity.operatorToken());
    const register = async (name: string, kind: OrganizationKind): Promise<string> =>
      (await organizations.registerOrganization({ name, kind, registrationNumber: '' })).organization!.organizationId;
    const people = new People(identity, await register('한밭 딸기', OrganizationKind.CONSIGNOR), await register('가락 청과', OrganizationKind.CORPORATION));
    organizations.close();
    return people;
  }

  /** A user with a membership in each of `organizations`. */
  async newUser(...organizations: readonly string[]): Promise<{ readonly login: string; readonly userId: string }> {
    const memberships = this.identity.as(MembershipServiceClient, await this.identity.operatorToken());
    const login = `person${++this.#users}@naru.test`;
    const { userId } = (await memberships.registerUser({ login, name: '김나루', password: PASSWORD })).user!;
    for (const organizationId of organizations) await memberships.grantMembership({ organizationId, userId, roles: ['analyst'] });
    memberships.close();
    return { login, userId };
  }

  /** Signs in and changes the code for tokens. */
  async tokensOf(browser: Browser, login: string): Promise<{ readonly code: string; readonly verifier: string; readonly body: Record<string, unknown> }> {
    const { verifier, challenge } = newChallenge();
    const back = await browser.submitAndReturn(await browser.authorize({ verifier, challenge }), { login, password: PASSWORD });
    const code = back.searchParams.get('code')!;
    const { status, body } = await this.exchange(code, verifier);
    expect(status).toBe(200);
    return { code, verifier, body };
  }

  exchange(code: string, verifier: string): Promise<TokenAnswer> {
    return this.identity.token({ grant_type: 'authorization_code', client_id: CONSOLE_CLIENT, code, code_verifier: verifier, redirect_uri: REDIRECT_URI });
  }

  refresh(refreshToken: unknown): Promise<TokenAnswer> {
    return this.identity.token({ grant_type: 'refresh_token', client_id: CONSOLE_CLIENT, refresh_token: String(refreshToken) });
  }
}
