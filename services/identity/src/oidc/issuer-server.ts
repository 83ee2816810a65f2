import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Injectable } from '@nestjs/common';
import { BusinessTime } from '@naru/platform/business-time';
import { Database } from '@naru/platform/database';
import { Ids } from '@naru/platform/ids';
import { Outbox } from '@naru/platform/outbox';
import { ServiceContext } from '@naru/platform/service-context';
import { AuditLog } from '../audit/audit-log.js';
import { bootstrap } from '../bootstrap.js';
import { ClientStore } from '../client/client.store.js';
import { MembershipStore } from '../membership/membership.store.js';
import { UserStore } from '../membership/user.store.js';
import { OrganizationStore } from '../organization/organization.store.js';
import { RevocationStore } from '../revocation/revocation.store.js';
import { Passwords } from '../password/passwords.js';
import { settingsOf } from '../settings.js';
import { deleteExpired } from './adapter.js';
import { Attempts } from './attempts.js';
import { createIssuer } from './issuer.js';
import { issuerKeys } from './keys.js';
import { SignIn } from './sign-in.js';

const CLEAN_EVERY_MS = 60_000;
/** Longer than the gateway's pool keeps an idle connection (10 s), so that it is never closed under a request. */
const KEEP_IDLE_MS = 30_000;
/** Node counts the headers of a second request from the end of the first. */
const HEADERS_MS = KEEP_IDLE_MS + 5000;

type Handler = (req: IncomingMessage & { originalUrl?: string }, res: ServerResponse) => unknown;

/** Sends what lies under the issuer's path on, as if the caller had come to the issuer's own address. */
export function issuerListener(issuer: string, handlers: { readonly signIn: Handler; readonly provider: Handler; readonly onError: (error: unknown) => void }): Handler {
  const { pathname: prefix, host, protocol } = new URL(issuer);
  return (req, res) => {
    const url = req.url ?? '';
    if (!url.startsWith(`${prefix}/`)) {
      res.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not_found"}');
      return;
    }
    // Every address in an answer is the issuer's public one, whatever Host a caller invents.
    req.headers['x-forwarded-host'] = host;
    req.headers['x-forwarded-proto'] = protocol.slice(0, -1);
    if (url.startsWith(`${prefix}/sign-in/`)) {
      Promise.resolve(handlers.signIn(req, res)).catch((error: unknown) => {
        handlers.onError(error);
        if (!res.headersSent) res.writeHead(500, { 'content-type': 'text/plain' });
        res.end();
      });
      return;
    }
    req.originalUrl = url;
    req.url = url.slice(prefix.length);
    void handlers.provider(req, res);
  };
}

/** The issuer's own HTTP listener, on the inside; the gateway passes `/oidc` on to it. */
@Injectable()
export class IssuerServer {
  #server: Server | undefined;
  #cleaning: NodeJS.Timeout | undefined;

  constructor(
    private readonly context: ServiceContext,
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly ids: Ids,
    private readonly time: BusinessTime,
    private readonly audit: AuditLog,
    private readonly revocations: RevocationStore,
    private readonly organizations: OrganizationStore,
    private readonly clients: ClientStore,
    private readonly users: UserStore,
    private readonly memberships: MembershipStore,
    private readonly passwords: Passwords,
    private readonly attempts: Attempts,
  ) {
    context.onStart(() => this.#start());
    context.onStop(() => this.#stop());
  }

  async #start(): Promise<void> {
    const { context, database, audit, clients, memberships, organizations, outbox, ids } = this;
    const { issuer } = context.config;
    const settings = settingsOf(context.config);
    await database.transaction((tx) => bootstrap(tx, { organizations, clients, audit, revocations: this.revocations, outbox, ids }, { ...settings, now: this.time.now() }));

    const onError = (error: unknown): void => context.log('error', 'the issuer failed', { error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    const keys = await issuerKeys(database, ids);
    const provider = createIssuer({ issuer, keys, database, clients, memberships, audit, consoleRedirectUris: settings.consoleRedirectUris, onError });
    const signIn = new SignIn({ provider, users: this.users, memberships, passwords: this.passwords, attempts: this.attempts, audit, ticketKeys: keys.cookieKeys });
    const server = createServer({ keepAliveTimeout: KEEP_IDLE_MS, headersTimeout: HEADERS_MS }, issuerListener(issuer, { signIn: (req, res) => signIn.handle(req, res), provider: provider.callback(), onError }));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(settings.oidcPort, settings.oidcHost, resolve);
    });
    context.publish('oidcAddress', `http://${settings.oidcHost}:${(server.address() as AddressInfo).port}`);
    this.#cleaning = setInterval(() => void this.#clean(), CLEAN_EVERY_MS).unref();
  }

  async #clean(): Promise<void> {
    try {
      await deleteExpired(this.database);
      await this.attempts.deleteEnded();
      await this.revocations.deleteOver();
    } catch (error) {
      this.context.log('warn', 'expired rows could not be deleted', { error: String(error) });
    }
  }

  async #stop(): Promise<void> {
    clearInterval(this.#cleaning);
    const server = this.#server;
    if (!server) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections();
      setTimeout(() => server.closeAllConnections(), 2000).unref();
    });
  }
}
