import { incrementAt, type PriceRules } from './limits.js';

/** A bid as the scenario means to place it. */
export interface PlannedBid {
  readonly organization: string;
  /** Minor units per trade unit. */
  readonly limit: bigint;
  /** Milliseconds after the lot opens. */
  readonly afterOpeningMs: number;
}

/** How a lot goes when its bids are placed in order. `low` are the bids that would be refused as too low. */
export interface Played {
  readonly price: bigint | undefined;
  readonly leader: string | undefined;
  readonly low: readonly PlannedBid[];
  readonly late: readonly PlannedBid[];
  /** Effective close, milliseconds after the opening. */
  readonly closesAfterMs: number;
}

export interface LotTerms extends PriceRules {
  readonly start: bigint;
  /** The price jumps to the reserve once the leader's limit makes it; 0 for none. */
  readonly reserve: bigint;
  readonly openMs: number;
  readonly softCloseWindowMs: number;
  readonly softCloseExtensionMs: number;
  readonly hardEndMs: number;
}

/**
 * Plays the bids of one lot by the ascending rule with proxies. It serves the making of the seed and the plan's expectation of times; the
 * auction's own core shares nothing with it.
 */
export function play(bids: readonly PlannedBid[], terms: LotTerms): Played {
  let closes = terms.openMs;
  let price: bigint | undefined;
  const standing = new Map<string, bigint>();
  const low: PlannedBid[] = [];
  const late: PlannedBid[] = [];
  let leader: string | undefined;
  for (const bid of bids) {
    if (bid.afterOpeningMs >= closes) {
      late.push(bid);
      continue;
    }
    const minimum = price === undefined ? terms.start : price + incrementAt(price, terms.increments);
    if (bid.limit < minimum || bid.limit % terms.bidUnit !== 0n) {
      low.push(bid);
      continue;
    }
    standing.set(bid.organization, bid.limit);
    const before = leader;
    leader = leader === undefined || bid.limit > standing.get(leader)! ? bid.organization : leader;
    price = priceOf(standing, leader, terms);
    if (leader !== before && bid.afterOpeningMs >= closes - terms.softCloseWindowMs) {
      closes = Math.max(closes, Math.min(bid.afterOpeningMs + terms.softCloseExtensionMs, terms.hardEndMs));
    }
  }
  return { price, leader, low, late, closesAfterMs: closes };
}

function priceOf(standing: ReadonlyMap<string, bigint>, leader: string, { start, reserve, increments }: LotTerms): bigint {
  const limit = standing.get(leader)!;
  const second = [...standing].filter(([organization]) => organization !== leader).map(([, other]) => other);
  const best = second.reduce<bigint>((most, other) => (other > most ? other : most), 0n);
  let price = best === 0n ? start : best + incrementAt(best, increments);
  if (price > limit) price = limit;
  return reserve > price && limit >= reserve ? reserve : price;
}
