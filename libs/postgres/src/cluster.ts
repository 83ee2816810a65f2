import { createHmac } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { ClusterError, told } from './cluster-error.js';
import { prepareData } from './data.js';
import { findGround, type Ground, layGround, pathsOf } from './ground.js';
import { launch } from './launch.js';
import { findPostmaster, isAlive, stopPostmaster } from './postmaster.js';
import { tether } from './tether.js';

export interface ClusterOptions {
  /** The cluster's own folder. Made when it is not there; as root it may be kept elsewhere (see `Cluster.dataDir`). */
  readonly dataDir: string;
  /** Hears what a person should know: one short line each. */
  readonly log?: (line: string) => void;
  /** Settings of PostgreSQL over ours, e.g. `{ fsync: 'off' }` where losing the data does not matter. */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** It ends with this process, even if that is killed, and its data are deleted: for tests. */
  readonly temporary?: boolean;
}

/** A running PostgreSQL on loopback, used by whoever has its address. */
export interface RunningCluster {
  readonly port: number;
  /** The folder that is really used. */
  readonly dataDir: string;
  /** Address of database `postgres` as superuser. */
  readonly adminUrl: string;
  /** Address of `database` as `role`; as superuser when none is named. A role's password is `password(role)`. */
  url(database: string, role?: string): string;
  /** The password that `url` uses for `role`: always the same for one cluster, and kept nowhere. For `create role … password`. */
  password(role: string): string;
}

/** A running PostgreSQL that is ours to stop. */
export interface Cluster extends RunningCluster {
  /** It was left running by an earlier start and taken over. */
  readonly adopted: boolean;
  /** Fast shutdown; resolves when no process is left. May be called again. */
  readonly stop: () => Promise<void>;
  /** Stops it and deletes its data. */
  readonly remove: () => Promise<void>;
}

export const SUPERUSER = 'postgres';
/** Held on database `postgres` by the process a cluster belongs to; PostgreSQL frees it when that process dies. */
const OWNER_LOCK = 7_700_001;
const OWNER_NAME = 'naru-owner-';
/** A start right after a Ctrl-C meets the former owner on its way out. */
const OWNER_PATIENCE_MS = 3_000;
/** Replaying the log after a crash can take long; a PostgreSQL that is stuck must not hang the start for ever. */
const ANSWER_PATIENCE_MS = 120_000;

/**
 * Starts PostgreSQL on `dataDir`, or takes over the one that an earlier process left running there. It runs in its own process group, so that
 * a Ctrl-C for ours does not reach it: stop it last.
 * @throws ClusterError with a message for people: another process owns it, disk full, folder not writable, other version, did not start.
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const log = options.log ?? (() => {});
  const settings = { ...DEFAULTS, ...options.settings };
  let folder = options.dataDir;
  try {
    const ground = layGround(options.dataDir, log);
    folder = ground.folder;
    await prepareData(ground, String(settings['fsync']) === 'off', log);
    const cluster = await own(ground, settings, log);
    return options.temporary ? tied(cluster, ground) : cluster;
  } catch (error) {
    throw told(error, folder);
  }
}

function tied(cluster: Cluster, ground: Ground): Cluster {
  const pid = findPostmaster(join(ground.folder, 'data'))?.pid;
  if (pid === undefined) return cluster;
  const cut = tether(pid, pathsOf(ground));
  const after = (action: () => Promise<void>) => () => {
    cut();
    return action();
  };
  return { ...cluster, stop: after(cluster.stop), remove: after(cluster.remove) };
}

/** The PostgreSQL that another process of ours runs on `dataDir`, to use beside it; undefined when none answers there. */
export async function findCluster(dataDir: string): Promise<RunningCluster | undefined> {
  const folder = findGround(dataDir);
  try {
    const postmaster = findPostmaster(join(folder, 'data'));
    return postmaster?.ready && postmaster.port && !postmaster.foreign ? running(folder, postmaster.port) : undefined;
  } catch (error) {
    throw told(error, folder);
  }
}

const DEFAULTS: Readonly<Record<string, string | number>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '', // paths of sockets are limited to 107 bytes, those of clones are not
  max_connections: 150,
  shared_buffers: '64MB',
  jit: 'off',
  max_parallel_workers_per_gather: 0, // parallel plans want /dev/shm, 64 MB in a container, and cores that the services need
  max_logical_replication_workers: 0,
  client_connection_check_interval: '1s', // a query of a killed process ends, and its locks with it
  log_min_error_statement: 'panic', // statements hold people's data
  timezone: 'UTC',
  log_timezone: 'UTC',
};

