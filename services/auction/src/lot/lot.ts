import type { Category } from '@naru/contracts/gen/naru/auction/v1/market_service';
import { type Decision, accept, refuse } from '@naru/kernel/decision';
import type { Id } from '@naru/kernel/ids';
import type { Instant } from '@naru/kernel/instant';
import type { Minor } from '@naru/kernel/money';
import type { MarketRules } from '../market/market.js';

/** What is sold, for whom and on whose terms. Frozen when the lot opens (rule A15). */
export interface Dossier {
  readonly lotId: Id;
  readonly code: string;
  readonly marketId: Id;
  readonly consignmentId: Id;
  readonly consignorOrganizationId: Id;
  readonly operatorOrganizationId: Id;
  readonly category: Category;
  /** Trade units for sale: announced, then as counted. */
  readonly quantity: bigint;
  readonly weighedGrams: bigint;
  /** The consignor's written minimum per trade unit, minor units (rule A14). */
  readonly reservePrice: Minor | undefined;
}

/** A lot's place in a session. */
export interface Listing {
  readonly sessionId: Id;
  /** From 1, in order of consignment. */
  readonly position: number;
  readonly startPrice: Minor;
}

/** Who leads, up to which limit, and the price as it stands. Minor units per trade unit. */
export interface Lead {
  readonly organizationId: Id;
  readonly limit: Minor;
  readonly price: Minor;
}

export interface OpenLot {
  readonly phase: 'open';
  readonly dossier: Dossier;
  readonly listing: Listing;
  readonly openedAt: Instant;
  /** Effective close. */
  readonly closesAt: Instant;
  /** Bids accepted so far: the sequence of the last one (rule A2). */
  readonly sequence: bigint;
  readonly lead: Lead | undefined;
}

/** A lot after its hammer. */
interface ClosedLot extends Omit<OpenLot, 'phase'> {
  readonly closedAt: Instant;
}

export type PassReason = 'NO_BID' | 'RESERVE_NOT_MET';

export type Lot =
  | { readonly phase: 'waiting'; readonly dossier: Dossier }
  | { readonly phase: 'received'; readonly dossier: Dossier }
  | { readonly phase: 'listed'; readonly dossier: Dossier; readonly listing: Listing }
  | OpenLot
  | (ClosedLot & { readonly phase: 'sold'; readonly lead: Lead })
  | (ClosedLot & { readonly phase: 'passed'; readonly reason: PassReason })
  | { readonly phase: 'withdrawn'; readonly dossier: Dossier; readonly listing: Listing | undefined; readonly reason: string }
  | { readonly phase: 'barred'; readonly dossier: Dossier };

export type LotPhase = Lot['phase'];

export interface BidPlaced {
  readonly type: 'BidPlaced';
  readonly sequence: bigint;
  readonly organizationId: Id;
  readonly limit: Minor;
  readonly stampedAt: Instant;
  /** Whether the bidder leads after it. */
  readonly leading: boolean;
  /** Whether the lead changed hands. */
  readonly leadChanged: boolean;
  /** The price after it. */
  readonly price: Minor;
  /** The effective close after it. */
  readonly closesAt: Instant;
  /** The version of the bidder's admission that it was decided under (rule A8). */
  readonly admission: number;
}

export type LotEvent =
  | { readonly type: 'GoodsReceived'; readonly counted: bigint; readonly weighedGrams: bigint }
  | { readonly type: 'GoodsBarred' }
  | { readonly type: 'LotListed'; readonly listing: Listing }
  | { readonly type: 'LotWithdrawn'; readonly reason: string }
  | { readonly type: 'LotOpened'; readonly openedAt: Instant; readonly closesAt: Instant }
  | BidPlaced
  | { readonly type: 'LotSold'; readonly closedAt: Instant; readonly lead: Lead; readonly hammerAmount: Minor }
  | { readonly type: 'LotPassed'; readonly closedAt: Instant; readonly reason: PassReason };

/** The goods of a waiting lot are in the centre: what was counted is what is sold. A fact that comes too late changes nothing. */
export function receiveGoods(lot: Lot, goods: { readonly counted: bigint; readonly weighedGrams: bigint }): Decision<LotEvent> {
  if (lot.phase !== 'waiting') return accept([]);
  return accept(goods.counted > 0n ? [{ type: 'GoodsReceived', ...goods }] : [{ type: 'GoodsBarred' }]);
}

