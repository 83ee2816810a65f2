import { Injectable } from '@nestjs/common';
import type { Id } from '@naru/kernel/ids';
import type { Instant } from '@naru/kernel/instant';
import { BusinessTime } from '@naru/platform/business-time';
import { RealBusinessClock } from '@naru/platform/clocks';
import { Database } from '@naru/platform/database';
import { ServiceContext } from '@naru/platform/service-context';
import type { OpenLot } from '../lot/lot.js';
import { listOpen } from '../lot/lot.store.js';

/** System time after the close in which another instance's bids, stamped before it, may still arrive. In a scenario nothing is under way when its clock moves. */
const GRACE_MS = 250;
/** How often open lots are looked for that no other instance closes any more. */
const SWEEP_MS = 5_000;
const RETRY_MS = 200;

interface Watched {
  readonly closesAt: Instant;
  readonly cancel: () => void;
}

/**
 * Calls the hammer of each open lot when its effective close is due. It only calls: the lot's row decides, so several
 * instances may watch one lot, and after a crash the open lots are read again.
 */
@Injectable()
export class Closer {
  readonly #watched = new Map<Id, Watched>();
  readonly #graceMs: number;
  #close: (lotId: Id, marketId: Id) => Promise<void> = async () => {};
  #sweep: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(
    private readonly time: BusinessTime,
    private readonly database: Database,
    private readonly context: ServiceContext,
  ) {
    this.#graceMs = context.config.businessClock instanceof RealBusinessClock ? GRACE_MS : 0;
  }

  /** Begins to watch; `close` puts the close of a lot into its queue, behind the bids that wait there. */
  async start(close: (lotId: Id, marketId: Id) => Promise<void>): Promise<void> {
    this.#close = close;
    await this.#watchOpen();
    this.#sweep = setInterval(() => void this.#watchOpen().catch((error: unknown) => this.context.log('warn', 'open lots could not be read', { error: String(error) })), SWEEP_MS);
    this.#sweep.unref();
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#sweep);
    for (const { cancel } of this.#watched.values()) cancel();
    this.#watched.clear();
  }

  /** Sees to it that an open lot is closed at its effective close; a later instant replaces an earlier one. */
  watch({ dossier, closesAt }: Pick<OpenLot, 'dossier' | 'closesAt'>): void {
    this.#watch(dossier.lotId, dossier.marketId, closesAt);
  }

  #watch(lotId: Id, marketId: Id, closesAt: Instant): void {
    const watched = this.#watched.get(lotId);
    if (this.#stopped || (watched && watched.closesAt >= closesAt)) return;
    watched?.cancel();
    const cancel = this.time.at(closesAt, () => this.#due(lotId, marketId));
    this.#watched.set(lotId, { closesAt, cancel });
  }

  async #watchOpen(): Promise<void> {
    for (const { lotId, marketId, closesAt } of await listOpen(this.database)) this.#watch(lotId, marketId, closesAt);
  }

  /** Ends once the lot is closed, or its close has moved and is watched again. */
  async #due(lotId: Id, marketId: Id): Promise<void> {
    this.#watched.delete(lotId);
    if (this.#graceMs > 0) await new Promise((resolve) => setTimeout(resolve, this.#graceMs));
    while (!this.#stopped) {
      try {
        await this.#close(lotId, marketId);
        return;
      } catch (error) {
        this.context.log('warn', 'a lot could not be closed yet', { lotId, error: String(error) });
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }
}
