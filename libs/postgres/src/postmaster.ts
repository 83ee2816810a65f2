import { execFile, spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Binaries, program } from './binaries.js';

/** What postmaster.pid tells of a running PostgreSQL. */
export interface Postmaster {
  readonly pid: number;
  /** Not written yet in the first moments of a start. */
  readonly port?: number;
  readonly ready: boolean;
  /** The pid is that of another program: the file outlived a crash of the machine. */
  readonly foreign: boolean;
}

/** The PostgreSQL that runs on `data`, or whose place another program's pid has taken; undefined when there is none. */
export function findPostmaster(data: string): Postmaster | undefined {
  const lines = read(join(data, 'postmaster.pid'))?.split('\n') ?? [];
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return undefined;
  const port = Number(lines[3]);
  return { pid, port: port > 0 ? port : undefined, ready: lines[7]?.trim() === 'ready', foreign: !isPostgresOn(pid, data) };
}

/** Whether the process is there and not merely waiting to be reaped. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const stat = process.platform === 'linux' ? read(`/proc/${pid}/stat`) : undefined;
  return stat === undefined || stat.charAt(stat.lastIndexOf(')') + 2) !== 'Z';
}

/** Pids are used again after a reboot. PostgreSQL's working directory is its data directory; where that cannot be read its name must do. */
function isPostgresOn(pid: number, data: string): boolean {
  if (process.platform === 'win32') return true;
  try {
    if (process.platform === 'linux') return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(data);
  } catch {
    // another user's process: ask ps
  }
  const { stdout, error } = spawnSync('ps', ['-p', String(pid), '-o', 'comm='], { encoding: 'utf8' });
  return error === undefined && basename(stdout.trim()) === 'postgres';
}

const FAST_MS = 4_000;

/** Stops a PostgreSQL and waits until it is gone: fast (a checkpoint, then the end), and when that takes too long at once (the next start replays the log). */
export async function stopPostmaster(binaries: Binaries, pid: number): Promise<void> {
  await signal(binaries, pid, 'INT');
  if (await gone(pid, FAST_MS)) return;
  await signal(binaries, pid, 'QUIT');
  if (!(await gone(pid, 5_000))) process.kill(pid, 'SIGKILL');
}

async function signal(binaries: Binaries, pid: number, name: 'INT' | 'QUIT'): Promise<void> {
  try {
    if (process.platform === 'win32') await promisify(execFile)(program(binaries, 'pg_ctl'), ['kill', name, String(pid)]);
    else process.kill(pid, `SIG${name}`);
  } catch (error) {
    if (isAlive(pid)) throw error;
  }
}

async function gone(pid: number, withinMs: number): Promise<boolean> {
  const end = Date.now() + withinMs;
  while (isAlive(pid)) {
    if (Date.now() > end) return false;
    await sleep(10);
  }
  return true;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
