import type { Goods } from '@naru/contracts/gen/naru/auction/v1/consignment_service';
import { type Decision, accept, refuse } from '@naru/kernel/decision';
import type { Id } from '@naru/kernel/ids';
import type { Minor } from '@naru/kernel/money';
import type { Market } from '../market/market.js';

/** What a consignor announces. Reserve in minor units per trade unit. */
export interface Announcement {
  readonly marketId: Id;
  readonly goods: Goods;
  /** Trade units. */
  readonly quantity: bigint;
  readonly reservePrice: Minor | undefined;
  /** Not packed to standard: the consignor bears the handling. */
  readonly loose: boolean;
}

export type ConsignmentPhase = 'announced' | 'received' | 'refused';

export interface ConsignmentAnnounced {
  readonly type: 'ConsignmentAnnounced';
  readonly announcement: Announcement;
}

/** Whether a market takes the goods to be sold; `market` is undefined for an id that names none. */
export function registerConsignment(announcement: Announcement, market: Market | undefined): Decision<ConsignmentAnnounced> {
  if (!market) return refuse('NOT_FOUND');
  const { goods, reservePrice } = announcement;
  const { bidUnit } = market.rules;
  if (goods.item.trim() === '' || goods.itemCode.trim() === '') return refuse('GOODS_REFUSED', { reason: 'the item has no name or no code' });
  if (reservePrice !== undefined && reservePrice % bidUnit !== 0n) return refuse('PRICE_NOT_IN_UNIT', { unit: String(bidUnit) });
  return accept([{ type: 'ConsignmentAnnounced', announcement }]);
}
