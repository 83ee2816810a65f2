import type { Instant } from './instant.js';

/** What cores get as `now`. In a scenario its driver alone moves it; in production it is the real time. */
export interface BusinessClock {
  now(): Instant;
  /**
   * Calls `action` once the clock has reached `due`; at once, in a later turn, if it has already.
   * A driver that moves the clock waits for the promise of the action. Actions of one instant may run at once. Gives the way to cancel.
   */
  at(due: Instant, action: () => Promise<void>): () => void;
}

/** Real time, always: tokens, leases, deadlines, ids and record time. */
export interface SystemClock {
  now(): Instant;
}
