import { type Decision, accept, refuse } from '@naru/kernel/decision';
import type { Id } from '@naru/kernel/ids';
import type { BusinessDay, Instant } from '@naru/kernel/instant';
import type { Minor } from '@naru/kernel/money';

/** What a sale slip (판매원표) says; it never changes. Price in minor units per trade unit. */
export interface Slip {
  readonly slipId: Id;
  readonly code: string;
  readonly number: bigint;
  readonly marketId: Id;
  readonly businessDay: BusinessDay;
  readonly sessionId: Id;
  readonly lotId: Id;
  readonly consignmentId: Id;
  readonly operatorOrganizationId: Id;
  readonly consignorOrganizationId: Id;
  readonly buyerOrganizationId: Id;
  readonly quantity: bigint;
  readonly price: Minor;
  readonly amount: Minor;
  readonly issuedAt: Instant;
  readonly correctsSlipId: Id | undefined;
  readonly reason: string | undefined;
}

/** A slip with what it was about and what became of it. */
export interface SlipView extends Slip {
  readonly lotCode: string;
  readonly item: string;
  readonly variety: string;
  readonly grade: string;
  readonly origin: string;
  readonly tradeUnit: string;
  readonly correctedBySlipId: Id | undefined;
  readonly correctedByCode: string | undefined;
}

/** A slip that has no number yet. */
export type UnnumberedSlip = Omit<Slip, 'code' | 'number'>;

/** What a slip should have said; 0 where it said right. */
export interface SlipCorrection {
  readonly price: Minor;
  readonly quantity: bigint;
}

/** What bounds a correction: the consignor's written minimum, and what was for sale. */
export interface SlipBounds {
  readonly reservePrice: Minor | undefined;
  readonly quantity: bigint;
}

export interface SlipCorrected {
  readonly type: 'SlipCorrected';
  readonly price: Minor;
  readonly quantity: bigint;
  readonly amount: Minor;
}

/** Corrects a slip that holds: not below the reserve (rule A14), not above what was for sale. */
export function correctSlip(slip: Slip, correctedBy: string | undefined, correction: SlipCorrection, bounds: SlipBounds): Decision<SlipCorrected> {
  if (correctedBy !== undefined) return refuse('DOCUMENT_REPLACED', { current: correctedBy });
  const price = correction.price === 0n ? slip.price : correction.price;
  const quantity = correction.quantity === 0n ? slip.quantity : correction.quantity;
  if (price === slip.price && quantity === slip.quantity) return refuse('CORRECTION_EMPTY');
  if (price < (bounds.reservePrice ?? 0n)) return refuse('PRICE_BELOW_RESERVE', { reserve: String(bounds.reservePrice) });
  if (quantity > bounds.quantity) return refuse('QUANTITY_ABOVE_LOT', { quantity: String(bounds.quantity) });
  return accept([{ type: 'SlipCorrected', price, quantity, amount: price * quantity }]);
}
