import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { KafkaSettings } from '@naru/platform/config';

/** What a clone keeps between starts, in `.naru/`. */
export interface Home {
  readonly folder: string;
  readonly secrets: Secrets;
}

export interface Secrets {
  /** The passwords of the database roles are derived from it. */
  readonly roles: string;
  readonly pageTokens: string;
  /** Secret of the client `naru-operator`. */
  readonly operator: string;
  /** The secrets and passwords of the demo's accounts are derived from it. */
  readonly demo: string;
}

/** The system that runs from this clone, or ran last. */
export interface LastRun {
  readonly pid: number;
  readonly url: string;
  readonly database: string;
  /** Where its bus is; absent for the embedded one. */
  readonly kafka?: KafkaSettings;
  /** Zone of the day that it plays. */
  readonly timeZone?: string;
}

const CLONE = fileURLToPath(new URL('../../../', import.meta.url));

/** The home of this clone, or the folder that NARU_HOME names. */
export function openHome(folder = process.env['NARU_HOME'] ?? join(CLONE, '.naru')): Home {
  if (!existsSync(folder)) mkdirSync(folder); // not its parents: a clone is there, and a mistyped NARU_HOME should say so
  const file = join(folder, 'secrets.json');
  if (!existsSync(file)) {
    const fresh = (): string => randomBytes(24).toString('base64url');
    writeWhole(file, { roles: fresh(), pageTokens: fresh(), operator: fresh(), demo: fresh() } satisfies Secrets);
  }
  return { folder, secrets: JSON.parse(readFileSync(file, 'utf8')) as Secrets };
}

/** Writes a file that others never see half-written, readable by its owner alone. */
function writeWhole(file: string, content: object): void {
  writeFileSync(`${file}.new`, JSON.stringify(content), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

const runFile = (home: Home): string => join(home.folder, 'run.json');

export function rememberRun(home: Home, run: LastRun): void {
  writeWhole(runFile(home), run);
}

export function lastRun(home: Home): LastRun | undefined {
  return existsSync(runFile(home)) ? (JSON.parse(readFileSync(runFile(home), 'utf8')) as LastRun) : undefined;
}

const ANSWER_MS = 2_000;

/** Address of the system that runs from this clone; undefined when none does. */
export async function runningUrl(home: Home): Promise<string | undefined> {
  const run = lastRun(home);
  if (!run || !isAlive(run.pid)) return undefined;
  // after a reboot the pid may be anybody's
  const answer = await fetch(`${run.url}/healthz`, { signal: AbortSignal.timeout(ANSWER_MS) }).catch(() => undefined);
  return answer?.ok ? run.url : undefined;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
