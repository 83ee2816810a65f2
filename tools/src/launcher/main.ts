import { rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { BusinessClock } from '@naru/kernel/clock';
import { RealBusinessClock } from '@naru/platform/clocks';
import { provisionDatabase, provisionRoles } from '@naru/platform/provision';
import { startTelemetry } from '@naru/platform/telemetry-start';
import { type Cluster, startCluster } from '@naru/postgres/cluster';
import { accountsFile } from './accounts.js';
import { busOf, busSettings, forgetBus } from './bus.js';
import { StoredClock } from './business-day.js';
import { playDay } from './day.js';
import { type PlayableDay, type ReadDay, dayOf } from './days.js';
import { ensurePortIsFree, faultLine } from './faults.js';
import { type Home, openHome, rememberRun } from './home.js';
import { type LogFile, logFile } from './log-file.js';
import { type StartOptions, parseStartOptions } from './options.js';
import { type RunningSystem, SCHEMAS, startSystem } from './system.js';
import { emptySystemText, lookAroundText } from './welcome.js';

const say = (line: string): void => console.log(line);
const seconds = (from: number): string => `${((performance.now() - from) / 1000).toFixed(1)} s`;

/** A stop in the middle of a start waits this long for the step that runs. */
const STEP_MS = 3_500;

async function dropDatabase(cluster: Cluster, database: string): Promise<void> {
  const client = new pg.Client({ connectionString: cluster.adminUrl });
  await client.connect();
  try {
    await client.query(`drop database if exists ${database} with (force)`);
  } finally {
    await client.end();
  }
}

interface Started {
  readonly system: RunningSystem;
  readonly clock: StoredClock | undefined;
}

interface StartParts {
  readonly options: StartOptions;
  readonly day: PlayableDay | undefined;
  readonly read: ReadDay | undefined;
  readonly home: Home;
  readonly log: LogFile;
  readonly signal: AbortSignal;
  /** Takes what undoes a step that was made; called in reverse. */
  readonly undo: (action: () => Promise<void>) => void;
}

/** Starts everything; between two steps it looks whether it should still. */
async function start({ options, day, read, home, log, signal, undo }: StartParts): Promise<Started> {
  busSettings(process.env); // a wrong setting is told before anything starts
  await ensurePortIsFree(options.port, home);
  const database = day?.database ?? 'naru';
  const otlp = process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  undo(await startTelemetry({ ...(otlp ? { otlpEndpoint: otlp } : {}) }));

  let from = performance.now();
  const cluster = await startCluster({ dataDir: join(home.folder, 'postgres'), log: (line) => say(`          ${line}`) });
  undo(() => cluster.stop());
  signal.throwIfAborted();
  say(`database  PostgreSQL on port ${cluster.port}, ${seconds(from)}`);

  from = performance.now();
  if (options.fresh) {
    await forgetBus(process.env, cluster.url(database), log.log);
    await dropDatabase(cluster, database);
    if (day) rmSync(accountsFile(home, database), { force: true });
  }
  await provisionRoles({ adminUrl: cluster.adminUrl, schemas: SCHEMAS, secret: home.secrets.roles });
  const provisioned = await provisionDatabase({ adminUrl: cluster.adminUrl, database, schemas: SCHEMAS, secret: home.secrets.roles });
  const clock = read ? await StoredClock.open(cluster.url(database), read.plan.actions[0]!.at) : undefined;
  if (clock) undo(() => clock.close());
  const kafka = await busOf(process.env, cluster.url(database), log.log);
  signal.throwIfAborted();
  const businessClock: BusinessClock = clock?.clock ?? new RealBusinessClock();
  const system = await startSystem({
    provisioned,
    port: options.port,
    businessClock,
    operatorSecret: home.secrets.operator,
    pageTokenKey: home.secrets.pageTokens,
    log: log.log,
    config: { ...(process.env['CRASH_AT'] ? { crashAt: process.env['CRASH_AT'] } : {}), ...(kafka ? { kafka } : {}) },
  });
  undo(() => system.stop());
  signal.throwIfAborted();
  say(`services  ${SCHEMAS.join(', ')}${kafka ? `, events on Kafka at ${kafka.brokers.join(',')}` : ''}, ${seconds(from)}`);
  rememberRun(home, { pid: process.pid, url: system.url, database, ...(kafka ? { kafka } : {}), ...(read ? { timeZone: read.plan.timeZone } : {}) });
  return { system, clock };
}

async function run(options: StartOptions, home: Home): Promise<void> {
  const logPath = join(home.folder, 'naru.log');
  const log = logFile(logPath);
  const undoings: (() => Promise<void>)[] = [];
  const stopping = new AbortController();
  let starting: Promise<Started> | undefined;
  let stopped: Promise<void> | undefined;
  const failed = (message: string, error: unknown): void => log.log({ level: 'error', service: 'launcher', message, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  const stop = (): Promise<void> =>
    (stopped ??= (async () => {
      stopping.abort();
      await Promise.race([starting?.catch(() => {}), new Promise((resolve) => setTimeout(resolve, STEP_MS).unref())]);
      for (const undo of undoings.reverse()) await undo().catch((error: unknown) => failed('could not stop cleanly', error));
      await log.close();
    })());
  const end = (code: number): void => void stop().then(() => process.exit(code));
  const fail = (error: unknown): void => {
    if (stopping.signal.aborted) return; // what stops may fail
    failed('could not go on', error);
    console.error(`naru: ${faultLine(error, home.folder, logPath)}`);
    end(1);
  };
  process.on('SIGINT', () => {
    if (!stopped) say('\nstopping; npm start goes on from here');
    end(0);
  });
  process.on('SIGTERM', () => end(0));
  process.on('disconnect', () => end(0)); // whoever started us is gone
  process.stdout.on('error', () => end(0)); // so is whoever reads our lines
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);

  try {
    const day = options.demo ? dayOf(options.day, options.lots) : undefined;
    const read = day?.read();
    starting = start({ options, day, read, home, log, signal: stopping.signal, undo: (action) => undoings.push(action) });
    const { system, clock } = await starting;
    say(`Naru      runs at ${system.url}`);
    if (day && read && clock) {
      say(lookAroundText(system.url));
      await playDay({ system, clock, home, day, read, options, signal: stopping.signal, say });
      await clock.run(stopping.signal);
    } else say(emptySystemText(system.url));
  } catch (error) {
    fail(error);
  }
}

const options = parseStartOptions(process.argv.slice(2));
try {
  await run(options, openHome());
} catch (error) {
  console.error(`naru: ${faultLine(error)}`);
  process.exitCode = 1;
}
