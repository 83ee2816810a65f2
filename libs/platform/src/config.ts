import type { BusinessClock } from '@naru/kernel/clock';
import type { Revocations } from './auth/revocations.js';

/** What a service is started with. Nothing reads the environment but `configFromEnvironment`. */
export interface ServiceConfig {
  /** Login role of the service, `<schema>_app`. */
  readonly databaseUrl: string;
  /** Role that may `set role <schema>_owner`; absent where a job migrates beforehand. */
  readonly migrateUrl?: string;
  readonly poolSize: number;
  /** Address the gRPC server binds, such as `127.0.0.1:0`. */
  readonly grpcAddress: string;
  /** `https://…/oidc`: the `iss` of every token. */
  readonly issuer: string;
  /** Where the issuer's public keys are, on the inside. */
  readonly jwksUrl: string;
  /** Key of HMACs over page tokens. */
  readonly pageTokenKey: string;
  /** What is revoked, as identity's feed tells; one for all services of a process. Absent only where a service runs without identity, in tests and benchmarks. */
  readonly revocations?: Revocations;
  readonly businessClock: BusinessClock;
  /** Receives each log line; stdout in production. */
  readonly log: (line: LogLine) => void;
  /** Names the point at which the process kills itself, and at which passage: `relay.published:3`. Tests only. */
  readonly crashAt?: string;
  /** Turns the turnstile off: a transaction per command. For benchmarks. */
  readonly turnstile?: 'on' | 'off';
  /** Anything a single service needs beside. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly service: string;
  readonly message: string;
  readonly [key: string]: unknown;
}
