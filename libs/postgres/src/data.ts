import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { program } from './binaries.js';
import { ClusterError, diskFull, isDiskFull } from './cluster-error.js';
import type { Ground } from './ground.js';
import { findPostmaster, isAlive, stopPostmaster } from './postmaster.js';

/**
 * Makes the data directory unless it is there: beside its place, and renamed when it is whole, so that a killed start or two starts at once
 * leave nothing half-made. In `ground.folder` afterwards: data, and password (0600).
 * @param volatile leave out the fsyncs: the data need not outlive a power cut.
 */
export async function prepareData(ground: Ground, volatile: boolean, log: (line: string) => void): Promise<void> {
  const { folder } = ground;
  const data = join(folder, 'data');
  sweepUnfinished(folder);
  if (existsSync(data)) {
    if (['PG_VERSION', 'global/pg_control'].every((file) => existsSync(join(data, file)))) {
      checkData(ground);
      return;
    }
    const left = findPostmaster(data);
    if (left && !left.foreign) await stopPostmaster(ground.binaries, left.pid);
    rmSync(`${folder}.broken`, { recursive: true, force: true });
    renameSync(folder, `${folder}.broken`);
    log(`The data in ${folder} were never finished: made anew, the old ones are in ${folder}.broken`);
  }
  const fresh = `${folder}.new-${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    await initialize(ground, fresh, volatile);
    renameSync(fresh, folder);
  } catch (error) {
    if (!existsSync(data)) throw error; // else another start was first: its data will do
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function checkData({ folder, binaries }: Ground): void {
  const version = readFileSync(join(folder, 'data/PG_VERSION'), 'utf8').trim();
  if (version !== binaries.major) {
    throw new ClusterError('version', `The data in ${folder} are those of PostgreSQL ${version}, and this Naru brings ${binaries.major}. Use the Naru that made them, or move the folder away to begin anew.`);
  }
  if (!existsSync(join(folder, 'password'))) {
    throw new ClusterError('no-password', `The password of the data in ${folder} is gone: ${join(folder, 'password')}. Put it back, or move the folder away to begin anew.`);
  }
}

async function initialize({ binaries, account }: Ground, folder: string, volatile: boolean): Promise<void> {
  makeParents(dirname(folder), account !== undefined);
  mkdirSync(folder);
  chmodSync(folder, account ? 0o755 : 0o700);
  const password = join(folder, 'password');
  const data = join(folder, 'data');
  writeFileSync(password, randomBytes(24).toString('base64url'), { mode: 0o600 });
  mkdirSync(data, { mode: 0o700 });
  if (account) for (const path of [password, data]) chownSync(path, account.uid, account.gid);
  const args = ['-D', data, '-U', 'postgres', '--auth=scram-sha-256', `--pwfile=${password}`, '--encoding=UTF8', '--locale=C', '--no-instructions', ...(volatile ? ['--no-sync'] : [])];
  try {
    await promisify(execFile)(program(binaries, 'initdb'), args, { cwd: folder, env: environment(), ...account });
  } catch (error) {
    const { stderr = '', message } = error as { stderr?: string; message: string };
    if (isDiskFull(stderr, folder)) throw diskFull(dirname(folder), error);
    const complaint = stderr.split('\n').findLast((line) => /error|fatal/i.test(line)) ?? message.split('\n')[0];
    throw new ClusterError('did-not-start', `PostgreSQL could not make its data in ${dirname(folder)}: ${complaint}`, { cause: error });
  }
}

/** Only what PostgreSQL needs: the caller's PG… variables would change what it does, and the time zone saves it a search. */
export function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], TZ: 'UTC', LC_ALL: 'C', ...(process.platform === 'win32' ? { SystemRoot: process.env['SystemRoot'], TEMP: process.env['TEMP'] } : {}) };
}

/** As root under a tight umask, what we make must still let PostgreSQL's user pass. */
function makeParents(parent: string, passable: boolean): void {
  if (existsSync(parent)) return;
  makeParents(dirname(parent), passable);
  mkdirSync(parent, { recursive: true });
  if (passable) chmodSync(parent, 0o755);
}

/** Removes what killed starts left beside the folder. */
function sweepUnfinished(folder: string): void {
  const prefix = `${basename(folder)}.new-`;
  if (!existsSync(dirname(folder))) return;
  for (const name of readdirSync(dirname(folder)).filter((entry) => entry.startsWith(prefix))) {
    if (!isAlive(Number(name.slice(prefix.length).split('-')[0]))) rmSync(join(dirname(folder), name), { recursive: true, force: true });
  }
}
