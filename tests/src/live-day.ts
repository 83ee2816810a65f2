import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dayOf } from '@naru/tools/launcher/days';
import { Accounts } from '@naru/tools/scenarios/driver/accounts';
import type { PlanIds } from '@naru/tools/scenarios/driver/plan-ids';
import { play } from '@naru/tools/scenarios/driver/play';
import { PLATFORM, type Plan } from '@naru/tools/scenarios/market-day/actions';
import type { TestSystem } from './test-system.js';

export interface PlayedDay {
  readonly plan: Plan;
  readonly ids: PlanIds;
  /** The clients of the day's organizations. */
  readonly accounts: Accounts;
  /** The file that keeps them. */
  readonly accountsFile: string;
}

export const livePlan = (): Plan => dayOf('live').read().plan;

/** Plays the live day on the system, by the public API, as fast as it goes. */
export async function playLiveDay(system: TestSystem, plan = livePlan()): Promise<PlayedDay> {
  const file = join(mkdtempSync(join(tmpdir(), 'naru-day-')), 'accounts.json');
  const accounts = new Accounts(file, system.url, [PLATFORM, system.operatorCredentials]);
  const ids = await play({ plan, accounts, clock: system.clock, speed: Infinity, settle: () => system.settle(), signal: new AbortController().signal });
  return { plan, ids, accounts, accountsFile: file };
}

export interface Board {
  readonly businessDay: string;
  readonly lotsSold: string;
  readonly lotsPassed: string;
  readonly lines: readonly unknown[];
}

/** The board that the day's files come to, by the script that shares nothing with us. */
export function boardOfFiles(): Board {
  const script = fileURLToPath(new URL('../../tools/scenarios/board-check/board.mjs', import.meta.url));
  return JSON.parse(execFileSync(process.execPath, [script, 'live'], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })) as Board;
}

const sorted = (lines: readonly unknown[]): readonly string[] => lines.map((line) => JSON.stringify(Object.entries(line as object).sort(([a], [b]) => (a < b ? -1 : 1)))).sort();

/** A board as two boards are compared: the order of lines and of fields says nothing. */
export function comparable({ businessDay, lotsSold, lotsPassed, lines }: Board): unknown {
  return { businessDay, lotsSold, lotsPassed, lines: sorted(lines) };
}

/** What the checker of stock and money says of the day, by the script that shares nothing with us: its lines, the last one first of all. */
export async function checkDay(...options: readonly string[]): Promise<{ readonly code: number; readonly lines: readonly string[] }> {
  const script = fileURLToPath(new URL('../../tools/scenarios/stock-check/check.mjs', import.meta.url));
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...options], { maxBuffer: 16 * 1024 * 1024 }, (error, stdout) => resolve({ code: Number(error?.code ?? 0), lines: stdout.trimEnd().split('\n').toReversed() }));
  });
}
