import { type Bell, type Timer, backOffMs, realTimer } from './bell.js';
import type { BusRecord, Subscription } from './port.js';

/** What a lane needs of the database. */
export interface LaneStore {
  /** Whether this session may consume `topic` for `group`; false while another instance does. */
  tryLock(): Promise<boolean>;
  /** Offset of the last consumed record; 0n at the very first start. */
  readCursor(): Promise<bigint>;
  /** Records after `offset`, in order. */
  read(offset: bigint, limit: number): Promise<readonly BusRecord[]>;
  writeCursor(offset: bigint): Promise<void>;
}

export interface LaneOptions {
  readonly topic: string;
  readonly subscription: Subscription;
  readonly bell: Bell;
  readonly batch: number;
  readonly pollMs: number;
  readonly random: () => number;
  readonly timer?: Timer;
  /** Orders a batch anew, keeping the order of each key. Tests only. */
  readonly reorder: ((batch: readonly BusRecord[]) => readonly BusRecord[]) | undefined;
  readonly warn: (message: string, error: unknown) => void;
}

const LOCK_RETRY_MS = 500;
const FIRST_BACK_OFF_MS = 50;
const MOST_BACK_OFF_MS = 5_000;
/** The stored cursor may lag behind this long: what lies between comes again after a crash, and meets the inbox. */
const CURSOR_MS = 1_000;

/** One group's way along one topic. */
export class Lane {
  readonly topic: string;
  readonly group: string;
  readonly bell: Bell;
  readonly #options: LaneOptions;
  #offset: bigint | undefined;
  #stored = 0n;
  #store: LaneStore | undefined;
  #running: Promise<void> = Promise.resolve();
  readonly #timer: Timer;
  #cursorTimer: (() => void) | undefined;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#timer = options.timer ?? realTimer;
    this.topic = options.topic;
    this.group = options.subscription.group;
    this.bell = options.bell;
  }

  /** Offset of the last consumed record, as far as this instance knows. */
  get offset(): bigint | undefined {
    return this.#offset;
  }

  /** Goes on until `stop` is aborted; a later run begins after an earlier one has ended. */
  run(store: LaneStore, stop: AbortSignal, cancel: AbortSignal): void {
    this.#running = this.#running.then(() => this.#run(store, stop, cancel));
  }

  /** Resolves once the running batch has ended. */
  ended(): Promise<void> {
    return this.#running;
  }

  /** Stores the cursor if it has moved. */
  async flush(): Promise<void> {
    this.#cursorTimer?.();
    this.#cursorTimer = undefined;
    const offset = this.#offset;
    if (offset === undefined || offset <= this.#stored || !this.#store) return;
    await this.#store.writeCursor(offset);
    this.#stored = offset;
  }

  async #run(store: LaneStore, stop: AbortSignal, cancel: AbortSignal): Promise<void> {
    const { batch, pollMs, random, warn, reorder, subscription } = this.#options;
    this.#store = store;
    const context = { partition: this.topic, signal: cancel };
    let locked = false;
    let limit = batch;
    let ahead: Promise<readonly BusRecord[]> | undefined;
    for (let failures = 0; !stop.aborted; ) {
      try {
        if (!locked) {
          locked = await store.tryLock();
          if (!locked) {
            await this.bell.wait(LOCK_RETRY_MS);
            continue;
          }
          this.#stored = await store.readCursor();
          if (this.#offset === undefined || this.#offset < this.#stored) this.#offset = this.#stored;
        }
        const records = await (ahead ?? store.read(this.#offset!, limit));
        ahead = undefined;
        if (records.length === 0) {
          await this.bell.wait(pollMs);
          continue;
        }
        const last = records.at(-1)!.offset;
        if (records.length === limit) {
          ahead = store.read(last, limit); // in a backlog the next batch is read while this one is taken
          ahead.catch(() => {}); // met where it is awaited
        }
        await subscription.handle(reorder ? reorder(records) : records, context);
        if (cancel.aborted) return; // too late to count: it comes again and meets the inbox
        this.#offset = last;
        this.#storeSoon(cancel);
        failures = 0;
        if (records.length < limit) await this.bell.wait(pollMs); // that was all; what came meanwhile has rung
        limit = batch;
      } catch (error) {
        ahead = undefined;
        failures++;
        limit = Math.max(1, limit >> 1); // a batch that is too much for a time limit must not be so for ever
        if (stop.aborted) return;
        warn(`${this.group} could not take records of ${this.topic}; they come again`, error);
        await this.#pause(backOffMs(failures, FIRST_BACK_OFF_MS, MOST_BACK_OFF_MS, random), stop);
      }
    }
  }

  #storeSoon(cancel: AbortSignal): void {
    this.#cursorTimer ??= this.#timer(CURSOR_MS, () => {
      this.flush().catch((error: unknown) => {
        this.#options.warn(`the cursor of ${this.group} on ${this.topic} was not stored; again in a second`, error);
        if (!cancel.aborted) this.#storeSoon(cancel);
      });
    });
  }

  #pause(ms: number, stop: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        stop.removeEventListener('abort', end);
        resolve();
      };
      const cancel = this.#timer(ms, end);
      stop.addEventListener('abort', end);
    });
  }
}
