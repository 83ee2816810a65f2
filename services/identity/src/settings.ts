import { BEAT_MS } from '@naru/platform/auth/revocations';
import type { ServiceConfig } from '@naru/platform/config';

/** What identity needs beside the configuration of every service; `config.extra`. */
export interface IdentitySettings {
  /** Where the listener of the issuer binds. */
  readonly oidcHost: string;
  /** 0 for a free port. */
  readonly oidcPort: number;
  /** Secret of the client `naru-operator`. */
  readonly operatorSecret: string;
  /** Secret of the client `naru-service`; that client is not made without it. */
  readonly serviceSecret: string | undefined;
  /** Exact redirect URIs of the console's sign-in. */
  readonly consoleRedirectUris: readonly string[];
  /** What the readers of the feed of revocations name; without one there is no feed. */
  readonly feedKey: string | undefined;
  /** How often the feed says that it is there. */
  readonly revocationBeatMs: number;
  /** The word in API keys that tells this system from another: `naru_<word>_…`. */
  readonly keyEnvironment: string;
}

const SHORTEST_SECRET = 16;

function text(extra: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = extra[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value === '') throw new RangeError(`identity: ${name} must be a text that is not empty`);
  return value;
}

function secret(extra: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = text(extra, name);
  if (value !== undefined && value.length < SHORTEST_SECRET) throw new RangeError(`identity: ${name} must have at least ${SHORTEST_SECRET} characters`);
  return value;
}

function redirectUris(value: unknown, issuer: string): readonly string[] {
  if (value === undefined) return [new URL('/callback', issuer).href];
  const isUri = (uri: unknown): uri is string => typeof uri === 'string' && URL.canParse(uri);
  if (!Array.isArray(value) || !value.every(isUri)) throw new RangeError('identity: consoleRedirectUris must be a list of URIs');
  return value;
}

function beatMs(value: unknown): number {
  if (value === undefined) return BEAT_MS;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 10 || value > BEAT_MS) throw new RangeError(`identity: revocationBeatMs must be an integer from 10 to ${BEAT_MS}`);
  return value;
}

function keyEnvironment(value = 'live'): string {
  if (!/^[a-z]{2,10}$/.test(value)) throw new RangeError('identity: keyEnvironment must be 2 to 10 lower-case letters');
  return value;
}

/** The settings in `config.extra`. Throws a RangeError that names the wrong one. */
export function settingsOf(config: Pick<ServiceConfig, 'extra' | 'issuer'>): IdentitySettings {
  const extra = config.extra ?? {};
  const port = extra['oidcPort'] ?? 0;
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 0 || port > 65_535)
    throw new RangeError('identity: oidcPort must be a port, or 0 for a free one');
  const operatorSecret = secret(extra, 'operatorSecret');
  if (operatorSecret === undefined) throw new RangeError('identity: operatorSecret is missing');
  return {
    oidcHost: text(extra, 'oidcHost') ?? '127.0.0.1',
    oidcPort: port,
    operatorSecret,
    serviceSecret: secret(extra, 'serviceSecret'),
    consoleRedirectUris: redirectUris(extra['consoleRedirectUris'], config.issuer),
    feedKey: secret(extra, 'feedKey'),
    revocationBeatMs: beatMs(extra['revocationBeatMs']),
    keyEnvironment: keyEnvironment(text(extra, 'keyEnvironment')),
  };
}
