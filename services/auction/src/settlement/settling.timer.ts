import { Injectable } from '@nestjs/common';
import type { Id } from '@naru/kernel/ids';
import { BusinessTime } from '@naru/platform/business-time';
import { Database } from '@naru/platform/database';
import { ServiceContext } from '@naru/platform/service-context';
import { Settling } from './settling.shell.js';
import { listUnsettled } from './settling.store.js';

/** How often sessions are looked for that closed and that no instance settles any more. */
const SWEEP_MS = 5_000;
const RETRY_MS = 200;

/** Sees to it that each session is settled as soon as it is closed: at once, and after a crash when the service starts again. */
@Injectable()
export class SettlingTimer {
  readonly #watched = new Map<Id, () => void>();
  #sweep: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(
    private readonly time: BusinessTime,
    private readonly database: Database,
    private readonly context: ServiceContext,
    private readonly settling: Settling,
  ) {
    context.onStart(() => this.#start());
    context.onStop(() => this.#stop());
  }

  /** Settles a session that has just closed, in a turn of its own. */
  watch(sessionId: Id): void {
    if (this.#stopped || this.#watched.has(sessionId)) return;
    this.#watched.set(sessionId, this.time.at(this.time.now(), () => this.#due(sessionId)));
  }

  async #start(): Promise<void> {
    await this.#watchUnsettled();
    this.#sweep = setInterval(() => void this.#watchUnsettled().catch((error: unknown) => this.context.log('warn', 'unsettled sessions could not be read', { error: String(error) })), SWEEP_MS);
    this.#sweep.unref();
  }

  async #stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#sweep);
    for (const cancel of this.#watched.values()) cancel();
    this.#watched.clear();
  }

  async #watchUnsettled(): Promise<void> {
    for (const sessionId of await listUnsettled(this.database)) this.watch(sessionId);
  }

  /** Ends once the session is settled. */
  async #due(sessionId: Id): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.settling.settle(sessionId);
        break;
      } catch (error) {
        this.context.log('warn', 'a session could not be settled yet', { sessionId, error: String(error) });
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    this.#watched.delete(sessionId);
  }
}
