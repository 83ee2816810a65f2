import type { Category } from '@naru/contracts/gen/naru/auction/v1/market_service';
import { type Decision, accept, refuse } from '@naru/kernel/decision';
import type { Id } from '@naru/kernel/ids';
import type { Instant } from '@naru/kernel/instant';
import type { Minor, Money } from '@naru/kernel/money';
import { incrementAt } from '../market/increments.js';
import type { MarketRules } from '../market/market.js';
import type { BidPlaced, Lot, LotEvent, OpenLot } from './lot.js';

/** The most that an organization will pay per trade unit, and when the service received it. */
export interface Bid {
  readonly organizationId: Id;
  readonly limit: Money;
  readonly stampedAt: Instant;
}

/** A bidder's admission to the market and its account there. Amounts in minor units. */
export interface Bidder {
  readonly categories: readonly Category[];
  readonly licensedUntil: Instant;
  readonly suspended: boolean;
  /** Version of the admission. */
  readonly admission: number;
  /** Whether it is an affiliate of the lot's consignor. */
  readonly affiliated: boolean;
  readonly deposit: Minor;
  readonly credit: Minor;
  /** Leading bids at their limit + won and unpaid, over all lots. */
  readonly exposure: Minor;
  /** Invoices past their due date. */
  readonly overdueInvoices: number;
}

type Refused = ReturnType<typeof refuse>;

/**
 * Ascending form with proxies: the house bids for each bidder up to its limit. A bid that does not take the lead is
 * accepted too: it is outbid at once. `bidder` is undefined for an organization that was never admitted.
 */
export function placeBid(lot: Lot, bid: Bid, bidder: Bidder | undefined, rules: MarketRules): Decision<BidPlaced> {
  if (lot.phase === 'sold' || lot.phase === 'passed') return refuse('BID_TOO_LATE');
  if (lot.phase !== 'open' || bid.stampedAt < lot.openedAt) return refuse('LOT_NOT_OPEN');
  if (bid.stampedAt >= lot.closesAt) return refuse('BID_TOO_LATE');
  if (!bidder) return refuse('BIDDER_NOT_ADMITTED');
  const refused = refuseBidder(lot, bid, bidder) ?? refuseAmount(lot, bid, rules) ?? refuseExposure(lot, bid, bidder);
  return refused ?? accept([placed(lot, bid, bidder, rules)]);
}

/** Who may not lead a lot (rule A8). */
function refuseBidder(lot: OpenLot, bid: Bid, bidder: Bidder): Refused | undefined {
  if (bidder.suspended) return refuse('BIDDER_SUSPENDED');
  if (bidder.overdueInvoices > 0) return refuse('BIDDER_OVERDUE');
  if (!bidder.categories.includes(lot.dossier.category) || bid.stampedAt >= bidder.licensedUntil) return refuse('BIDDER_NOT_LICENSED');
  if (bid.organizationId === lot.dossier.consignorOrganizationId || bidder.affiliated) return refuse('BIDDER_IS_CONSIGNOR');
  return undefined;
}

function refuseAmount(lot: OpenLot, bid: Bid, rules: MarketRules): Refused | undefined {
  if (bid.limit.currency !== rules.currency) return refuse('BID_CURRENCY', { currency: rules.currency });
  if (bid.limit.amount % rules.bidUnit !== 0n) return refuse('BID_NOT_IN_UNIT', { unit: String(rules.bidUnit) });
  const minimum = minimumBid(lot, rules, bid.organizationId);
  if (bid.limit.amount < minimum) return refuse('BID_TOO_LOW', { minimum: String(minimum) });
  return undefined;
}

/**
 * Rule A7. Asked of every bid as if it led: were only bids that take the lead asked, the answer would tell the leader's limit,
 * and a bidder without means could drive the price.
 */
