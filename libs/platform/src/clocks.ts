import type { BusinessClock, SystemClock } from '@naru/kernel/clock';
import type { Instant } from '@naru/kernel/instant';

export const systemClock: SystemClock = { now: () => Date.now() };

/** Timers longer than this are set again: setTimeout counts in 32 bits. */
const LONGEST_TIMER_MS = 2_000_000_000;

/** Business time in production: the real time. */
export class RealBusinessClock implements BusinessClock {
  now(): Instant {
    return Date.now();
  }

  at(due: Instant, action: () => Promise<void>): () => void {
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      const left = due - Date.now();
      timer = left > LONGEST_TIMER_MS ? setTimeout(arm, LONGEST_TIMER_MS) : setTimeout(() => void action(), Math.max(0, left));
    };
    arm();
    return () => clearTimeout(timer);
  }
}

interface Timer {
  readonly due: Instant;
  readonly action: () => Promise<void>;
}

/**
 * Business time of a scenario. Only its driver moves it, instant by instant: `advanceTo` begins every timer due on the way at its own
 * instant and waits for it. Timers of one instant run at once, as in production: none may count on another. Never goes back.
 */
export class ScenarioClock implements BusinessClock {
  #now: Instant;
  readonly #timers = new Set<Timer>();

  constructor(start: Instant) {
    this.#now = start;
  }

  now(): Instant {
    return this.#now;
  }

  at(due: Instant, action: () => Promise<void>): () => void {
    const timer = { due, action };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** The next instant at which a timer is due. */
  nextDue(): Instant | undefined {
    let next: Instant | undefined;
    for (const { due } of this.#timers) if (next === undefined || due < next) next = due;
    return next;
  }

  /**
   * Moves to `target`, running the timers due until then in order of their instants, those they set included.
   * @throws what an action throws, once those of its instant have ended.
   */
  async advanceTo(target: Instant): Promise<void> {
    for (let next = this.nextDue(); next !== undefined && next <= target; next = this.nextDue()) {
      this.#now = Math.max(this.#now, next);
      const due = [...this.#timers].filter((timer) => timer.due === next);
      for (const timer of due) this.#timers.delete(timer);
      const outcomes = await Promise.allSettled(due.map(async ({ action }) => action()));
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    }
    this.#now = Math.max(this.#now, target);
  }
}
