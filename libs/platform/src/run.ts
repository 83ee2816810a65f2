import type { BusinessClock } from '@naru/kernel/clock';
import { RealBusinessClock, ScenarioClock } from './clocks.js';
import type { KafkaSettings, LogLine, ServiceConfig } from './config.js';
import { openScenarioPort } from './scenario-port.js';
import { type RunningService, type ServiceDefinition, startService } from './service.js';
import { startTelemetry } from './telemetry-start.js';

export type Environment = Readonly<Record<string, string | undefined>>;

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

function clockFrom(environment: Environment): BusinessClock {
  const start = environment['SCENARIO_CLOCK'];
  if (!start) return new RealBusinessClock();
  if (environment['NODE_ENV'] === 'production') throw new ConfigFault('SCENARIO_CLOCK is set: production takes the real time');
  const instant = Date.parse(start);
  if (Number.isNaN(instant)) throw new ConfigFault('SCENARIO_CLOCK is no instant, such as 2022-06-22T17:00:00Z');
  return new ScenarioClock(instant);
}

const BROKER = /^[A-Za-z0-9._-]+:\d{1,5}$/;
const PREFIX = /^[A-Za-z0-9._-]{0,100}$/;

/**
 * The bus by `BUS` (`embedded`, the default, or `kafka`), `KAFKA_BROKERS` (`host:port`, by commas) and `KAFKA_TOPIC_PREFIX`; undefined for
 * the embedded one.
 * @throws ConfigFault that names the variable.
 */
export function kafkaFromEnvironment(environment: Environment): KafkaSettings | undefined {
  const bus = environment['BUS'] ?? 'embedded';
  if (bus === 'embedded' || bus === '') return undefined;
  if (bus !== 'kafka') throw new ConfigFault('BUS must be embedded or kafka');
  const brokers = needed(environment, 'KAFKA_BROKERS').split(',').map((broker) => broker.trim());
  if (!brokers.every((broker) => BROKER.test(broker))) throw new ConfigFault('KAFKA_BROKERS must be host:port, several by commas');
  const prefix = environment['KAFKA_TOPIC_PREFIX'] ?? '';
  if (!PREFIX.test(prefix)) throw new ConfigFault('KAFKA_TOPIC_PREFIX may hold letters, digits, ., _ and -, at most 100');
  return { brokers, prefix };
}

/**
 * The configuration of a service that runs alone: `DATABASE_URL`, `MIGRATE_URL` (optional), `POOL_SIZE`, `GRPC_ADDRESS`,
 * `ISSUER`, `JWKS_URL`, `PAGE_TOKEN_KEY`, and the bus (`kafkaFromEnvironment`). Business time is the real time, or where `SCENARIO_CLOCK` says
 * when it begins that of a scenario, moved through `SCENARIO_PORT`; production refuses that.
 * @throws ConfigFault that names the variable.
 */
export function configFromEnvironment(environment: Environment, log: (line: LogLine) => void): ServiceConfig {
  const kafka = kafkaFromEnvironment(environment);
  return {
    ...(kafka ? { kafka } : {}),
    databaseUrl: urlOf(environment, 'DATABASE_URL', ['postgres:', 'postgresql:']),
    ...(environment['MIGRATE_URL'] ? { migrateUrl: urlOf(environment, 'MIGRATE_URL', ['postgres:', 'postgresql:']) } : {}),
    poolSize: integerOf(environment, 'POOL_SIZE', 10, 2, 200),
    grpcAddress: environment['GRPC_ADDRESS'] ?? '127.0.0.1:0',
    issuer: urlOf(environment, 'ISSUER', ['http:', 'https:']),
    jwksUrl: urlOf(environment, 'JWKS_URL', ['http:', 'https:']),
    pageTokenKey: needed(environment, 'PAGE_TOKEN_KEY'),
    businessClock: clockFrom(environment),
    log,
    extra: { operatorSecret: environment['OPERATOR_SECRET'], oidcPort: integerOf(environment, 'OIDC_PORT', 0, 0, 65535), ...(environment['OIDC_HOST'] ? { oidcHost: environment['OIDC_HOST'] } : {}) },
  };
}

/** What runs beside a service in its process, such as the HTTP edge; gives what stops it. */
export type Beside = (service: RunningService, config: ServiceConfig, environment: Environment) => Promise<() => Promise<void>>;

/** Runs one service alone, as in production, until SIGTERM or SIGINT. Logs JSON lines on stdout. */
export async function runService(definition: ServiceDefinition, beside?: Beside): Promise<void> {
  const log = (line: LogLine): void => void process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), ...line })}\n`);
  try {
    const otlpEndpoint = process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
    const stopTelemetry = await startTelemetry(otlpEndpoint ? { otlpEndpoint } : {});
    const config = configFromEnvironment(process.env, log);
    const service = await startService(definition, config);
    const clock = config.businessClock;
    const scenario = clock instanceof ScenarioClock ? await openScenarioPort({ host: process.env['SCENARIO_HOST'] ?? '127.0.0.1', port: integerOf(process.env, 'SCENARIO_PORT', 0, 0, 65535), clock, service }) : undefined;
    if (scenario) log({ level: 'warn', service: definition.name, message: 'business time is that of a scenario', port: scenario.port });
    const stopBeside = await beside?.(service, config, process.env);
    log({ level: 'info', service: definition.name, message: 'ready', address: service.address, ...Object.fromEntries(service.published) });
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void Promise.all([stopBeside?.(), scenario?.close()]).then(() => service.stop()).then(stopTelemetry).then(() => process.exit(0)));
  } catch (error) {
    const message = error instanceof ConfigFault ? error.message : `could not start: ${error instanceof Error ? error.message : String(error)}`;
    process.stderr.write(`${definition.name}: ${message}\n`);
    process.exitCode = 1;
  }
}
