import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Provider, errors } from 'oidc-provider';
import { Refused } from '@naru/kernel/decision';
import { systemClock } from '@naru/platform/clocks';
import type { AuditLog } from '../audit/audit-log.js';
import type { Account, MembershipStore } from '../membership/membership.store.js';
import type { UserStore } from '../membership/user.store.js';
import type { Passwords } from '../password/passwords.js';
import { signedInAs } from './account.js';
import type { Attempts } from './attempts.js';
import type { Page } from './page.js';
import { messagePage, organizationPage, signInPage } from './sign-in-page.js';
import { type Language, TEXTS, languageOf } from './texts.js';
import { readTicket, writeTicket } from './ticket.js';

const TICKET_MS = 5 * 60_000;
const LARGEST_FORM_BYTES = 16_384;
const LOGIN = /^[a-z0-9._@-]{3,80}$/;

export interface SignInParts {
  readonly provider: Provider;
  readonly users: UserStore;
  readonly memberships: MembershipStore;
  readonly passwords: Passwords;
  readonly attempts: Attempts;
  readonly audit: AuditLog;
  /** The first one seals tickets, all are accepted. */
  readonly ticketKeys: readonly string[];
}

/** One request of a sign-in, with what it is about. */
interface Visit {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly uid: string;
  readonly clientId: string;
  readonly loginHint: string;
  readonly place: { readonly language: Language; readonly path: string; readonly target: string };
}

function send(res: ServerResponse, status: number, page: Page, headers: Readonly<Record<string, string>> = {}): void {
  res.writeHead(status, { ...page.headers, ...headers }).end(page.html);
}

async function readForm(req: IncomingMessage): Promise<URLSearchParams | undefined> {
  if (!/^application\/x-www-form-urlencoded\b/.test(req.headers['content-type'] ?? '')) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_FORM_BYTES) return undefined;
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}

/** The address of the browser: the gateway appends it last, and what stands before may be invented. */
function addressOf(req: IncomingMessage): string {
  const forwarded = req.headers['x-forwarded-for'];
  const last = (Array.isArray(forwarded) ? forwarded.join(',') : (forwarded ?? '')).split(',').at(-1)!.trim();
  return last || (req.socket.remoteAddress ?? '');
}

/** The sign-in page: who are you, and for which organization do you act. */
export class SignIn {
  readonly #parts: SignInParts;

  constructor(parts: SignInParts) {
    this.#parts = parts;
  }

