// One at a time in this clone: a lock file with the pid of its holder. One whose holder is gone does not count.
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 100;
/** Nobody holds the right to remove a stale lock for longer. */
const STEAL_MS = 5_000;

/**
 * Runs `fn` while no other process holds `path`. What `fn` starts and names by `share(pid)` holds the lock too, should this process be killed.
 * @param waiting called once with the pid of the holder; gives what is to be called when the wait is over.
 */
export async function withLock(path, waiting, fn) {
  let waited;
  while (!create(path)) {
    const holders = read(path);
    if (holders === undefined) continue;
    const live = holders.split(' ').find((pid) => isOurs(Number(pid)));
    if (live) waited ??= waiting(live);
    if (live || !steal(path, holders)) await sleep(POLL_MS);
  }
  waited?.();
  const free = () => rmSync(path, { force: true });
  process.on('exit', free);
  try {
    return await fn((pid) => put(path, `${process.pid} ${pid}`, renameSync));
  } finally {
    free();
    process.off('exit', free);
  }
}

function create(path) {
  try {
    put(path, String(process.pid), linkSync);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Lays a whole file in its place in one step: nobody reads half of it. */
function put(path, text, lay) {
  const fresh = `${path}.${process.pid}`;
  try {
    writeFileSync(fresh, text);
    lay(fresh, path);
  } finally {
    rmSync(fresh, { force: true });
  }
}

/** Removes the lock of a dead holder, one thief at a time: a second would remove the lock that the first took meanwhile. */
function steal(path, holder) {
  const right = `${path}.stale`;
  if (!create(right)) {
    if (Date.now() - (mtime(right) ?? Date.now()) > STEAL_MS) rmSync(right, { force: true });
    return false;
  }
  if (read(path) === holder) rmSync(path, { force: true });
  rmSync(right, { force: true });
  return true;
}

/** Whether `pid` is alive and one of the programs that prepare a clone: after a reboot it may be anybody's. */
function isOurs(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code === 'ESRCH') return false;
  }
  const command = process.platform === 'linux' ? read(`/proc/${pid}/cmdline`) : spawnSync('ps', ['-p', String(pid), '-o', 'args='], { encoding: 'utf8' }).stdout;
  return command !== '' && (command === undefined || /start\.mjs|test\.mjs|naru|npm|tsc|generate\.mjs/.test(command));
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function mtime(path) {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return undefined;
  }
}