/** The centre sent the goods back. A fact that comes too late changes nothing. */
export function barGoods(lot: Lot): Decision<LotEvent> {
  return accept(lot.phase === 'waiting' ? [{ type: 'GoodsBarred' }] : []);
}

/** Puts a received lot into a session with its start price. */
export function listLot(lot: Lot, listing: Listing, rules: MarketRules): Decision<LotEvent> {
  if (lot.phase === 'waiting') return refuse('LOT_NOT_RECEIVED');
  if (lot.phase !== 'received') return refuse('LOT_NOT_LISTABLE', { phase: lot.phase });
  if (listing.startPrice % rules.bidUnit !== 0n) return refuse('PRICE_NOT_IN_UNIT', { unit: String(rules.bidUnit) });
  return accept([{ type: 'LotListed', listing }]);
}

/** Takes a lot out of sale; once it is open the hammer alone ends it. */
export function withdrawLot(lot: Lot, reason: string): Decision<LotEvent> {
  switch (lot.phase) {
    case 'waiting':
    case 'received':
    case 'listed':
      return accept([{ type: 'LotWithdrawn', reason }]);
    case 'open':
    case 'sold':
    case 'passed':
    case 'withdrawn':
    case 'barred':
      return refuse('LOT_NOT_WITHDRAWABLE', { phase: lot.phase });
  }
}

/** Opens a listed lot for bids. */
export function openLot(lot: Lot, rules: MarketRules, now: Instant): Decision<LotEvent> {
  if (lot.phase !== 'listed') return refuse('LOT_NOT_LISTABLE', { phase: lot.phase });
  return accept([{ type: 'LotOpened', openedAt: now, closesAt: now + rules.lotOpenMs }]);
}

/**
 * The hammer: sold to the leader when its limit reaches the reserve, else passed (rule A14). Before the effective close,
 * and on a lot that is closed already, nothing happens: whoever calls may call again (rule A5).
 */
export function closeLot(lot: Lot, now: Instant): Decision<LotEvent> {
  if (lot.phase !== 'open' || now < lot.closesAt) return accept([]);
  const { lead, dossier } = lot;
  if (!lead) return accept([{ type: 'LotPassed', closedAt: now, reason: 'NO_BID' }]);
  if (lead.limit < (dossier.reservePrice ?? 0n)) return accept([{ type: 'LotPassed', closedAt: now, reason: 'RESERVE_NOT_MET' }]);
  return accept([{ type: 'LotSold', closedAt: now, lead, hammerAmount: dossier.quantity * lead.price }]);
}

/** The lot after `event`. */
export function evolve(lot: Lot, event: LotEvent): Lot {
  switch (event.type) {
    case 'GoodsReceived':
      return { phase: 'received', dossier: { ...lot.dossier, quantity: event.counted, weighedGrams: event.weighedGrams } };
    case 'GoodsBarred':
      return { phase: 'barred', dossier: lot.dossier };
    case 'LotListed':
      return { phase: 'listed', dossier: lot.dossier, listing: event.listing };
    case 'LotWithdrawn':
      return { phase: 'withdrawn', dossier: lot.dossier, listing: 'listing' in lot ? lot.listing : undefined, reason: event.reason };
    case 'LotOpened':
      return { phase: 'open', ...listed(lot), openedAt: event.openedAt, closesAt: event.closesAt, sequence: 0n, lead: undefined };
    case 'BidPlaced': {
      const before = open(lot);
      const lead = event.leading ? { organizationId: event.organizationId, limit: event.limit, price: event.price } : { ...before.lead!, price: event.price };
      return { ...before, sequence: event.sequence, closesAt: event.closesAt, lead };
    }
    case 'LotSold':
      return { ...open(lot), phase: 'sold', closedAt: event.closedAt, lead: event.lead };
    case 'LotPassed':
      return { ...open(lot), phase: 'passed', closedAt: event.closedAt, reason: event.reason };
  }
}

function listed(lot: Lot): { readonly dossier: Dossier; readonly listing: Listing } {
  if (lot.phase !== 'listed') throw new Error(`lot ${lot.dossier.lotId} is ${lot.phase}, not listed`);
  return { dossier: lot.dossier, listing: lot.listing };
}

function open(lot: Lot): OpenLot {
  if (lot.phase !== 'open') throw new Error(`lot ${lot.dossier.lotId} is ${lot.phase}, not open`);
  return lot;
}
