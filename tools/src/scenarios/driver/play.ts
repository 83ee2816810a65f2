import type { Instant } from '@naru/kernel/instant';
import { type Action, type BidAction, type Plan, inOrderOfKind } from '../market-day/actions.js';
import { WORKS_ON_WHAT_IS_THERE } from '../shop/actions.js';
import { abreast } from './abreast.js';
import type { Accounts } from './accounts.js';
import { Caller } from './caller.js';
import { Hall } from './hall.js';
import { PlanIds } from './plan-ids.js';

/** The clock as its driver moves it. */
export interface DrivenClock {
  now(): Instant;
  advanceTo(target: Instant): Promise<void>;
}

/** How far a day is. */
export interface Progress {
  readonly at: Instant;
  /** Consignments received. */
  readonly received: number;
  /** Lots listed. */
  readonly listed: number;
  /** Hammers that the driver has seen fall. */
  readonly closed: number;
}

export interface PlayOptions {
  readonly plan: Plan;
  readonly accounts: Accounts;
  readonly clock: DrivenClock;
  /** Business time per real time since the beginning, at most; Infinity jumps to the next due time. */
  readonly speed: number;
  /** Resolves when no event waits for its effects. */
  readonly settle: () => Promise<void>;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** Calls that are sent at once. */
const ABREAST = 32;

/**
 * Plays a plan through the public API, and gives the ids of its things. The clock never passes an action whose call is
 * unanswered, nor an event whose effects are not there. Everything has its Idempotency-Key, so a plan that was
 * interrupted is simply played again: what has happened answers as it did the first time.
 */
export async function play(options: PlayOptions): Promise<PlanIds> {
  const { plan, clock, signal, settle } = options;
  const ids = new PlanIds();
  const caller = new Caller(options.accounts, ids);
  const bidsOf = bidsByLot(plan, ids);
  const halls: Hall[] = [];
  const counts = { received: 0, listed: 0 };

  const perform = async (actions: readonly Action[], afterEach: () => Promise<void>): Promise<void> => {
    for (const group of groupsOf(actions)) {
      await abreast(lanesOf(group), ABREAST, signal, async (lane) => {
        for (const action of lane) await caller.call(action);
      });
      await afterEach();
      if (group[0].kind === 'receive-line') counts.received += group.length;
      if (group[0].kind === 'list-lot') counts.listed += group.length;
    }
    const started = actions.filter((action) => action.kind === 'start-session');
    const opened = started.map(({ by, session }) => new Hall(options.accounts.of(by), ids.of('session', session), bidsOf));
    await abreast(opened, ABREAST, signal, (hall) => hall.look());
    halls.push(...opened);
  };

  // the clock has passed them, so each was answered and had its effects: what is missing here is their ids alone
  const passed = plan.actions.filter(({ at }) => at < clock.now());
  await perform(inOrderOfKind(passed.filter(({ kind }) => !WORKS_ON_WHAT_IS_THERE.has(kind))), async () => {});

  const begun = { at: clock.now(), real: performance.now() };
  for (let next = passed.length; !signal.aborted; ) {
    const due = Math.min(plan.actions[next]?.at ?? Infinity, ...halls.map((hall) => hall.due ?? Infinity));
    if (due === Infinity) return ids;
    // what calls take is not waited for again
    await pause(begun.real + (due - begun.at) / options.speed - performance.now(), signal);
    if (signal.aborted) break;
    await clock.advanceTo(due);

    const now = clock.now();
    const first = next;
    while (next < plan.actions.length && plan.actions[next]!.at <= now) next++;
    await perform(plan.actions.slice(first, next), settle);
    const busy = halls.filter((hall) => hall.due !== undefined && hall.due <= now);
    if (busy.length > 0) {
      await abreast(busy, ABREAST, signal, (hall) => hall.act(now, caller, plan.currency));
      await settle();
    }
    await pause(Math.max(0, ...busy.map((hall) => hall.waitMs)), signal);
    options.onProgress?.({ at: now, ...counts, closed: halls.reduce((sum, hall) => sum + hall.closed, 0) });
  }
  return ids;
}

/** Consecutive actions of one kind go out together; the next kind waits for them and for their effects. */
function groupsOf(actions: readonly Action[]): readonly (readonly [Action, ...Action[]])[] {
  const groups: [Action, ...Action[]][] = [];
  for (const action of actions) {
    const group = groups.at(-1);
    if (group?.[0].kind === action.kind) group.push(action);
    else groups.push([action]);
  }
  return groups;
}

/** What must go one after the other: the lots of a session are numbered as they are listed. */
function lanesOf(actions: readonly Action[]): readonly (readonly Action[])[] {
  return [...Map.groupBy(actions, (action) => (action.kind === 'list-lot' ? action.session : action.key)).values()];
}

/** The bids of a lot by the id that the API gave it. */
function bidsByLot(plan: Plan, ids: PlanIds): (lotId: string) => readonly BidAction[] {
  const bids = Map.groupBy(plan.bids, ({ consignment }) => consignment);
  let known = new Map<string, string>();
  return (lotId) => {
    // lots get their ids when they are consigned, in batches
    if (!known.has(lotId)) known = new Map(plan.lots.flatMap(({ consignment }) => (ids.has('lot', consignment) ? [[ids.of('lot', consignment), consignment]] : [])));
    return bids.get(known.get(lotId) ?? '') ?? [];
  };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (!(ms > 1)) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
