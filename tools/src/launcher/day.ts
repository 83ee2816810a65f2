import { existsSync } from 'node:fs';
import { ApiClient } from '../api/client.js';
import { followEvents } from '../api/events.js';
import { Accounts } from '../scenarios/driver/accounts.js';
import { play } from '../scenarios/driver/play.js';
import { PLATFORM } from '../scenarios/market-day/actions.js';
import { OPERATOR_CLIENT } from './accounts.js';
import type { StoredClock } from './business-day.js';
import type { PlayableDay } from './days.js';
import { eventLine } from './event-line.js';
import type { Home } from './home.js';
import type { StartOptions } from './options.js';
import { reportOf } from './report.js';
import { settle } from './settle.js';
import type { RunningSystem } from './system.js';

export interface DayOptions {
  readonly day: PlayableDay;
  readonly home: Home;
  readonly system: RunningSystem;
  readonly clock: StoredClock;
  readonly options: StartOptions;
  /** Where the clients of the day's organizations are kept. */
  readonly file: string;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** Plays a day on the running system, or goes on with it, and shows what came of it. */
export async function playDay({ day, home, system, clock, options, file, signal, say }: DayOptions): Promise<void> {
  const plan = day.plan();
  const known = existsSync(file);
  const operator = { clientId: OPERATOR_CLIENT, clientSecret: home.secrets.operator };
  const accounts = new Accounts(file, system.url, [PLATFORM, operator]);
  say(`accounts: npx naru accounts lists the clients of the day; the operator is ${OPERATOR_CLIENT}`);
  say(`to look around: ${system.url}/docs, npx naru status, npx naru verify, and the tour in README.md; Ctrl-C stops`);
  say(`${known ? 'the day goes on' : 'the day begins'}: ${day.title}`);

  const followed = new AbortController();
  signal.addEventListener('abort', () => followed.abort());
  const stream = options.quiet || known ? undefined : printEvents(system, operator, plan.timeZone, followed.signal, say);
  await stream?.ready;
  const from = performance.now();
  const ids = await play({ plan, accounts, clock, speed: options.speed, settle: () => settle(system), signal });
  if (signal.aborted) return;
  await stream?.caughtUp();
  followed.abort();

  const report = await reportOf(plan, ids, new ApiClient(system.url, operator));
  say(report.table);
  say(`${plan.day} took ${((performance.now() - from) / 1000).toFixed(1)} s and ${accounts.calls} calls; npm start -- --fresh plays it again`);
  say(`day: lots sold: ${report.sold} of ${report.lots}`);
}

/** Prints the public stream of events. */
function printEvents(system: RunningSystem, operator: { clientId: string; clientSecret: string }, timeZone: string, signal: AbortSignal, say: (line: string) => void): { ready: Promise<void>; caughtUp: () => Promise<void> } {
  const client = new ApiClient(system.url, operator);
  let last = performance.now();
  const ready = new Promise<void>((resolve, reject) => {
    followEvents({
      url: system.url,
      token: () => client.token(),
      signal,
      ready: resolve,
      onEvent: (event) => {
        last = performance.now();
        say(eventLine(event, timeZone));
      },
    }).catch(reject);
  });
  const QUIET_MS = 600;
  return {
    ready,
    caughtUp: async () => {
      while (performance.now() - last < QUIET_MS && !signal.aborted) await new Promise((resolve) => setTimeout(resolve, 50));
    },
  };
}
