import type { LogLine } from './config.js';
import { crashPoint } from './crash-point.js';
import { Bell, type Timer, backOffMs, realTimer } from './bus/bell.js';

/** One connection of a relay, with what it holds. Once a method throws, the session is over. */
export interface RelaySession {
  /** Takes the relay's lock of this service; false while another session holds it. */
  tryLock(): Promise<boolean>;
  /**
   * Puts at most `limit` of the oldest outbox rows on the bus, in order of their ids, and deletes them; how many.
   * Reads always from the start: a row that commits late is then never skipped. May put a row on the bus twice, never not at all.
   */
  move(limit: number): Promise<number>;
  /** Tells waiting consumers that there is something new. May be lost: they also look by themselves. */
  announce(): Promise<void>;
  /** Tells the session that holds the lock that there is something in the outbox. May be lost. */
  nudge(): Promise<void>;
  close(): Promise<void>;
}

export interface RelayOptions {
  readonly service: string;
  /** Opens a session; `wake` is to be called when another instance nudges, `lost` when the connection ends. */
  readonly open: (wake: () => void, lost: (error: Error) => void) => Promise<RelaySession>;
  readonly log: (line: LogLine) => void;
  readonly crashAt?: string;
  readonly random?: () => number;
  readonly timer?: Timer;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
  /** Rows per move. More make the consumer wait longer for the first of them. */
  readonly batch?: number;
  /** How long a row may lie when no wake was heard. */
  readonly pollMs?: number;
}

/** A move below this number is followed by a short rest: every move costs a commit, however small. */
const SMALL_MOVE = 50;
const LINGER_MS = 3;
/** Full moves announce no more often than this. */
const ANNOUNCE_MS = 5;
const LOCK_RETRY_MS = 500;
const FIRST_BACK_OFF_MS = 50;
const MOST_BACK_OFF_MS = 5_000;

/** Takes facts from the outbox to the bus. One per service works at a time; others stand by. */
export class Relay {
  readonly #options: RelayOptions;
  readonly #timer: Timer;
  readonly #bell: Bell;
  #running: Promise<void> | undefined;
  #stopping = false;
  #leading = false;
  #moving = false;
  #session: RelaySession | undefined;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#timer = options.timer ?? realTimer;
    this.#bell = new Bell(this.#timer);
  }

  /** Whether this relay holds the lock. */
  get leading(): boolean {
    return this.#leading;
  }

  /** Whether it has, as far as it knows, nothing to move. */
  get idle(): boolean {
    return !this.#moving && this.#bell.quiet;
  }

  /** Says that a transaction with facts has committed. Cheap: call it after every one. */
  readonly wake = (): void => {
    this.#bell.ring();
  };

  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends after the running move. What lies in the outbox goes out at the next start. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#bell.ring();
    await this.#running;
  }

  async #run(): Promise<void> {
    const random = this.#options.random ?? Math.random;
    for (let failures = 0; !this.#stopping; ) {
      let lost: Error | undefined;
      try {
        const session = await this.#options.open(this.wake, (error) => {
          lost = error;
          this.#bell.ring();
        });
        this.#session = session;
        await this.#lead(session, () => {
          if (lost) throw lost;
          failures = 0; // it works
        });
      } catch (error) {
        failures++;
        this.#options.log({ level: 'warn', service: this.#options.service, message: 'the relay lost its connection', error: String(error), failures });
      } finally {
        this.#leading = false;
        this.#moving = false;
        await this.#session?.close().catch(() => {}); // it may be the connection itself that failed
        this.#session = undefined;
      }
      if (!this.#stopping) await this.#rest(backOffMs(failures, FIRST_BACK_OFF_MS, MOST_BACK_OFF_MS, random));
    }
  }

  async #lead(session: RelaySession, check: () => void): Promise<void> {
    const { crashAt, batch = 300, pollMs = 500, now = () => performance.now() } = this.#options;
    let announcedAt = -ANNOUNCE_MS;
    let untold = false;
    while (!this.#stopping && !(await session.tryLock())) {
      check();
      const rung = await this.#bell.wait(LOCK_RETRY_MS);
      if (!rung || this.#stopping) continue;
      // commits of this process: the relay that leads lives in another one and has not heard of them
      await session.nudge();
      await this.#rest(LINGER_MS);
    }
    this.#leading = !this.#stopping;
    while (!this.#stopping) {
      this.#moving = true;
      crashPoint('relay.before-move', crashAt);
      const moved = await session.move(batch);
      check();
      if (moved > 0) {
        crashPoint('relay.published', crashAt);
        untold = true;
      }
      // in a backlog consumers are awake already
      if (untold && (moved < batch || now() >= announcedAt + ANNOUNCE_MS)) {
        await session.announce();
        untold = false;
        announcedAt = now();
      }
      if (moved === batch) continue;
      this.#moving = false;
      if (moved > 0 && moved < SMALL_MOVE) await this.#rest(LINGER_MS);
      await this.#bell.wait(pollMs);
    }
  }

  #rest(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#timer(ms, resolve));
  }
}
