import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, send } from '@naru/tools/api/client';
import { Accounts, readAccounts } from '@naru/tools/scenarios/driver/accounts';
import { play } from '@naru/tools/scenarios/driver/play';
import { type Action, PLATFORM } from '@naru/tools/scenarios/market-day/actions';
import { livePlan } from './live-day.js';
import { type TestSystem, startTestSystem } from './test-system.js';

/** The person whom `npm start` and `naru accounts` name, at the page of the gateway, as a browser goes there. */

const LOGIN = 'market.operator';
const CLIENT = 'naru-console';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
/** As much of the day as makes the person, and lots to see. */
const NEEDED: ReadonlySet<Action['kind']> = new Set(['register-organization', 'register-client', 'register-user', 'create-market', 'register-consignments']);

let folder: string;
let system: TestSystem;
let password: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'naru-sign-in-'));
  const day = livePlan();
  const plan = { ...day, actions: day.actions.filter(({ kind }) => NEEDED.has(kind)), bids: [] };
  system = await startTestSystem({ startsAt: plan.actions[0]!.at });
  const accounts = new Accounts(join(folder, 'accounts.json'), system.url, [PLATFORM, system.operatorCredentials]);
  await play({ plan, accounts, clock: system.clock, speed: Infinity, settle: () => system.settle(), signal: new AbortController().signal });
  password = readAccounts(join(folder, 'accounts.json')).users[LOGIN]!.password;
}, 300_000);

afterAll(async () => {
  await system?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A browser keeps the cookies of the page's path and goes where it is led. */
class Visit {
  readonly #cookies = new Map<string, string>();

  async go(method: string, url: URL, fields?: Readonly<Record<string, string>>): Promise<Answer> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await send(method, url.href, { accept: 'text/html', ...(cookie ? { cookie } : {}), ...(fields ? FORM : {}) }, fields && new URLSearchParams(fields).toString());
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      if (value) this.#cookies.set(name!, value);
      else this.#cookies.delete(name!);
    }
    return answer;
  }

  /** Where the redirects of `answer` lead: the first address that is no redirect, or not the issuer's. */
  async led(answer: Answer, from: URL): Promise<URL> {
    const { location } = answer.headers;
    if (location === undefined) return from;
    const next = new URL(location, from);
    return next.pathname.startsWith('/oidc/') ? this.led(await this.go('GET', next), next) : next;
  }
}

describe('the demonstration’s user', () => {
  it('signs in at the page with code and PKCE, and sees the lots of the market', async () => {
    const at = (path: string): URL => new URL(path, system.url);
    const { authorization_endpoint: authorization, token_endpoint: token, issuer } = (await send('GET', at('/oidc/.well-known/openid-configuration').href, {})).body as Record<string, string>;
    expect(issuer).toBe(at('/oidc').href);
    const [verifier, redirect] = [randomBytes(32).toString('base64url'), at('/callback').href];
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const request = new URL(authorization!);
    request.search = new URLSearchParams({ client_id: CLIENT, response_type: 'code', redirect_uri: redirect, scope: 'openid api', state: 'mine', code_challenge: challenge, code_challenge_method: 'S256' }).toString();

    const visit = new Visit();
    const page = await visit.led(await visit.go('GET', request), request);
    expect(page.pathname).toMatch(/^\/oidc\/sign-in\//);
    expect((await visit.go('GET', page)).body).toContain('name="password"');
    const wrong = await visit.go('POST', page, { action: 'continue', login: LOGIN, password: `not ${password}` });
    expect([wrong.status, wrong.headers.location]).toEqual([401, undefined]);

    const back = await visit.led(await visit.go('POST', page, { action: 'continue', login: LOGIN, password }), page);
    expect([back.origin + back.pathname, back.searchParams.get('state'), back.searchParams.get('iss')]).toEqual([redirect, 'mine', issuer]);
    const grant = { grant_type: 'authorization_code', client_id: CLIENT, code: back.searchParams.get('code')!, code_verifier: verifier, redirect_uri: redirect };
    const answer = await send('POST', token!, FORM, new URLSearchParams(grant).toString());
    expect(answer.status).toBe(200);

    const authorized = { authorization: `Bearer ${(answer.body as { access_token: string }).access_token}` };
    const lots = await send('GET', at('/v1/lots?pageSize=500').href, authorized);
    expect(lots.status).toBe(200);
    expect((lots.body as { lots: unknown[] }).lots).toHaveLength(139);
    expect((await send('GET', at('/v1/me').href, authorized)).body).toMatchObject({ kind: 'user', roles: ['market-operator'] });
  });
});
