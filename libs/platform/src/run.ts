import { type RevocationFeed, followRevocations } from './auth/revocation-feed.js';
import { BEAT_MS, FEED_WINDOWS, Revocations } from './auth/revocations.js';
import { RealBusinessClock } from './clocks.js';
import type { LogLine, ServiceConfig } from './config.js';
import { type RunningService, type ServiceDefinition, startService } from './service.js';
import { startTelemetry } from './telemetry-start.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** A setting is missing or wrong: one line that names it. */
export class ConfigFault extends Error {}

function needed(environment: Environment, name: string): string {
  const value = environment[name];
  if (!value) throw new ConfigFault(`${name} is not set`);
  return value;
}

function urlOf(environment: Environment, name: string, protocols: readonly string[]): string {
  const value = needed(environment, name);
  if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol)) throw new ConfigFault(`${name} is no URL with ${protocols.join(' or ')}`);
  return value;
}

function integerOf(environment: Environment, name: string, fallback: number, least: number, most: number): number {
  const text = environment[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) throw new ConfigFault(`${name} must be an integer from ${least} to ${most}`);
  return value;
}

/**
 * The configuration of a service that runs alone: `DATABASE_URL`, `MIGRATE_URL` (optional), `POOL_SIZE`, `GRPC_ADDRESS`,
 * `ISSUER`, `JWKS_URL`, `PAGE_TOKEN_KEY`, `FEED_KEY`, and where the windows of rule I3 should be others than 5, 45 and 60 s
 * `REVOCATION_BEAT_MS` (identity), `REVOCATION_WRITES_MS`, `REVOCATION_ALL_MS`. identity also takes `OPERATOR_SECRET`, `OIDC_PORT` and
 * `KEY_ENVIRONMENT`, the word in its API keys. Business time is the real time: a scenario clock is refused in production.
 * @throws ConfigFault that names the variable.
 */
export function configFromEnvironment(environment: Environment, log: (line: LogLine) => void): ServiceConfig {
  if (environment['SCENARIO_CLOCK']) throw new ConfigFault('SCENARIO_CLOCK is set: a service that runs alone takes the real time');
  return {
    databaseUrl: urlOf(environment, 'DATABASE_URL', ['postgres:', 'postgresql:']),
    ...(environment['MIGRATE_URL'] ? { migrateUrl: urlOf(environment, 'MIGRATE_URL', ['postgres:', 'postgresql:']) } : {}),
    poolSize: integerOf(environment, 'POOL_SIZE', 10, 2, 200),
    grpcAddress: environment['GRPC_ADDRESS'] ?? '127.0.0.1:0',
    issuer: urlOf(environment, 'ISSUER', ['http:', 'https:']),
    jwksUrl: urlOf(environment, 'JWKS_URL', ['http:', 'https:']),
    pageTokenKey: needed(environment, 'PAGE_TOKEN_KEY'),
    revocations: new Revocations({
      writesMs: integerOf(environment, 'REVOCATION_WRITES_MS', FEED_WINDOWS.writesMs, 100, FEED_WINDOWS.writesMs),
      allMs: integerOf(environment, 'REVOCATION_ALL_MS', FEED_WINDOWS.allMs, 100, FEED_WINDOWS.allMs),
    }),
    businessClock: new RealBusinessClock(),
    log,
    extra: {
      operatorSecret: environment['OPERATOR_SECRET'],
      oidcPort: integerOf(environment, 'OIDC_PORT', 0, 0, 65535),
      feedKey: needed(environment, 'FEED_KEY'),
      revocationBeatMs: integerOf(environment, 'REVOCATION_BEAT_MS', BEAT_MS, 10, BEAT_MS),
      ...(environment['KEY_ENVIRONMENT'] ? { keyEnvironment: environment['KEY_ENVIRONMENT'] } : {}),
    },
  };
}

/**
 * Starts a service with the feed of revocations: identity tells itself; every other service asks at `IDENTITY_ADDRESS`, and does not wait for
 * identity to be there.
 */
async function startWithFeed(definition: ServiceDefinition, environment: Environment, log: (line: LogLine) => void): Promise<{ readonly service: RunningService; stop(): Promise<void> }> {
  const config = configFromEnvironment(environment, log);
  const follow = (address: string): RevocationFeed =>
    followRevocations({ revocations: config.revocations!, address, key: String(config.extra!['feedKey']), service: definition.name, log });
  const isIdentity = definition.name === 'identity';
  let feed = isIdentity ? undefined : follow(needed(environment, 'IDENTITY_ADDRESS'));
  try {
    const service = await startService(definition, config);
    feed ??= follow(service.address);
    return {
      service,
      async stop() {
        feed?.close();
        await service.stop();
      },
    };
  } catch (error) {
    feed?.close();
    throw error;
  }
}

/** Runs one service alone, as in production, until SIGTERM or SIGINT. Logs JSON lines on stdout. */
export async function runService(definition: ServiceDefinition): Promise<void> {
  const log = (line: LogLine): void => void process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), ...line })}\n`);
  try {
    const otlpEndpoint = process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
    const stopTelemetry = await startTelemetry(otlpEndpoint ? { otlpEndpoint } : {});
    const { service, stop } = await startWithFeed(definition, process.env, log);
    log({ level: 'info', service: definition.name, message: 'ready', address: service.address, ...Object.fromEntries(service.published) });
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop().then(stopTelemetry).then(() => process.exit(0)));
  } catch (error) {
    const message = error instanceof ConfigFault ? error.message : `could not start: ${error instanceof Error ? error.message : String(error)}`;
    process.stderr.write(`${definition.name}: ${message}\n`);
    process.exitCode = 1;
  }
}
