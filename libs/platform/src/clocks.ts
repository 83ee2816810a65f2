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
  readonly order: number;
  readonly action: () => Promise<void>;
}

/**
 * Business time of a scenario. Only its driver moves it, timer by timer: `advanceTo` runs every timer due on the way,
 * each at its own instant, and waits for it. Never goes back.
 */
export class ScenarioClock implements BusinessClock {
  #now: Instant;
  #order = 0;
  readonly #timers = new Set<Timer>();

  constructor(start: Instant) {
    this.#now = start;
  }

  now(): Instant {
    return this.#now;
  }

  at(due: Instant, action: () => Promise<void>): () => void {
    const timer = { due, order: this.#order++, action };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** The next instant at which a timer is due. */
  nextDue(): Instant | undefined {
    return this.#next()?.due;
  }

  /** Moves to `target`, running the timers due until then in order of their instants, those they set included. */
  async advanceTo(target: Instant): Promise<void> {
    for (let timer = this.#next(); timer && timer.due <= target; timer = this.#next()) {
      this.#timers.delete(timer);
      this.#now = Math.max(this.#now, timer.due);
      await timer.action();
    }
    this.#now = Math.max(this.#now, target);
  }

  #next(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) if (!first || timer.due < first.due || (timer.due === first.due && timer.order < first.order)) first = timer;
    return first;
  }
}
