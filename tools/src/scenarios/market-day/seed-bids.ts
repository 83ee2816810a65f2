import type { Category } from '@naru/contracts/gen/naru/auction/v1/market_service';
import type { Draw } from './draw.js';
import { limitsFor, type Limits } from './limits.js';
import type { MarketRules } from './market.js';
import { BIDDERS } from './parties.js';
import { play, type LotTerms, type PlannedBid } from './proxy.js';

/** What the bidding of one lot has to bring about. */
export interface LotToSell {
  readonly real: bigint;
  readonly start: bigint;
  /** 0 for none. */
  readonly reserve: bigint;
  readonly category: Category;
  readonly consignor: string;
}

/** The terms of a lot under a market's rules. */
export function termsOf({ start, reserve }: { readonly start: bigint; readonly reserve: bigint }, rules: MarketRules): LotTerms {
  return {
    start,
    reserve,
    increments: rules.increments,
    bidUnit: rules.bidUnit,
    openMs: Number(rules.lotOpenMs),
    softCloseWindowMs: Number(rules.softCloseWindowMs),
    softCloseExtensionMs: Number(rules.softCloseExtensionMs),
    hardEndMs: Number(rules.hardEndMs),
  };
}

/** A share of an amount, rounded down to the bid unit. */
export function share(amount: bigint, percent: number, unit: bigint): bigint {
  return (amount * BigInt(percent)) / 100n / unit * unit;
}

/**
 * Bids under which the lot comes out at its real price: the winner's and the runner-up's by `limitsFor`, and up to three lower ones for life.
 * Each is high enough at its moment, whether or not the price jumps to the reserve.
 */
export function planBidding(lot: LotToSell, rules: MarketRules, draw: Draw): { readonly bids: readonly PlannedBid[]; readonly limits: Limits } {
  const limits = limitsFor(lot.real, lot.start, rules, BigInt(draw.whole(1, 4)));
  const able = BIDDERS.filter(({ idle, affiliateOf, categories }) => !idle && affiliateOf !== lot.consignor && categories.includes(lot.category));
  const [winner, runnerUp, ...others] = draw.some(able, 5);
  if (!winner || !runnerUp) throw new RangeError(`fewer than two bidders may buy ${lot.category} of ${lot.consignor}`);
  // equal limits: the earlier bid wins, so the winner goes first
  const winnerFirst = limits.kind === 'equal' || draw.chance(40);
  const last = [{ organization: winner.key, limit: limits.winner }, { organization: runnerUp.key, limit: limits.runnerUp }];
  const decisive = winnerFirst ? last : last.toReversed();
  const losers = others.slice(0, draw.whole(0, 3))
    .map(({ key }) => ({ organization: key, limit: lot.start + share(limits.runnerUp - lot.start, draw.whole(5, 70), rules.bidUnit) }))
    .sort((a, b) => (a.limit < b.limit ? -1 : 1));
  const instants = instantsOf(losers.length, !winnerFirst && draw.chance(25), Number(rules.lotOpenMs), draw);
  const place = (some: readonly { organization: string; limit: bigint }[]): PlannedBid[] =>
    [...some, ...decisive].map((bid, i, all) => ({ ...bid, afterOpeningMs: instants[i + instants.length - all.length]! }));

  for (let kept = losers; ; kept = kept.slice(1)) {
    const bids = place(kept);
    if (comesOut(bids, lot, winner.key, rules)) return { bids, limits };
    if (kept.length === 0) throw new RangeError(`no bids bring out ${lot.real} from ${lot.start}`);
  }
}

function comesOut(bids: readonly PlannedBid[], lot: LotToSell, winner: string, rules: MarketRules): boolean {
  return [lot.reserve, 0n].every((reserve) => {
    const played = play(bids, termsOf({ start: lot.start, reserve }, rules));
    return played.low.length === 0 && played.late.length === 0 && played.price === lot.real && played.leader === winner;
  });
}

/** Milliseconds after the opening, ascending. In a race the runner-up leads within the soft-close window and the winner answers after the first close. */
function instantsOf(losers: number, race: boolean, openMs: number, draw: Draw): readonly number[] {
  const early = Array.from({ length: losers + (race ? 0 : 2) }, () => draw.whole(20, 580) * (openMs / 600)).sort((a, b) => a - b);
  const apart = early.map((at, i) => Math.round(at * 0.8) + i * 200);
  if (!race) return draw.chance(20) ? [...apart.slice(0, -1), openMs - draw.whole(5, 90) * 100] : apart;
  const runnerUp = openMs - draw.whole(10, 90) * 100;
  return [...apart, runnerUp, Math.max(openMs + 100, runnerUp + draw.whole(20, 95) * 100)];
}
