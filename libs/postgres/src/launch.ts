import { spawn } from 'node:child_process';
import { chmodSync, chownSync, closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { program } from './binaries.js';
import { ClusterError, diskFull, isDiskFull } from './cluster-error.js';
import { environment } from './data.js';
import type { Ground } from './ground.js';
import { findPostmaster } from './postmaster.js';

const LOG_LIMIT_BYTES = 8 * 1024 * 1024;
/** Orphaned backends of a killed postmaster take a moment to notice. */
const ORPHAN_PATIENCE_MS = 10_000;
const SLOW_MS = 3_000;

/**
 * Starts PostgreSQL on a free port of loopback, in its own process group.
 * @returns its pid once postmaster.pid is its own; undefined when another start was first.
 */
export async function launch(ground: Ground, args: readonly string[], log: (line: string) => void): Promise<number | undefined> {
  const file = logFile(ground);
  const begun = Date.now();
  for (;;) {
    const offset = statSync(file).size;
    const pid = await attempt(ground, ['-p', String(await freePort()), ...args], file, log);
    if (pid !== undefined) return pid;
    const complaint = readFileSync(file).subarray(offset).toString();
    if (/lock file "postmaster\.pid" already exists/.test(complaint) && findPostmaster(join(ground.folder, 'data'))) return undefined;
    if (/could not (bind|create any TCP)|pre-existing shared memory block|lock file "postmaster\.pid"/.test(complaint) && Date.now() - begun < ORPHAN_PATIENCE_MS) {
      await sleep(100);
      continue;
    }
    throw fault(complaint, ground, file);
  }
}

/** The pid once the postmaster is ready for connections, undefined when it ended before. */
async function attempt(ground: Ground, args: readonly string[], file: string, log: (line: string) => void): Promise<number | undefined> {
  const out = openSync(file, 'a');
  try {
    const child = spawn(program(ground.binaries, 'postgres'), args, { cwd: join(ground.folder, 'data'), env: environment(), detached: true, stdio: ['ignore', out, out], windowsHide: true, ...ground.account });
    let ended: { readonly error?: Error } | undefined;
    child.on('error', (error) => (ended = { error }));
    child.on('exit', () => (ended ??= {}));
    child.unref();
    const begun = Date.now();
    let told = false;
    while (!ended) {
      const found = findPostmaster(join(ground.folder, 'data'));
      if (found && found.pid === child.pid && found.ready) return found.pid;
      if (!told && Date.now() - begun > SLOW_MS) {
        told = true;
        log('PostgreSQL takes its time: it replays its log after a crash');
      }
      await sleep(5);
    }
    if (ended.error) throw ended.error;
    return undefined;
  } finally {
    closeSync(out);
  }
}

function fault(complaint: string, ground: Ground, file: string): ClusterError {
  if (isDiskFull(complaint, ground.folder)) return diskFull(ground.folder);
  const lines = complaint.split('\n').filter((line) => /FATAL|PANIC|HINT|error while loading/.test(line)).map((line) => line.replace(/^.*?(FATAL|PANIC|HINT|error)/, '$1'));
  return new ClusterError('did-not-start', `PostgreSQL did not start: ${lines.join(' ') || 'it said nothing'} Its log is ${file}.`);
}

function logFile({ folder, account }: Ground): string {
  const file = join(folder, 'postgres.log');
  if (existsSync(file) && statSync(file).size > LOG_LIMIT_BYTES) renameSync(file, `${file}.1`);
  closeSync(openSync(file, 'a', 0o600));
  if (account) chownSync(file, account.uid, account.gid);
  chmodSync(file, 0o600);
  return file;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
