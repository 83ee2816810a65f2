import { Category } from '@naru/contracts/gen/naru/auction/v1/market_service';
import type { Bidder } from '../lot/bidding.js';
import type { Dossier, OpenLot } from '../lot/lot.js';
import type { MarketRules } from '../market/market.js';

/** What the specs of the cores start from. */

export const OPENED = 1_655_930_000_000;

export const RULES: MarketRules = {
  currency: 'KRW',
  bidUnit: 100n,
  increments: [
    { fromAmount: 0n, increment: 100n },
    { fromAmount: 10_000n, increment: 500n },
  ],
  lotOpenMs: 60_000,
  softCloseWindowMs: 10_000,
  softCloseExtensionMs: 20_000,
  hardEndMs: 90_000,
  commissionCaps: [],
  source: 'illustrative',
};

export const DOSSIER: Dossier = {
  lotId: 'lot',
  code: 'LOT-20220623-0001',
  marketId: 'market',
  consignmentId: 'consignment',
  consignorOrganizationId: 'farm',
  operatorOrganizationId: 'garak',
  category: Category.FRUIT_AND_VEGETABLE,
  quantity: 10n,
  weighedGrams: 100_000n,
  reservePrice: undefined,
};

export const LISTING = { sessionId: 'session', position: 1, startPrice: 6_000n } as const;

export const OPEN: OpenLot = { phase: 'open', dossier: DOSSIER, listing: LISTING, openedAt: OPENED, closesAt: OPENED + 60_000, sequence: 0n, lead: undefined };

export const BIDDER: Bidder = {
  categories: [Category.FRUIT_AND_VEGETABLE],
  licensedUntil: OPENED + 1_000_000_000,
  suspended: false,
  admission: 1,
  affiliated: false,
  deposit: 1_000_000n,
  credit: 9_000_000n,
  exposure: 0n,
  overdueInvoices: 0,
};
