import { type CallOptions as GrpcCallOptions, type ChannelCredentials, type Client, type ClientOptions, type ClientUnaryCall, Metadata, type ServiceError, credentials } from '@grpc/grpc-js';
import type { BusinessClock } from '@naru/kernel/clock';
import { RealBusinessClock } from '@naru/platform/clocks';
import type { LogLine, ServiceConfig } from '@naru/platform/config';
import { type RunningService, type ServiceDefinition, startService } from '@naru/platform/service';
import type { TestDatabase } from './test-database.js';
import type { TestIssuer } from './issuer.js';

export interface TestServiceOptions {
  readonly database: TestDatabase;
  readonly issuer: TestIssuer;
  readonly clock?: BusinessClock;
  readonly config?: Partial<ServiceConfig>;
}

/** Starts one service on the test's database and issuer. Warnings and errors of the service are shown. */
export async function startTestService(definition: ServiceDefinition, options: TestServiceOptions): Promise<RunningService> {
  return startService(definition, {
    databaseUrl: options.database.services.get(definition.name)!.databaseUrl,
    poolSize: 6,
    grpcAddress: '127.0.0.1:0',
    issuer: options.issuer.issuer,
    jwksUrl: options.issuer.jwksUrl,
    pageTokenKey: 'key of the test page tokens',
    businessClock: options.clock ?? new RealBusinessClock(),
    log: (line: LogLine) => {
      if (line.level === 'error') console.error(line);
    },
    ...options.config,
  });
}

type ClientClass<C extends Client> = new (address: string, channel: ChannelCredentials, options?: Partial<ClientOptions>) => C;

/** The last overload of a unary method, as ts-proto writes it. */
type UnaryMethod<Request, Response> = (request: Request, metadata: Metadata, options: Partial<GrpcCallOptions>, callback: (error: ServiceError | null, response: Response) => void) => ClientUnaryCall;

/** The unary methods of a ts-proto client as promises. */
export type Promised<C> = {
  readonly [K in keyof C as C[K] extends UnaryMethod<infer _Request, infer _Response> ? K : never]: C[K] extends UnaryMethod<infer Request, infer Response> ? (request: Request) => Promise<Response> : never;
};

export interface CallOptions {
  readonly token?: string;
  /** Key of the next calls; by default a new one for each. */
  readonly idempotencyKey?: string;
}

let counter = 0;

/** A client of a running service that sends a token and, for each call, a fresh Idempotency-Key. */
export function clientOf<C extends Client>(Class: ClientClass<C>, address: string, options: CallOptions = {}): Promised<C> & { close(): void } {
  const client = new Class(address, credentials.createInsecure());
  return new Proxy(client, {
    get(target, property) {
      const method: unknown = Reflect.get(target, property);
      if (typeof method !== 'function') return method;
      if (property === 'close') return () => target.close();
      return (request: unknown) =>
        new Promise((resolve, reject) => {
          const metadata = new Metadata();
          if (options.token) metadata.set('authorization', `Bearer ${options.token}`);
          metadata.set('idempotency-key', options.idempotencyKey ?? `test-${process.pid}-${counter++}`);
          Reflect.apply(method as (...args: unknown[]) => unknown, target, [request, metadata, (error: unknown, response: unknown) => (error ? reject(error as Error) : resolve(response))]);
        });
    },
  }) as unknown as Promised<C> & { close(): void };
}
