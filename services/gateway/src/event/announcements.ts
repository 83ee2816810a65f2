import { Injectable } from '@nestjs/common';
import { type Bell, backOffMs } from '@naru/platform/bus/bell';
import { BUS_CHANNEL, dedicatedClient } from '@naru/platform/bus/outbox-session';
import { ServiceContext } from '@naru/platform/service-context';

const FIRST_BACK_OFF_MS = 50;
const MOST_BACK_OFF_MS = 5_000;

/**
 * Hears when the bus took new events: one connection that listens, for all streams of this instance.
 * While it is lost, streams live by their poll.
 */
@Injectable()
export class Announcements {
  readonly #bells = new Set<Bell>();
  readonly #stopping = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  constructor(private readonly context: ServiceContext) {
    context.onStart(async () => this.#start());
    context.onStop(async () => this.#stop());
  }

  /** Rings `bell` at each announcement until the returned function is called. */
  ring(bell: Bell): () => void {
    this.#bells.add(bell);
    return () => void this.#bells.delete(bell);
  }

  /** How many streams listen. */
  get listeners(): number {
    return this.#bells.size;
  }

  #start(): void {
    this.#loop = this.#listen();
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  async #listen(): Promise<void> {
    const stopping = this.#stopping.signal;
    for (let failures = 0; !stopping.aborted; ) {
      const over = new AbortController();
      const ended = new Promise<void>((resolve) => AbortSignal.any([over.signal, stopping]).addEventListener('abort', () => resolve(), { once: true }));
      try {
        const client = await dedicatedClient(this.context.config.databaseUrl, this.context.service, 'events', (error) => over.abort(error));
        client.on('notification', () => this.#announce());
        try {
          await client.query(`listen ${BUS_CHANNEL}`);
          failures = 0;
          this.#announce(); // what came while nobody listened
          if (!stopping.aborted) await ended;
        } finally {
          await client.end().catch(() => {}); // it may have ended by itself
        }
        if (!stopping.aborted) this.context.log('warn', 'the stream of events lost its connection', { error: String(over.signal.reason) });
      } catch (error) {
        failures++;
        this.context.log('warn', 'the stream of events cannot listen', { error: String(error), failures });
      }
      await pause(backOffMs(failures, FIRST_BACK_OFF_MS, MOST_BACK_OFF_MS, Math.random), stopping);
    }
  }

  #announce(): void {
    for (const bell of this.#bells) bell.ring();
  }
}

/** Waits, but no longer than until `signal` aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
