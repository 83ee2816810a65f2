import { timeOfDay } from '@naru/kernel/instant';
import { ApiClient } from '../api/client.js';
import { followEvents } from '../api/events.js';
import { Accounts } from '../scenarios/driver/accounts.js';
import { type DrivenClock, type Progress, play } from '../scenarios/driver/play.js';
import { PLATFORM, type Plan } from '../scenarios/market-day/actions.js';
import { accountsFile, OPERATOR_CLIENT } from './accounts.js';
import { finishedBoards } from './boards.js';
import type { PlayableDay, ReadDay } from './days.js';
import { eventLine } from './event-line.js';
import type { Home } from './home.js';
import { importLines } from './import-lines.js';
import type { StartOptions } from './options.js';
import { reportOf } from './report.js';
import { type Settling, settle } from './settle.js';
import { afterDayText } from './welcome.js';

/** A running system, as far as a day needs it. */
export interface Playable extends Settling {
  readonly url: string;
}

export interface DayOptions {
  readonly day: PlayableDay;
  readonly read: ReadDay;
  readonly home: Home;
  readonly system: Playable;
  readonly clock: DrivenClock;
  readonly options: StartOptions;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** Plays a day on the running system, goes on with an interrupted one, or shows a finished one; then says what came of it. */
export async function playDay(given: DayOptions): Promise<void> {
  const { day, read, home, system, options, signal, say } = given;
  const { plan } = read;
  const operator = { clientId: OPERATOR_CLIENT, clientSecret: home.secrets.operator };
  const accounts = new Accounts(accountsFile(home, day.database), system.url, [PLATFORM, operator], home.secrets.demo);
  const corporation = plan.actions.find((action) => action.kind === 'create-market')!.by;
  const begun = accounts.has(corporation);
  const before = begun ? await finishedBoards(plan, accounts.of(corporation)) : undefined;
  const from = performance.now();

  if (before) say(`day       ${day.title}\n          is over; so it came out:`);
  else {
    for (const line of importLines(read.parsed)) say(line);
    const pace = options.speed === Infinity ? 'as fast as it can' : `at most ${options.speed} times as fast as life`;
    say(`day       ${day.title}\n          ${begun ? 'goes on' : 'begins'} at ${timeOfDay(given.clock.now(), plan.timeZone)}, ${pace}\n`);
    await playOn(given, accounts, new ApiClient(system.url, operator));
    if (signal.aborted) return;
  }

  const boards = before ?? (await finishedBoards(plan, accounts.of(corporation)));
  if (!boards) throw new Error('the day was played, but the boards lack lots: naru verify and naru events parked show why');
  const report = reportOf(plan, boards, day.groups, read.groupOf);
  say(`\n${report.table}\n`);
  if (!before) say(`${plan.lots.length.toLocaleString('en-US')} lots in ${((performance.now() - from) / 1000).toFixed(1)} s, ${accounts.calls.toLocaleString('en-US')} calls of the public API`);
  say(`day: lots sold: ${report.sold} of ${report.lots}\n`);
  say(afterDayText(system.url, day.name));
}

async function playOn({ day, read: { plan }, system, clock, options, signal, say }: DayOptions, accounts: Accounts, operator: ApiClient): Promise<void> {
  const followed = new AbortController();
  signal.addEventListener('abort', () => followed.abort());
  const stream = options.quiet || day.lines === 'progress' ? undefined : printEvents(operator, plan.timeZone, followed.signal, say);
  await stream?.ready;
  const onProgress = !options.quiet && day.lines === 'progress' ? progressLines(plan, say) : undefined;
  await play({ plan, accounts, clock, speed: options.speed, settle: () => settle(system), signal, ...(onProgress ? { onProgress } : {}) });
  await stream?.caughtUp();
  followed.abort();
}

const PROGRESS_MS = 2_000;

/** A line every few seconds that says how far the day is. */
function progressLines(plan: Plan, say: (line: string) => void): (progress: Progress) => void {
  let last = performance.now();
  const lots = plan.lots.length.toLocaleString('en-US');
  return ({ at, received, listed, closed }) => {
    if (performance.now() - last < PROGRESS_MS) return;
    last = performance.now();
    const [r, l, c] = [received, listed, closed].map((n) => n.toLocaleString('en-US').padStart(lots.length));
    say(`${timeOfDay(at, plan.timeZone)}  of ${lots} lots: ${r} received, ${l} listed, ${c} under the hammer`);
  };
}

/** Prints the public stream of events. */
function printEvents(client: ApiClient, timeZone: string, signal: AbortSignal, say: (line: string) => void): { ready: Promise<void>; caughtUp: () => Promise<void> } {
  let last = performance.now();
  const ready = new Promise<void>((resolve, reject) => {
    followEvents({
      url: client.url,
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
