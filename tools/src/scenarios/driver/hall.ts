import type { Instant } from '@naru/kernel/instant';
import type { ApiClient } from '../../api/client.js';
import type { BidAction } from '../market-day/actions.js';
import type { Caller } from './caller.js';
import { rfc3339 } from './json.js';
import { PlanBroken } from './plan-ids.js';

interface OpenLot {
  readonly lotId: string;
  readonly code: string;
  readonly closesAt: Instant;
  /** Bids still to be placed, in order of time. */
  readonly bids: readonly { readonly at: Instant; readonly bid: BidAction }[];
}

interface LotJson {
  readonly lotId: string;
  readonly code: string;
  readonly openedAt: string;
  readonly closesAt: string;
}

/** Real time after which a hammer that does not fall is a fault. */
const PATIENCE_MS = 30_000;
const FIRST_WAIT_MS = 25;
const LONGEST_WAIT_MS = 1_000;

/** What a bidder in the hall sees of one running session: the lot that is open, until when, and what it means to bid on it. */
export class Hall {
  readonly #api: Pick<ApiClient, 'get'>;
  readonly #sessionId: string;
  readonly #bidsOf: (lotId: string) => readonly BidAction[];
  #open: OpenLot | undefined;
  #closed = 0;
  #lateSince: number | undefined;
  #waitMs = 0;

  constructor(api: Pick<ApiClient, 'get'>, sessionId: string, bidsOf: (lotId: string) => readonly BidAction[]) {
    this.#api = api;
    this.#sessionId = sessionId;
    this.#bidsOf = bidsOf;
  }

  /** When something is to be done or looked at here; undefined when the session is over. */
  get due(): Instant | undefined {
    if (!this.#open) return undefined;
    return Math.min(this.#open.closesAt, this.#open.bids[0]?.at ?? Infinity);
  }

  /** Hammers that were seen to fall. */
  get closed(): number {
    return this.#closed;
  }

  /** Real time to wait before the next look, because the hammer is late; 0 when it is not. */
  get waitMs(): number {
    return this.#waitMs;
  }

  /** Looks which lot is open now. Call it after the start, and when the clock has reached a close. */
  async look(): Promise<void> {
    const { lots } = await this.#api.get<{ lots: readonly LotJson[] }>(`/v1/lots?sessionId=${this.#sessionId}&phase=LOT_PHASE_OPEN&pageSize=1`);
    const lot = lots[0];
    if (this.#open && this.#open.lotId !== lot?.lotId) this.#closed++;
    if (!lot) {
      this.#open = undefined;
      return;
    }
    const closesAt = Date.parse(lot.closesAt);
    if (this.#open?.lotId === lot.lotId) {
      this.#open = { ...this.#open, closesAt };
      return;
    }
    const openedAt = Date.parse(lot.openedAt);
    this.#open = { lotId: lot.lotId, code: lot.code, closesAt, bids: this.#bidsOf(lot.lotId).map((bid) => ({ at: openedAt + bid.afterOpeningMs, bid })) };
  }

  /** Places what is due at `now`, one after the other, and looks again where the close may have moved or passed. */
  async act(now: Instant, caller: Pick<Caller, 'bid'>, currency: string): Promise<void> {
    while (this.#open) {
      const next = this.#open.bids[0];
      if (next && next.at <= now && now < this.#open.closesAt) {
        await caller.bid(next.bid, currency);
        this.#open = { ...this.#open, bids: this.#open.bids.slice(1) };
      } else if (now >= this.#open.closesAt) {
        const { lotId } = this.#open;
        await this.look();
        if (this.#open?.lotId === lotId && this.#open.closesAt <= now) return void this.#late(now);
        this.#lateSince = undefined;
        this.#waitMs = 0;
      } else return;
    }
  }

  /** The hammer has not fallen at the close: it is waited for, ever longer, but not for ever. */
  #late(now: Instant): void {
    this.#lateSince ??= performance.now();
    if (performance.now() - this.#lateSince > PATIENCE_MS) {
      const { code, closesAt } = this.#open!;
      throw new PlanBroken(`the hammer of ${code} has not fallen ${PATIENCE_MS / 1000} s after it was due: it closes at ${rfc3339(closesAt)}, business time is ${rfc3339(now)}`);
    }
    this.#waitMs = Math.min(Math.max(FIRST_WAIT_MS, this.#waitMs * 2), LONGEST_WAIT_MS);
  }
}