function refuseExposure(lot: OpenLot, bid: Bid, bidder: Bidder): Refused | undefined {
  const { quantity } = lot.dossier;
  const held = lot.lead?.organizationId === bid.organizationId ? lot.lead.limit * quantity : 0n;
  const needed = bid.limit.amount * quantity;
  const free = bidder.deposit + bidder.credit - (bidder.exposure - held);
  return needed > free ? refuse('EXPOSURE_EXCEEDED', { needed: String(needed), free: String(free) }) : undefined;
}

/** The least limit that `organizationId` may bid: the leader must raise its own limit too. */
export function minimumBid(lot: OpenLot, rules: MarketRules, organizationId: Id): Minor {
  const { lead, listing } = lot;
  if (!lead) return listing.startPrice;
  const next = lead.price + incrementAt(rules.increments, lead.price);
  return lead.organizationId === organizationId ? max(next, lead.limit + rules.bidUnit) : next;
}

function placed(lot: OpenLot, bid: Bid, bidder: Bidder, rules: MarketRules): BidPlaced {
  const limit = bid.limit.amount;
  const { lead } = lot;
  const leading = !lead || limit > lead.limit; // of equal limits the earlier wins (rule A3)
  const leadChanged = leading && lead?.organizationId !== bid.organizationId;
  return {
    type: 'BidPlaced',
    sequence: lot.sequence + 1n,
    organizationId: bid.organizationId,
    limit,
    stampedAt: bid.stampedAt,
    leading,
    leadChanged,
    price: priceAfter(lot, bid, rules),
    closesAt: leadChanged ? closesAfter(lot, bid.stampedAt, rules) : lot.closesAt,
    admission: bidder.admission,
  };
}

/** One increment over the second limit, but no more than the first (rule A4); the reserve once the first limit reaches it (rule A14). */
function priceAfter(lot: OpenLot, bid: Bid, rules: MarketRules): Minor {
  const limit = bid.limit.amount;
  const { lead, listing, dossier } = lot;
  const first = lead ? max(lead.limit, limit) : limit;
  const contested = (): Minor => {
    if (!lead) return listing.startPrice;
    if (lead.organizationId === bid.organizationId) return lead.price; // nobody bids against himself
    const second = lead.limit < limit ? lead.limit : limit;
    return max(lead.price, min(first, second + incrementAt(rules.increments, second)));
  };
  const reserve = dossier.reservePrice;
  return reserve !== undefined && first >= reserve ? max(contested(), reserve) : contested();
}

/** Soft close: a bid that takes the lead within the window moves the close, never past the hard end (rule A5). */
function closesAfter(lot: OpenLot, stampedAt: Instant, rules: MarketRules): Instant {
  if (stampedAt < lot.closesAt - rules.softCloseWindowMs) return lot.closesAt;
  const extended = Math.min(stampedAt + rules.softCloseExtensionMs, lot.openedAt + rules.hardEndMs);
  return Math.max(lot.closesAt, extended);
}

/** A change of what a bidder is exposed to, minor units. */
export interface ExposureChange {
  readonly organizationId: Id;
  readonly by: Minor;
}

/**
 * What `event` does to exposure: a leading bid is held at its limit and released when it is outbid; at the hammer
 * the hold becomes the price, or nothing.
 */
export function exposureChanges(lot: Lot, event: LotEvent): readonly ExposureChange[] {
  if (lot.phase !== 'open') return [];
  const { lead } = lot;
  const { quantity } = lot.dossier;
  const released = lead ? [{ organizationId: lead.organizationId, by: -lead.limit * quantity }] : [];
  switch (event.type) {
    case 'BidPlaced':
      return event.leading ? [...released, { organizationId: event.organizationId, by: event.limit * quantity }] : [];
    case 'LotSold':
      return [...released, { organizationId: event.lead.organizationId, by: event.hammerAmount }];
    case 'LotPassed':
      return released;
    case 'GoodsReceived':
    case 'GoodsBarred':
    case 'LotListed':
    case 'LotWithdrawn':
    case 'LotOpened':
      return [];
  }
}

function max(a: Minor, b: Minor): Minor {
  return a > b ? a : b;
}

function min(a: Minor, b: Minor): Minor {
  return a < b ? a : b;
}
