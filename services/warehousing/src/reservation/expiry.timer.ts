import { Injectable } from '@nestjs/common';
import type { Instant } from '@naru/kernel/instant';
import { BusinessTime } from '@naru/platform/business-time';
import { Database } from '@naru/platform/database';
import { ServiceContext } from '@naru/platform/service-context';
import { Promising } from './promising.shell.js';
import { ReservationStore } from './reservation.store.js';

const BATCH = 500;

/**
 * Ends holds when their time is over, also of items that nobody asks for. It only calls: the row decides between it and a confirmation that comes at the same
 * time. Set again from the table at each start.
 */
@Injectable()
export class ExpiryTimer {
  #due: Instant = Number.POSITIVE_INFINITY;
  #cancel: () => void = () => {};
  #stopped = false;

  constructor(
    private readonly reservations: ReservationStore,
    private readonly promising: Promising,
    private readonly database: Database,
    private readonly time: BusinessTime,
    private readonly context: ServiceContext,
  ) {
    context.onStart(() => this.#watchNext());
    context.onStop(async () => {
      this.#stopped = true;
      this.#cancel();
    });
  }

  /** Sees to it that holds that end at `at` are ended then. */
  watch(at: Instant): void {
    if (this.#stopped || at >= this.#due) return;
    this.#cancel();
    this.#due = at;
    this.#cancel = this.time.at(at, () => this.#sweep());
  }

  async #watchNext(): Promise<void> {
    const next = await this.reservations.nextExpiry();
    if (next !== undefined) this.watch(next);
  }

  async #sweep(): Promise<void> {
    this.#due = Number.POSITIVE_INFINITY;
    try {
      while (!this.#stopped && (await this.#expire())) {
        // as long as a full batch was due
      }
      await this.#watchNext();
    } catch (error) {
      this.context.log('error', 'holds could not be ended; the next one or the next start tries again', { error: String(error) });
    }
  }

  async #expire(): Promise<boolean> {
    const now = this.time.now();
    const due = await this.reservations.due(this.database, now, BATCH);
    if (due.length === 0) return false;
    await this.database.transaction(async (tx) => {
      const open = (await this.reservations.lockOpen(tx, due)).filter(({ phase, expiresAt }) => phase === 'held' && expiresAt! <= now);
      const losses = await this.promising.giveBack(tx, open.map(({ reservationId, count }) => ({ reservationId, count })), 'expired', { reason: 'EXPIRED', why: [] }, now);
      await this.promising.promiseWaiting(tx, losses.map(({ reservation }) => reservation), now);
    });
    return due.length === BATCH;
  }
}
