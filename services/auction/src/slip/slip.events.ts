import { SlipIssued } from '@naru/contracts/gen/naru/auction/v1/events';
import { type Occurred, occurred } from '@naru/platform/event';
import type { Market } from '../market/market.js';
import type { Slip } from './slip.js';

export function slipIssued(slip: Slip, lotCode: string, market: Market): Occurred {
  const { slipId, code, marketId, businessDay, sessionId, lotId, consignmentId, consignorOrganizationId, buyerOrganizationId, quantity } = slip;
  const money = (amount: bigint) => ({ currency: market.rules.currency, amount });
  const parties = { consignmentId, consignorOrganizationId, buyerOrganizationId };
  const sums = { quantity, price: money(slip.price), amount: money(slip.amount) };
  const origin = { correctsSlipId: slip.correctsSlipId ?? '', reason: slip.reason ?? '' };
  return occurred(SlipIssued, { slipId, code, marketId, marketCode: market.code, businessDay, sessionId, lotId, lotCode, ...parties, ...sums, ...origin }, slip.issuedAt);
}