  async handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url!, 'http://listener');
    const wanted = url.searchParams.get('lang');
    const visit = await this.#visit(req, res, url.pathname, wanted ?? undefined);
    if (!visit) {
      const language = languageOf(wanted ?? undefined, req.headers['accept-language']);
      send(res, 400, messagePage(language, TEXTS[language].expiredTitle, TEXTS[language].expired));
    } else if (req.method === 'GET' || req.method === 'HEAD') {
      send(res, 200, signInPage(visit.place, { login: visit.loginHint }));
    } else if (req.method === 'POST') {
      await this.#submit(visit);
    } else {
      res.writeHead(405, { allow: 'GET, HEAD, POST' }).end();
    }
  }

  /** The interaction that the browser's cookie names, when it is one that asks to sign in. */
  async #visit(req: IncomingMessage, res: ServerResponse, path: string, wanted: string | undefined): Promise<Visit | undefined> {
    let details;
    try {
      details = await this.#parts.provider.interactionDetails(req, res);
    } catch (error) {
      if (error instanceof errors.SessionNotFound) return undefined;
      throw error;
    }
    const { uid, prompt, params } = details;
    if (prompt.name !== 'login' || !path.endsWith(`/${uid}`)) return undefined;
    const text = (name: string): string | undefined => (typeof params[name] === 'string' ? params[name] : undefined);
    const language = languageOf(wanted ?? text('ui_locales'), req.headers['accept-language']);
    const place = { language, path, target: new URL(text('redirect_uri')!).origin };
    return { req, res, uid, clientId: text('client_id') ?? '', loginHint: text('login_hint') ?? '', place };
  }

  async #submit(visit: Visit): Promise<void> {
    const { req, res } = visit;
    const form = req.headers['sec-fetch-site'] === 'cross-site' ? undefined : await readForm(req);
    if (!form) {
      const { language } = visit.place;
      send(res, 400, messagePage(language, TEXTS[language].errorTitle, TEXTS[language].error));
      return;
    }
    if (form.get('action') === 'cancel') {
      await this.#parts.provider.interactionFinished(req, res, { error: 'access_denied', error_description: 'the sign-in was cancelled' });
    } else if (form.has('ticket')) {
      await this.#chooseOrganization(visit, form.get('ticket')!, form.get('membership') ?? '');
    } else {
      await this.#checkPassword(visit, (form.get('login') ?? '').trim().toLowerCase(), form.get('password') ?? '');
    }
  }

  async #checkPassword(visit: Visit, login: string, password: string): Promise<void> {
    const { users, passwords, attempts } = this.#parts;
    const texts = TEXTS[visit.place.language];
    // What is no login is nobody's; it is not written down either, for people type passwords into the wrong field.
    const known = LOGIN.test(login) ? login : '';
    const address = addressOf(visit.req);
    const waitSeconds = await attempts.begin(known, address);
    const user = known === '' ? undefined : await users.findCredentials(known);
    const object = user ? `users/${user.userId}` : `logins/${known}`;
    if (waitSeconds !== undefined) {
      await this.#failed(object, 'RATE_LIMITED');
      const problem = texts.limited.replace('{minutes}', String(Math.ceil(waitSeconds / 60)));
      send(visit.res, 429, signInPage(visit.place, { login: known, problem }), { 'retry-after': String(waitSeconds) });
      return;
    }
    if (!(await this.#verified(visit, known, password, user?.passwordHash))) {
      if (visit.res.writableEnded) return;
      await this.#failed(object, 'UNAUTHENTICATED');
      send(visit.res, 401, signInPage(visit.place, { login: known, problem: texts.wrong }));
      return;
    }
    await attempts.succeed(known, address);
    if (passwords.isOutdated(user!.passwordHash)) await users.replaceHash(user!.userId, await passwords.hash(password));
    await this.#admit(visit, user!.userId, object);
  }

  async #verified(visit: Visit, login: string, password: string, stored: string | undefined): Promise<boolean> {
    try {
      return await this.#parts.passwords.verify(password, stored);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      send(visit.res, 429, signInPage(visit.place, { login, problem: TEXTS[visit.place.language].busy }), { 'retry-after': '5' });
      return false;
    }
  }

  /** The password was right: one membership is taken, several are asked for. */
  async #admit(visit: Visit, userId: string, object: string): Promise<void> {
    const accounts = await this.#parts.memberships.accountsOf(userId);
    const [only, ...others] = accounts;
    if (!only) {
      await this.#failed(object, 'PERMISSION_DENIED');
      send(visit.res, 403, signInPage(visit.place, { login: '', problem: TEXTS[visit.place.language].noMembership }));
    } else if (others.length === 0) {
      await this.#finish(visit, only);
    } else {
      const ticket = writeTicket({ uid: visit.uid, userId, expiresAt: systemClock.now() + TICKET_MS }, this.#parts.ticketKeys[0]!);
      send(visit.res, 200, organizationPage(visit.place, { accounts, ticket }));
    }
  }

  async #chooseOrganization(visit: Visit, sealed: string, membershipId: string): Promise<void> {
    const ticket = readTicket(sealed, this.#parts.ticketKeys, visit.uid, systemClock.now());
    if (!ticket) {
      send(visit.res, 401, signInPage(visit.place, { login: '', problem: TEXTS[visit.place.language].expired }));
      return;
    }
    const accounts = await this.#parts.memberships.accountsOf(ticket.userId);
    const chosen = accounts.find((account) => account.membershipId === membershipId);
    if (chosen) await this.#finish(visit, chosen);
    else send(visit.res, 400, organizationPage(visit.place, { accounts, ticket: sealed, problem: TEXTS[visit.place.language].chooseOne }));
  }

  async #finish(visit: Visit, account: Account): Promise<void> {
    // Written first: nobody is signed in whom the log does not know.
    await this.#parts.audit.writeAlone({ action: 'SIGNED_IN', subject: account.userId, organizationId: account.organizationId, object: `clients/${visit.clientId}` });
    await this.#parts.provider.interactionFinished(visit.req, visit.res, signedInAs(account.membershipId));
  }

  #failed(object: string, code: string): Promise<void> {
    return this.#parts.audit.writeAlone({ action: 'SIGN_IN_FAILED', subject: '', organizationId: '', object, code });
  }
}
