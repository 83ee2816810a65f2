import type { Instant } from '@naru/kernel/instant';
import type { ApiClient } from '../../api/client.js';
import type { BidAction } from '../market-day/actions.js';
import type { Caller } from './caller.js';

interface OpenLot {
  readonly lotId: string;
  readonly closesAt: Instant;
  /** Bids still to be placed, in order of time. */
  readonly bids: readonly { readonly at: Instant; readonly bid: BidAction }[];
}

interface LotJson {
  readonly lotId: string;
  readonly openedAt: string;
  readonly closesAt: string;
}

/** What a bidder in the hall sees of one running session: the lot that is open, until when, and what it means to bid on it. */
export class Hall {
  readonly #api: ApiClient;
  readonly #sessionId: string;
  readonly #bidsOf: (lotId: string) => readonly BidAction[];
  #open: OpenLot | undefined;

  constructor(api: ApiClient, sessionId: string, bidsOf: (lotId: string) => readonly BidAction[]) {
    this.#api = api;
    this.#sessionId = sessionId;
    this.#bidsOf = bidsOf;
  }

  /** When something is to be done or looked at here; undefined when the session is over. */
  get due(): Instant | undefined {
    if (!this.#open) return undefined;
    return Math.min(this.#open.closesAt, this.#open.bids[0]?.at ?? Infinity);
  }

  /** Looks which lot is open now. Call it after the start, and when the clock has reached a close. */
  async look(): Promise<void> {
    const { lots } = await this.#api.get<{ lots: readonly LotJson[] }>(`/v1/lots?sessionId=${this.#sessionId}&phase=LOT_PHASE_OPEN&pageSize=1`);
    const lot = lots[0];
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
    this.#open = { lotId: lot.lotId, closesAt, bids: this.#bidsOf(lot.lotId).map((bid) => ({ at: openedAt + bid.afterOpeningMs, bid })) };
  }

  /** Places what is due at `now`, one after the other, and looks again where the close may have moved or passed. */
  async act(now: Instant, caller: Caller, currency: string): Promise<void> {
    while (this.#open) {
      const next = this.#open.bids[0];
      if (next && next.at <= now && now < this.#open.closesAt) {
        await caller.bid(next.bid, currency);
        this.#open = { ...this.#open, bids: this.#open.bids.slice(1) };
      } else if (now >= this.#open.closesAt) {
        const before = this.#open;
        await this.look();
        if (this.#open === before || (this.#open?.lotId === before.lotId && this.#open.closesAt <= now)) return; // the hammer has not fallen yet
      } else return;
    }
  }
}
