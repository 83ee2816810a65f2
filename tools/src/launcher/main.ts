import { rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { BusinessClock } from '@naru/kernel/clock';
import { RealBusinessClock } from '@naru/platform/clocks';
import { provisionDatabase, provisionRoles } from '@naru/platform/provision';
import { startTelemetry } from '@naru/platform/telemetry-start';
import { type Cluster, startCluster } from '@naru/postgres/cluster';
import { accountsFile } from './accounts.js';
import { StoredClock } from './business-day.js';
import { playDay } from './day.js';
import { type PlayableDay, type ReadDay, dayOf } from './days.js';
import { ensurePortIsFree, faultLine } from './faults.js';
import { type Home, openHome, rememberRun } from './home.js';
import { logFile } from './log-file.js';
import { type StartOptions, parseStartOptions } from './options.js';
import { type RunningSystem, SCHEMAS, startSystem } from './system.js';

const say = (line: string): void => console.log(line);
const seconds = (from: number): string => `${((performance.now() - from) / 1000).toFixed(1)} s`;

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
  readonly home: Home;
  readonly cluster: Cluster;
  readonly system: RunningSystem;
  readonly clock: StoredClock | undefined;
}

/** Starts everything, undoing what it has started when something fails. */
async function start(options: StartOptions, day: PlayableDay | undefined, read: ReadDay | undefined, home: Home, log: ReturnType<typeof logFile>, cleanUp: (() => Promise<void>)[]): Promise<Started> {
  await ensurePortIsFree(options.port);
  const database = day?.database ?? 'naru';
  const stopTelemetry = await startTelemetry({ ...(process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] ? { otlpEndpoint: process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] } : {}) });
  cleanUp.unshift(stopTelemetry);

  let from = performance.now();
  const cluster = await startCluster({ dataDir: join(home.folder, 'postgres'), log: (line) => say(`  ${line}`) });
  cleanUp.unshift(() => cluster.stop());
  say(`database: PostgreSQL on port ${cluster.port} of loopback${cluster.adopted ? ', taken over from an earlier start' : ''} (${seconds(from)})`);

  from = performance.now();
  if (options.fresh) {
    await dropDatabase(cluster, database);
    if (day) rmSync(accountsFile(home, day.database), { force: true });
  }
  await provisionRoles({ adminUrl: cluster.adminUrl, schemas: SCHEMAS, secret: home.secrets.roles });
  const provisioned = await provisionDatabase({ adminUrl: cluster.adminUrl, database, schemas: SCHEMAS, secret: home.secrets.roles });
  const clock = read ? await StoredClock.open(cluster.url(database), read.plan.actions[0]!.at) : undefined;
  if (clock) cleanUp.unshift(() => clock.close());
  const businessClock: BusinessClock = clock?.clock ?? new RealBusinessClock();
  const system = await startSystem({
    provisioned,
    port: options.port,
    businessClock,
    operatorSecret: home.secrets.operator,
    pageTokenKey: home.secrets.pageTokens,
    log: log.log,
    config: { ...(process.env['CRASH_AT'] ? { crashAt: process.env['CRASH_AT'] } : {}) },
  });
  cleanUp.unshift(() => system.stop());
  say(`services: ${[...system.services.keys()].join(', ')} (${seconds(from)})`);
  rememberRun(home, { pid: process.pid, url: system.url, database, ...(read ? { timeZone: read.plan.timeZone } : {}) });
  return { home, cluster, system, clock };
}

async function main(): Promise<void> {
  const options = parseStartOptions(process.argv.slice(2));
  const day = options.demo ? dayOf(options.day, options.lots) : undefined;
  const read = day?.read();
  const home = openHome();
  const logPath = join(home.folder, 'naru.log');
  const log = logFile(logPath);
  const cleanUp: (() => Promise<void>)[] = [];
  const stopping = new AbortController();
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> =>
    (stopped ??= (async () => {
      stopping.abort();
      for (const action of cleanUp) await action().catch((error: unknown) => log.log({ level: 'error', service: 'launcher', message: 'could not stop cleanly', error: String(error) }));
      await log.close();
    })());
  const end = (code: number): void => void stop().then(() => process.exit(code));
  process.on('SIGINT', () => {
    if (!stopped) say('stopping');
    end(0);
  });
  process.on('SIGTERM', () => end(0));
  process.on('disconnect', () => end(0)); // whoever started us is gone

  try {
    const started = await start(options, day, read, home, log, cleanUp);
    say(`Naru runs at ${started.system.url}`);
    if (day && read && started.clock) await playDay({ ...started, clock: started.clock, day, read, options, signal: stopping.signal, say });
    else say('an empty system; npx naru --help looks into it, Ctrl-C stops it');
    if (!stopping.signal.aborted) await started.clock?.run(stopping.signal);
  } catch (error) {
    if (stopping.signal.aborted) return;
    log.log({ level: 'error', service: 'launcher', message: 'the start failed', error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    console.error(`naru: ${faultLine(error, logPath)}`);
    await stop();
    process.exit(1);
  }
}

await main();

