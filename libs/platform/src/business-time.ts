import type { BusinessClock } from '@naru/kernel/clock';
import type { Instant } from '@naru/kernel/instant';

/** The business clock of a service: injectable. */
export class BusinessTime implements BusinessClock {
  readonly #clock: BusinessClock;

  constructor(clock: BusinessClock) {
    this.#clock = clock;
  }

  now(): Instant {
    return this.#clock.now();
  }

  at(due: Instant, action: () => Promise<void>): () => void {
    return this.#clock.at(due, action);
  }
}
