import { type Decision, refuse } from '@naru/kernel/decision';
import type { Id } from '@naru/kernel/ids';
import type { Instant } from '@naru/kernel/instant';
import type { Minor } from '@naru/kernel/money';
import type { MarketRules } from '../market/market.js';
import type { Viewer } from '../viewer.js';
import { type Bid, type Bidder, exposureChanges, placeBid } from './bidding.js';
import { type Lot, type LotEvent, closeLot, evolve } from './lot.js';
import { isSeenBy } from './visibility.js';

export type LotCommand = { readonly type: 'placeBid'; readonly bid: Bid; readonly viewer: Viewer } | { readonly type: 'closeLot' };

export interface BatchDecision {
  /** One per command. */
  readonly decisions: readonly Decision<LotEvent>[];
  /** The lot after all of them. */
  readonly lot: Lot;
  /** What the accounts that changed are exposed to, minor units. */
  readonly exposures: ReadonlyMap<Id, Minor>;
}

/** Decides commands on one lot in their order, each on what the ones before it left. */
export function decideBatch(before: Lot, commands: readonly LotCommand[], accounts: ReadonlyMap<Id, Bidder>, rules: MarketRules, now: Instant): BatchDecision {
  const exposures = new Map<Id, Minor>();
  let lot = before;
  const decisions = commands.map((command) => {
    const decision = decide(lot, command, withExposure(accounts, exposures), rules, now);
    if (decision.accepted) {
      for (const event of decision.events) {
        for (const { organizationId, by } of exposureChanges(lot, event)) exposures.set(organizationId, exposureOf(accounts, exposures, organizationId) + by);
        lot = evolve(lot, event);
      }
    }
    return decision;
  });
  return { decisions, lot, exposures };
}

function decide(lot: Lot, command: LotCommand, bidderOf: (organizationId: Id) => Bidder | undefined, rules: MarketRules, now: Instant): Decision<LotEvent> {
  switch (command.type) {
    case 'placeBid':
      return isSeenBy(lot, command.viewer) ? placeBid(lot, command.bid, bidderOf(command.bid.organizationId), rules) : refuse('NOT_FOUND');
    case 'closeLot':
      return closeLot(lot, now);
  }
}

function exposureOf(accounts: ReadonlyMap<Id, Bidder>, exposures: ReadonlyMap<Id, Minor>, organizationId: Id): Minor {
  return exposures.get(organizationId) ?? accounts.get(organizationId)!.exposure;
}

function withExposure(accounts: ReadonlyMap<Id, Bidder>, exposures: ReadonlyMap<Id, Minor>): (organizationId: Id) => Bidder | undefined {
  return (organizationId) => {
    const bidder = accounts.get(organizationId);
    const exposure = exposures.get(organizationId);
    return bidder && exposure !== undefined ? { ...bidder, exposure } : bidder;
  };
}
