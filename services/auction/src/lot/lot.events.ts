import type { Goods } from '@naru/contracts/gen/naru/auction/v1/consignment_service';
import { BidPlaced as BidPlacedMessage, LotListed, LotOpened, LotPassed, LotSold, LotWithdrawn } from '@naru/contracts/gen/naru/auction/v1/events';
import type { Instant } from '@naru/kernel/instant';
import { type Occurred, occurred } from '@naru/platform/event';
import type { Market } from '../market/market.js';
import type { BidPlaced, Lot, OpenLot } from './lot.js';

/** The core's events as they are published. Limits and bidders' names are never among them. */

function commonOf({ dossier }: Lot, market: Market) {
  return { lotId: dossier.lotId, code: dossier.code, marketId: market.marketId, marketCode: market.code };
}

export function bidPlaced(lot: OpenLot, bid: BidPlaced, market: Market): Occurred {
  const { lotId, code, marketCode } = commonOf(lot, market);
  const price = { currency: market.rules.currency, amount: bid.price };
  return occurred(BidPlacedMessage, { lotId, code, marketCode, sequence: bid.sequence, price, leadChanged: bid.leadChanged, closesAt: new Date(bid.closesAt) }, bid.stampedAt);
}

export function lotListed(lot: Extract<Lot, { phase: 'listed' }>, market: Market, now: Instant): Occurred {
  const { sessionId, position, startPrice } = lot.listing;
  return occurred(LotListed, { ...commonOf(lot, market), sessionId, position, startPrice: { currency: market.rules.currency, amount: startPrice } }, now);
}

export function lotWithdrawn(lot: Extract<Lot, { phase: 'withdrawn' }>, market: Market, now: Instant): Occurred {
  const { lotId, code, marketCode } = commonOf(lot, market);
  return occurred(LotWithdrawn, { lotId, code, marketCode, reason: lot.reason }, now);
}

export function lotOpened(lot: OpenLot, goods: Goods, market: Market): Occurred {
  const startPrice = { currency: market.rules.currency, amount: lot.listing.startPrice };
  return occurred(LotOpened, { ...commonOf(lot, market), goods, quantity: lot.dossier.quantity, startPrice, closesAt: new Date(lot.closesAt) }, lot.openedAt);
}

/** The outcome of the hammer. */
export function lotClosed(lot: Extract<Lot, { phase: 'sold' | 'passed' }>, goods: Goods, market: Market): Occurred {
  const { consignmentId, consignorOrganizationId, quantity } = lot.dossier;
  const common = { ...commonOf(lot, market), sessionId: lot.listing.sessionId, consignmentId, goods };
  if (lot.phase === 'passed') return occurred(LotPassed, { ...common, reason: lot.reason }, lot.closedAt);
  const money = (amount: bigint) => ({ currency: market.rules.currency, amount });
  const { organizationId, price } = lot.lead;
  return occurred(
    LotSold,
    { ...common, consignorOrganizationId, buyerOrganizationId: organizationId, quantity, price: money(price), hammerAmount: money(quantity * price), bids: lot.sequence },
    lot.closedAt,
  );
}
