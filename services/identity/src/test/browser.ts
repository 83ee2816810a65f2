import { createHash, randomBytes } from 'node:crypto';
import { CONSOLE_CLIENT } from '../oidc/issuer.js';
import { ISSUER, REDIRECT_URI, type RunningIdentity } from './running-identity.js';

export interface Challenge {
  readonly verifier: string;
  readonly challenge: string;
}

/** PKCE, RFC 7636 §4. */
export function newChallenge(): Challenge {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

/** As much of a browser as a sign-in needs: cookies by path, redirects by hand, forms. */
export class Browser {
  readonly #cookies = new Map<string, { readonly value: string; readonly path: string }>();

  constructor(
    private readonly identity: RunningIdentity,
    /** The address that the gateway says the browser has. */
    private readonly address = '203.0.113.7',
  ) {}

  async fetch(url: string, init: RequestInit = {}): Promise<Response> {
    const { pathname } = new URL(url);
    const cookie = [...this.#cookies].filter(([, { path }]) => pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`)).map(([name, { value }]) => `${name}=${value}`);
    const headers = { 'x-forwarded-for': this.address, 'accept-language': 'ko-KR,ko;q=0.9', accept: 'text/html', ...(init.headers as Record<string, string>), ...(cookie.length ? { cookie: cookie.join('; ') } : {}) };
    const response = await this.identity.fetch(url, { ...init, headers });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    return response;
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const [name = '', value = ''] = pair.split(/=(.*)/s);
    const attribute = (wanted: string) => attributes.find((a) => a.toLowerCase().startsWith(`${wanted}=`))?.slice(wanted.length + 1);
    if (value === '' || (attribute('expires') && Date.parse(attribute('expires')!) < Date.now())) this.#cookies.delete(name);
    else this.#cookies.set(name, { value, path: attribute('path') ?? '/' });
  }

  /** Goes to the authorization endpoint and follows to where the issuer leads: the sign-in page, or the client. */
  async authorize(challenge: Challenge, parameters: Readonly<Record<string, string>> = {}): Promise<URL> {
    const url = new URL(`${ISSUER}/auth`);
    const all = { client_id: CONSOLE_CLIENT, response_type: 'code', redirect_uri: REDIRECT_URI, scope: 'openid api', state: 'of the test', code_challenge: challenge.challenge, code_challenge_method: 'S256', ...parameters };
    for (const [name, value] of Object.entries(all)) if (value !== '') url.searchParams.set(name, value);
    return this.#follow(await this.fetch(url.href), url);
  }

  /** Sends the form of the sign-in page. */
  submit(page: URL, fields: Readonly<Record<string, string>>): Promise<Response> {
    return this.fetch(page.href, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ action: 'continue', ...fields }) });
  }

  /** Sends the form and follows to the client; gives the address it was sent to. */
  async submitAndReturn(page: URL, fields: Readonly<Record<string, string>>): Promise<URL> {
    return this.#follow(await this.submit(page, fields), page);
  }

  async #follow(response: Response, from: URL): Promise<URL> {
    const location = response.headers.get('location');
    // A page that sends its form by itself: the library signs the earlier person out this way.
    const html = location === null && response.status === 200 ? await response.clone().text() : '';
    if (html.includes('document.forms[0].submit()')) {
      const action = /action="([^"]+)"/.exec(html)![1]!;
      const body = new URLSearchParams({ xsrf: hiddenField(html, 'xsrf'), logout: hiddenField(html, 'logout') });
      return this.#follow(await this.fetch(action, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body }), new URL(action));
    }
    if (location === null) throw new Error(`${from.pathname} answered ${response.status}: ${await response.text()}`);
    const next = new URL(location, from);
    const onPage = next.pathname.startsWith('/oidc/sign-in/');
    return onPage || next.origin !== new URL(ISSUER).origin ? next : this.#follow(await this.fetch(next.href), next);
  }
}

/** The value of a hidden field. */
export function hiddenField(html: string, name: string): string {
  return new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? '';
}
