import { AccessRefused } from '@naru/contracts/gen/naru/type/v1/access_refused';
import type { BusinessTime } from '../business-time.js';
import type { Database } from '../database.js';
import { occurred } from '../event.js';
import type { Outbox } from '../outbox.js';

const FLUSH_MS = 100;
/** More than this many refusals wait for one flush: what is beyond is counted, not kept, so that a flood of bad tokens costs no memory. */
const MOST_WAITING = 1000;

/** Publishes refused access in transactions of its own, for the audit log of identity (rule I4). */
export class RefusalLog {
  readonly #database: Database;
  readonly #outbox: Outbox;
  readonly #time: BusinessTime;
  readonly #onFailure: (error: unknown, lost: number) => void;
  #waiting: AccessRefused[] = [];
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> = Promise.resolve();

  constructor(parts: { database: Database; outbox: Outbox; time: BusinessTime; onFailure: (error: unknown, lost: number) => void }) {
    this.#database = parts.database;
    this.#outbox = parts.outbox;
    this.#time = parts.time;
    this.#onFailure = parts.onFailure;
  }

  record(refusal: AccessRefused): void {
    if (this.#waiting.length >= MOST_WAITING) this.#dropped++;
    else this.#waiting.push(refusal);
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }

  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#waiting;
    const dropped = this.#dropped;
    this.#waiting = [];
    this.#dropped = 0;
    if (dropped > 0) this.#onFailure(new Error('too many refusals at once'), dropped);
    if (batch.length === 0) return this.#flushing;
    const now = this.#time.now();
    const events = batch.map((refusal) => occurred(AccessRefused, refusal, now));
    this.#flushing = this.#flushing
      .then(() => this.#database.transaction(async (tx) => void (await this.#outbox.publish(tx, events))))
      .catch((error: unknown) => this.#onFailure(error, batch.length));
    return this.#flushing;
  }
}
