import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, linkSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { type Binaries, packagedBinaries } from './binaries.js';
import { ClusterError } from './cluster-error.js';
import { findPostmaster } from './postmaster.js';

/** The user that runs PostgreSQL, where it is not ourselves. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Where a cluster lies, which programs run it, and as whom. */
export interface Ground {
  readonly folder: string;
  readonly binaries: Binaries;
  readonly account?: Account;
}

const SHARED = '/var/lib/naru';
/** No start takes longer to make its data. */
const A_START_MS = 600_000;

/**
 * PostgreSQL refuses to run as root. Started as root it runs as the owner of the folder, or as the user `postgres`; what that user cannot
 * reach (a checkout below a private home, a folder of mktemp -d) is kept under /var/lib/naru instead.
 * @param dataDir folder of the cluster; need not exist.
 */
export function layGround(dataDir: string, log: (line: string) => void): Ground {
  const folder = resolve(dataDir);
  const binaries = packagedBinaries();
  if (process.getuid?.() !== 0) return { folder, binaries };

  const existing = nearestExisting(join(folder, 'data'));
  if (!statSync(existing).isDirectory()) throw new ClusterError('not-writable', `${existing} is no folder. Move it away, or use another place, and start again.`);
  const account = ownerOf(existing) ?? postgresAccount();
  if (mayUse(existing, account, 1)) return { folder, account, binaries: readableBinaries(binaries, account, log) };
  const shared = sharedFolder(folder, existing, log);
  const keeper = ownerOf(join(shared, 'data')) ?? account;
  return { folder: shared, account: keeper, binaries: readableBinaries(binaries, keeper, log) };
}

/** Where `layGround` would find the cluster of `dataDir`, without making anything. */
export function findGround(dataDir: string): string {
  const folder = resolve(dataDir);
  return existsSync(join(folder, 'data')) || process.getuid?.() !== 0 ? folder : join(SHARED, nameOf(folder));
}

/** All that a cluster's data are made of. */
export function pathsOf({ folder }: Ground): string[] {
  return dirname(folder) === SHARED ? [folder, `${folder}.of`] : [folder];
}

function nearestExisting(path: string): string {
  return existsSync(path) ? path : nearestExisting(dirname(path));
}

/** The owner of `path`, where that is not root and can reach it. */
function ownerOf(path: string): Account | undefined {
  if (!existsSync(path)) return undefined;
  const { uid, gid } = statSync(path);
  return uid !== 0 && mayUse(path, { uid, gid }, 1) ? { uid, gid } : undefined;
}

/** Whether `account` passes through every folder above `path`, and has `right` (4 to read, 1 to enter) on it. */
function mayUse(path: string, account: Account, right: 1 | 4): boolean {
  if (!existsSync(path)) return process.platform !== 'linux'; // libraries have other names elsewhere
  const { mode, uid, gid } = statSync(path);
  const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0;
  if ((mode & (right << shift)) === 0) return false;
  return dirname(path) === path || mayUse(dirname(path), account, 1);
}

function postgresAccount(): Account {
  const known = lookUp('postgres');
  if (known) return known;
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres'], { stdio: 'ignore' });
  } catch {
    // no useradd, or a read-only /etc: nobody will do
  }
  const account = lookUp('postgres') ?? lookUp('nobody');
  if (!account) throw new ClusterError('no-account', 'PostgreSQL does not run as root, and there is neither a user postgres nor nobody. Add one (useradd postgres), or start Naru as an ordinary user.');
  return account;
}

function lookUp(name: string): Account | undefined {
  const line = readFileSync('/etc/passwd', 'utf8').split('\n').find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid && uid !== '0' ? { uid: Number(uid), gid: Number(gid) } : undefined;
}

function nameOf(folder: string): string {
  return createHash('sha256').update(folder).digest('hex').slice(0, 12);
}

function makeShared(): void {
  mkdirSync(SHARED, { recursive: true });
  chmodSync(SHARED, 0o755);
}

function sharedFolder(folder: string, existing: string, log: (line: string) => void): string {
  makeShared();
  sweepShared();
  const shared = join(SHARED, nameOf(folder));
  writeFileSync(`${shared}.of`, existing);
  log(`PostgreSQL does not run as root, and its user cannot enter ${folder}: the data are kept in ${shared}`);
  return shared;
}

function readableBinaries(binaries: Binaries, account: Account, log: (line: string) => void): Binaries {
  const probes = ['bin/postgres', 'lib/libpq.so.5', 'share/postgresql/postgres.bki'];
  return probes.every((file) => mayUse(join(binaries.folder, file), account, 4)) ? binaries : sharedBinaries(binaries, log);
}

function sharedBinaries(binaries: Binaries, log: (line: string) => void): Binaries {
  const folder = join(SHARED, `pgsql-${binaries.version}`);
  if (!existsSync(folder)) {
    makeShared();
    const fresh = `${folder}.new-${process.pid}-${randomBytes(4).toString('hex')}`;
    try {
      copyReadable(binaries.folder, fresh);
      renameSync(fresh, folder);
      log(`PostgreSQL's programs are kept in ${folder}, where its user can read them`);
    } catch (error) {
      rmSync(fresh, { recursive: true, force: true });
      if (!existsSync(folder)) throw error; // another start was first
    }
  }
  return { ...binaries, folder };
}

/** Copies a folder so that everybody can read it: hard links where that is so already and the file system is the same, copies elsewhere. */
function copyReadable(from: string, to: string): void {
  mkdirSync(to);
  chmodSync(to, 0o755);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) copyReadable(source, target);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else if (!linked(source, target)) {
      copyFileSync(source, target);
      chmodSync(target, 0o644 | ((lstatSync(source).mode & 0o100) !== 0 ? 0o111 : 0));
    }
  }
}

function linked(source: string, target: string): boolean {
  if ((lstatSync(source).mode & 0o004) === 0) return false;
  try {
    linkSync(source, target);
    return true;
  } catch (error) {
    if (['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

/** Clones in temporary folders come and go; the data of those that went go too. A folder elsewhere may only be unmounted, so its data stay. */
function sweepShared(): void {
  for (const note of readdirSync(SHARED).filter((name) => name.endsWith('.of'))) {
    const existed = readFileSync(join(SHARED, note), 'utf8');
    const temporary = ['/tmp', '/var/tmp', tmpdir()].some((parent) => existed.startsWith(parent + sep));
    const kept = join(SHARED, note.slice(0, -'.of'.length));
    const abandoned = temporary && !existsSync(existed) && !findPostmaster(join(kept, 'data'));
    const empty = !existsSync(kept) && Date.now() - statSync(join(SHARED, note)).mtimeMs > A_START_MS;
    if (!abandoned && !empty) continue;
    rmSync(kept, { recursive: true, force: true });
    rmSync(join(SHARED, note), { force: true });
  }
}