async function own(ground: Ground, settings: Readonly<Record<string, string | number>>, log: (line: string) => void): Promise<Cluster> {
  const data = join(ground.folder, 'data');
  const args = argumentsOf(ground, settings);
  for (;;) {
    const found = findPostmaster(data);
    if (found?.foreign) rmSync(join(data, 'postmaster.pid'), { force: true });
    const left = found && !found.foreign ? found : undefined;
    const pid = left?.pid ?? (await launch(ground, args, log));
    if (pid === undefined) continue; // another start was first: look again
    const owner = await takeOwnership(ground, pid);
    if (owner === 'gone') continue;
    const port = findPostmaster(data)?.port;
    if (left && port !== undefined && started(data) !== commandLine(['-p', String(port), ...args])) {
      log('PostgreSQL was left running by another version of Naru: starting it anew');
      await stopPostmaster(ground.binaries, pid);
      continue;
    }
    if (port === undefined) continue;
    if (left) log('PostgreSQL was left running by an earlier start: taken over');
    let stopped: Promise<void> | undefined;
    // the owner's lock is held until PostgreSQL itself ends the connection: a start meanwhile waits for its end instead of adopting a dying one
    const stop = () => (stopped ??= stopPostmaster(ground.binaries, pid));
    const remove = async () => {
      await stop();
      for (const path of pathsOf(ground)) rmSync(path, { recursive: true, force: true });
    };
    return { ...running(ground.folder, port), adopted: left !== undefined, stop, remove };
  }
}

function argumentsOf(ground: Ground, settings: Readonly<Record<string, string | number>>): string[] {
  const all = { ...settings, cluster_name: `naru/${ground.binaries.version}` };
  return ['-D', join(ground.folder, 'data'), ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

/** The arguments in postmaster.opts: how the running PostgreSQL was started. */
function started(data: string): string {
  const line = readFileSync(join(data, 'postmaster.opts'), 'utf8');
  return line.slice(line.indexOf(' "')).trim();
}

function commandLine(args: readonly string[]): string {
  return args.map((argument) => `"${argument}"`).join(' ');
}

/** Waits until the postmaster answers, and holds the owner's lock on it. */
async function takeOwnership(ground: Ground, pid: number): Promise<'owned' | 'gone'> {
  const start = Date.now();
  let heldSince: number | undefined;
  while (isAlive(pid)) {
    const postmaster = findPostmaster(join(ground.folder, 'data'));
    if (!postmaster || postmaster.pid !== pid) {
      if (Date.now() - start > 1_000) return 'gone'; // it removes the file before it ends
    } else if (postmaster.ready && postmaster.port !== undefined) {
      const lock = await tryLock(running(ground.folder, postmaster.port));
      if (lock.held === 'by us') return 'owned';
      if (lock.held === 'by another') {
        heldSince ??= Date.now();
        if (Date.now() - heldSince > OWNER_PATIENCE_MS) {
          throw new ClusterError('in-use', `Naru is already running on ${ground.folder}${lock.pid ? ` (process ${lock.pid})` : ''}. Stop it first, or use another folder.`);
        }
      }
    }
    if (Date.now() - start > ANSWER_PATIENCE_MS) {
      throw new ClusterError('did-not-start', `PostgreSQL (process ${pid}) has not answered for two minutes. Its log is ${join(ground.folder, 'postgres.log')}; end it with kill -9 ${pid} and start again.`);
    }
    await sleep(10);
  }
  return 'gone';
}

type Lock = { readonly held: 'by us' | 'no answer' } | { readonly held: 'by another'; readonly pid?: string };

/** Whether the lock is ours, now and until this process or PostgreSQL ends; else the pid of who holds it. */
async function tryLock({ adminUrl, dataDir }: RunningCluster): Promise<Lock> {
  const client = new pg.Client({ connectionString: adminUrl, application_name: `${OWNER_NAME}${process.pid}`, connectionTimeoutMillis: 5_000, keepAlive: true });
  client.on('error', () => {}); // PostgreSQL ends it when it stops
  try {
    await client.connect();
    const { rows } = await client.query<{ free: boolean }>('select pg_try_advisory_lock($1) as free', [OWNER_LOCK]);
    if (rows[0]?.free) {
      (client as unknown as { unref(): void }).unref(); // there, but not in its types
      return { held: 'by us' };
    }
    const holder = await client.query<{ name: string }>("select application_name as name from pg_stat_activity join pg_locks using (pid) where locktype = 'advisory' and objid = $1 and granted", [OWNER_LOCK]);
    await client.end();
    return { held: 'by another', pid: holder.rows[0]?.name.slice(OWNER_NAME.length) };
  } catch (error) {
    await client.end().catch(() => {});
    if ((error as { code?: string }).code === '28P01') {
      throw new ClusterError('no-password', `PostgreSQL refuses the password in ${join(dataDir, 'password')}. Put the right one back, or move the folder away to begin anew.`, { cause: error });
    }
    return { held: 'no answer' };
  }
}

function running(folder: string, port: number): RunningCluster {
  const secret = readFileSync(join(folder, 'password'), 'utf8').trim();
  const password = (role: string) => (role === SUPERUSER ? secret : createHmac('sha256', secret).update(role).digest('base64url'));
  const url = (database: string, role = SUPERUSER) => `postgres://${encodeURIComponent(role)}:${encodeURIComponent(password(role))}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
  return { port, dataDir: folder, adminUrl: url('postgres'), url, password };
}
