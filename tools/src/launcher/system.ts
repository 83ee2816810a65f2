import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { auction } from '@naru/auction/auction.module';
import { startGateway } from '@naru/gateway/gateway';
import { gateway } from '@naru/gateway/gateway.module';
import { identity } from '@naru/identity/identity.module';
import type { BusinessClock } from '@naru/kernel/clock';
import { type RevocationFeed, followRevocations } from '@naru/platform/auth/revocation-feed';
import { type FeedWindows, Revocations } from '@naru/platform/auth/revocations';
import { TokenVerifier } from '@naru/platform/auth/verifier';
import type { LogLine, ServiceConfig } from '@naru/platform/config';
import type { Provisioned } from '@naru/platform/provision';
import { type RunningService, type ServiceDefinition, startService } from '@naru/platform/service';
import { warehousing } from '@naru/warehousing/warehousing.module';

/** Every service, in the order in which they start: identity first, because the others ask it for its keys. */
export const SERVICES: readonly ServiceDefinition[] = [identity, warehousing, auction, gateway];
export const SCHEMAS = SERVICES.map((service) => service.name);

export interface SystemOptions {
  /** What the services were given in the database. */
  readonly provisioned: ReadonlyMap<string, Provisioned>;
  /** The gateway's port; 0 takes a free one. */
  readonly port: number;
  readonly businessClock: BusinessClock;
  /** Secret of the platform operator's client. */
  readonly operatorSecret: string;
  /** Key of page tokens. */
  readonly pageTokenKey: string;
  readonly log: (line: LogLine) => void;
  /** Other windows of rule I3 than the usual, in tests; and where the feed of revocations is read, if not at identity itself. */
  readonly revocation?: FeedWindows & { readonly beatMs: number; readonly through?: (identityAddress: string) => Promise<string> };
  readonly config?: Partial<ServiceConfig>;
}

export interface RunningSystem {
  /** `http://localhost:7700` */
  readonly url: string;
  readonly services: ReadonlyMap<string, RunningService>;
  stop(): Promise<void>;
}

/** Connections of each service; seven services fit into PostgreSQL's default with room for two systems. */
const POOL_SIZE = 10;
const FEED_KEY_BYTES = 32;
const FEED_LIMIT_MS = 3000;

/** Starts every service in this process, and the gateway in front. */
export async function startSystem(options: SystemOptions): Promise<RunningSystem> {
  const issuerPort = options.port === 0 ? await freePort() : options.port;
  const url = `http://localhost:${issuerPort}`;
  const issuer = `${url}/oidc`;
  const services = new Map<string, RunningService>();
  // one feed for every service and the gateway: they share a process
  const revocations = new Revocations(options.revocation);
  const feedKey = randomBytes(FEED_KEY_BYTES).toString('base64url');
  let feed: RevocationFeed | undefined;
  const configOf = (name: string, jwksUrl: string): ServiceConfig => ({
    ...options.provisioned.get(name)!,
    poolSize: POOL_SIZE,
    grpcAddress: '127.0.0.1:0',
    issuer,
    jwksUrl,
    pageTokenKey: options.pageTokenKey,
    revocations,
    businessClock: options.businessClock,
    log: options.log,
    extra: { operatorSecret: options.operatorSecret },
    ...options.config,
  });
  try {
    // identity tells where its keys are once it listens; it verifies its own tokens by the address it has chosen before
    const oidcPort = await freePort();
    const jwksUrl = `http://127.0.0.1:${oidcPort}/oidc/jwks`;
    services.set('identity', await startService(identity, { ...configOf('identity', jwksUrl), extra: { operatorSecret: options.operatorSecret, oidcPort, feedKey, revocationBeatMs: options.revocation?.beatMs, keyEnvironment: 'local' } }));
    const identityAddress = services.get('identity')!.address;
    feed = followRevocations({ revocations, address: (await options.revocation?.through?.(identityAddress)) ?? identityAddress, key: feedKey, service: 'launcher', log: options.log });
    await Promise.all(
      SERVICES.filter((service) => service !== identity).map(async (service) => {
        services.set(service.name, await startService(service, configOf(service.name, jwksUrl)));
      }),
    );
    await Promise.race([feed.ready, new Promise((resolve) => setTimeout(resolve, FEED_LIMIT_MS).unref())]); // without it calls are refused, but the system is up
    const verifier = new TokenVerifier({ issuer, jwksUrl });
    const edge = await startGateway({
      host: '127.0.0.1',
      port: issuerPort,
      services: new Map([...services].map(([name, service]) => [name, service.address])),
      verify: (authorization) => verifier.verify(authorization),
      revocations,
      onUnauthenticated: (method, code) => services.get('gateway')!.refusals.record({ method, subject: '', organizationId: '', code }),
      oidcAddress: `http://127.0.0.1:${oidcPort}`,
      issuer,
      log: options.log,
    });
    return {
      url,
      services,
      async stop() {
        await edge.close(3000);
        feed?.close();
        await Promise.all([...services.values()].map((service) => service.stop()));
      },
    };
  } catch (error) {
    feed?.close();
    await Promise.allSettled([...services.values()].map((service) => service.stop()));
    throw error;
  }
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
