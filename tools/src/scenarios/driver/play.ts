import type { Instant } from '@naru/kernel/instant';
import type { Action, BidAction, Plan } from '../market-day/actions.js';
import type { Accounts } from './accounts.js';
import { Caller, PlanIds } from './caller.js';
import { Hall } from './hall.js';

/** The clock as its driver moves it. */
export interface DrivenClock {
  now(): Instant;
  advanceTo(target: Instant): Promise<void>;
}

export interface PlayOptions {
  readonly plan: Plan;
  readonly accounts: Accounts;
  readonly clock: DrivenClock;
  /** Business time per real time, at most; Infinity jumps to the next due time. */
  readonly speed: number;
  /** Resolves when no event waits for its effects. */
  readonly settle: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** Calls of one kind that are sent at once. */
const ABREAST = 24;

export async function abreast<T>(items: readonly T[], limit: number, work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) await work(items[next++]!);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
}

/**
 * Plays a plan through the public API, and gives the ids of its things. The clock never passes an action whose call is
 * unanswered, nor an event whose effects are not there. Everything has its Idempotency-Key, so a plan that was
 * interrupted is simply played again: what has happened answers as it did the first time.
 */
export async function play(options: PlayOptions): Promise<PlanIds> {
  const { plan, clock, signal } = options;
  const ids = new PlanIds();
  const caller = new Caller(options.accounts, ids);
  const bidsOf = Map.groupBy(plan.bids, (bid) => bid.consignment);
  const halls: Hall[] = [];
  let next = 0;

  while (!signal.aborted) {
    const dueHalls = halls.flatMap((hall) => (hall.due === undefined ? [] : [hall.due]));
    const due = Math.min(plan.actions[next]?.at ?? Infinity, ...dueHalls);
    if (due === Infinity) return ids;
    await pause((due - clock.now()) / options.speed, signal);
    if (signal.aborted) break;
    await clock.advanceTo(due);

    const now = clock.now();
    const first = next;
    while (next < plan.actions.length && plan.actions[next]!.at <= now) next++;
    await perform(plan.actions.slice(first, next), caller, options.settle);
    for (const action of plan.actions.slice(first, next)) {
      if (action.kind !== 'start-session') continue;
      const hall = new Hall(options.accounts.of(action.by), ids.of('session', action.session), lotBids(plan, ids, bidsOf));
      await hall.look();
      halls.push(hall);
    }
    await abreast(halls.filter((hall) => hall.due !== undefined && hall.due <= now), ABREAST, (hall) => hall.act(now, caller, plan.currency));
  }
  return ids;
}

/** Consecutive actions of one kind go out together; the next kind waits for them and for their effects. */
async function perform(actions: readonly Action[], caller: Caller, settle: () => Promise<void>): Promise<void> {
  for (let from = 0; from < actions.length; ) {
    let to = from + 1;
    while (to < actions.length && actions[to]!.kind === actions[from]!.kind) to++;
    // lots are sold in the order in which they are listed
    const limit = actions[from]!.kind === 'list-lot' ? 1 : ABREAST;
    await abreast(actions.slice(from, to), limit, (action) => caller.call(action));
    await settle();
    from = to;
  }
}

function lotBids(plan: Plan, ids: PlanIds, bidsOf: ReadonlyMap<string, readonly BidAction[]>): (lotId: string) => readonly BidAction[] {
  const consignmentOf = new Map(plan.lots.flatMap(({ consignment }) => (ids.has('lot', consignment) ? [[ids.of('lot', consignment), consignment] as const] : [])));
  return (lotId) => bidsOf.get(consignmentOf.get(lotId) ?? '') ?? [];
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
