import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Client } from '@grpc/grpc-js';
import { type RevocationFeed, followRevocations } from '@naru/platform/auth/revocation-feed';
import { Revocations } from '@naru/platform/auth/revocations';
import type { ServiceConfig } from '@naru/platform/config';
import { type RunningService, startService } from '@naru/platform/service';
import { RealBusinessClock } from '@naru/platform/clocks';
import { type TestDatabase, createTestDatabase } from '@naru/testing/test-database';
import { type Promised, clientOf } from '@naru/testing/test-service';
import { OPERATOR_CLIENT } from '../bootstrap.js';
import { identity } from '../identity.module.js';

export const ISSUER = 'http://naru.test:7700/oidc';
export const OPERATOR_SECRET = 'secret of the tests operator';
export const SERVICE_SECRET = 'secret of the tests services';
const FEED_KEY = 'key of the feed in tests';
export const REDIRECT_URI = 'http://localhost:5173/callback';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** identity alone on a database of its own: its issuer on loopback, its calls by gRPC. */
export class RunningIdentity {
  private constructor(
    readonly database: TestDatabase,
    readonly service: RunningService,
    /** Where the issuer listens, on the inside. */
    readonly oidcAddress: string,
    private readonly feed: RevocationFeed,
  ) {}

  static async start(): Promise<RunningIdentity> {
    const database = await createTestDatabase();
    const port = await freePort();
    const revocations = new Revocations();
    const config: ServiceConfig = {
      databaseUrl: database.services.get('identity')!.databaseUrl,
      poolSize: 6,
      grpcAddress: '127.0.0.1:0',
      issuer: ISSUER,
      jwksUrl: `http://127.0.0.1:${port}/oidc/jwks`,
      pageTokenKey: 'key of the test page tokens',
      revocations,
      businessClock: new RealBusinessClock(),
      log: (line) => {
        if (line.level === 'error') console.error(line);
      },
      extra: { oidcPort: port, operatorSecret: OPERATOR_SECRET, serviceSecret: SERVICE_SECRET, consoleRedirectUris: [REDIRECT_URI], feedKey: FEED_KEY, revocationBeatMs: 400 },
    };
    const service = await startService(identity, config);
    const feed = followRevocations({ revocations, address: service.address, key: FEED_KEY, service: 'identity', log: config.log });
    await feed.ready;
    return new RunningIdentity(database, service, service.published.get('oidcAddress')!, feed);
  }

  async stop(): Promise<void> {
    this.feed.close();
    await this.service.stop();
    await this.database.drop();
  }

  /** A request to the issuer by its public address, as the gateway passes it on. */
  fetch(url: string, init: RequestInit = {}): Promise<Response> {
    const inside = url.replace(new URL(ISSUER).origin, this.oidcAddress);
    return fetch(inside, { redirect: 'manual', ...init });
  }

  /** The answer of the token endpoint. */
  async token(parameters: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
    const response = await this.fetch(`${ISSUER}/token`, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers }, body: new URLSearchParams(parameters) });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  /** An access token of a client. */
  async tokenOf(clientId: string, clientSecret: string): Promise<string> {
    const { status, body } = await this.token({ grant_type: 'client_credentials' }, { authorization: basic(clientId, clientSecret) });
    if (status !== 200) throw new Error(`no token for ${clientId}: ${JSON.stringify(body)}`);
    return String(body['access_token']);
  }

  /** The types of the events on the bus under a key, in order. */
  async published(key: string): Promise<string[]> {
    return (await this.database.query<{ type: string }>(`select type from bus.identity_log where key = $1 order by position`, [key])).map((row) => row.type);
  }

  operatorToken(): Promise<string> {
    return this.tokenOf(OPERATOR_CLIENT, OPERATOR_SECRET);
  }

  /** The operations of one of identity's services, as the bearer of `token`. */
  as<C extends Client>(Class: Parameters<typeof clientOf<C>>[0], token: string): Promised<C> & { close(): void } {
    return clientOf(Class, this.service.address, { token });
  }
}

export function basic(clientId: string, secret: string): string {
  return `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`).toString('base64')}`;
}
