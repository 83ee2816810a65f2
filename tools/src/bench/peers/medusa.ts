import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openHome } from '../../launcher/home.js';

/** Reservations of one hot item, and what the books say after them. */
export interface PeerRun {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly accepted: number;
  /** Pieces reserved by the rows of reservations. */
  readonly rows: number;
  /** Pieces reserved by the counter beside the stock. */
  readonly counter: number;
}

/** Many want few at once. */
export interface PeerRush {
  readonly units: number;
  readonly asked: number;
  readonly accepted: number;
  readonly oversold: number;
  readonly rows: number;
  readonly counter: number;
}

export interface PeerWay {
  readonly hot: readonly PeerRun[];
  readonly rush: PeerRush;
}

export interface PeerFigures {
  readonly product: string;
  readonly clients: number;
  readonly withLock: PeerWay;
  readonly withoutLock: PeerWay;
}

/** The load, the same for both ways. */
export const PEER_LOAD = { clients: 16, seconds: 4, warmUpSeconds: 1, repetitions: 3, units: 10, rush: 50 } as const;

const run = promisify(execFile);
const SOURCE = fileURLToPath(new URL('../../../bench/peers/', import.meta.url));
const INSTALL_MS = 300_000;
const RUN_MS = 180_000;
const MOST_OUTPUT = 16 * 1024 * 1024;

/**
 * Measures Medusa's modules in a process of their own on the database at `databaseUrl`, in its schema public. Their packages are installed once, into the clone's data
 * folder: they are no part of the product, and no script of theirs runs at the installation.
 * @throws when they cannot be installed or do not run.
 */
export async function medusaFigures(databaseUrl: string, say: (line: string) => void): Promise<PeerFigures> {
  const folder = await installed(say);
  const { stdout } = await run(process.execPath, [join(folder, 'medusa.mjs'), databaseUrl, JSON.stringify(PEER_LOAD)], { cwd: folder, timeout: RUN_MS, maxBuffer: MOST_OUTPUT });
  return JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as PeerFigures;
}

/** The folder of the harness with its packages, exact versions as `tools/bench/peers/package.json` has them. */
async function installed(say: (line: string) => void): Promise<string> {
  const folder = join(openHome().folder, 'peers');
  mkdirSync(folder, { recursive: true });
  const wanted = readFileSync(join(SOURCE, 'package.json'), 'utf8');
  const fresh = !existsSync(join(folder, 'package.json')) || readFileSync(join(folder, 'package.json'), 'utf8') !== wanted || !existsSync(join(folder, 'node_modules', '.package-lock.json'));
  for (const file of ['package.json', 'medusa.mjs']) copyFileSync(join(SOURCE, file), join(folder, file));
  if (fresh) {
    say(`installing ${Object.entries((JSON.parse(wanted) as { dependencies: Record<string, string> }).dependencies).map((pair) => pair.join(' ')).join(', ')} into ${folder}`);
    // peers of peers (a command line, Redis) are not needed to load the modules
    await run('npm', ['install', '--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'], { cwd: folder, timeout: INSTALL_MS });
  }
  return folder;
}
