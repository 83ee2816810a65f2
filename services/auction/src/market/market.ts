import type { Category } from '@naru/contracts/gen/naru/auction/v1/market_service';
import { type Decision, accept, refuse } from '@naru/kernel/decision';
import type { Id } from '@naru/kernel/ids';
import { isTimeZone } from '@naru/kernel/instant';
import { type Minor, exponentOf } from '@naru/kernel/money';
import { type IncrementBand, areIncrements } from './increments.js';

/** The law's cap on consignment commission in one category, flat part included (농안법 시행규칙 제39조). */
export interface CommissionCap {
  readonly category: Category;
  readonly perMille: number;
}

/** The rules that a market sells by: data, never constants. Amounts in minor units, spans in milliseconds of business time. */
export interface MarketRules {
  readonly currency: string;
  readonly bidUnit: Minor;
  readonly increments: readonly IncrementBand[];
  readonly lotOpenMs: number;
  readonly softCloseWindowMs: number;
  readonly softCloseExtensionMs: number;
  readonly hardEndMs: number;
  readonly commissionCaps: readonly CommissionCap[];
  readonly source: string;
}

export interface Market {
  readonly marketId: Id;
  readonly code: string;
  readonly name: string;
  readonly operatorOrganizationId: Id;
  readonly timeZone: string;
  readonly rules: MarketRules;
}

export interface MarketCreated {
  readonly type: 'MarketCreated';
  readonly market: Market;
}

/** Opens a market, once its rules hold together. */
export function createMarket(market: Market): Decision<MarketCreated> {
  const { timeZone, rules } = market;
  if (!isTimeZone(timeZone)) return refuse('TIME_ZONE_UNKNOWN', { timeZone });
  if (!isCurrency(rules.currency)) return refuse('CURRENCY_UNKNOWN', { currency: rules.currency });
  if (!areIncrements(rules.increments, rules.bidUnit)) return refuse('INCREMENTS_INVALID');
  if (rules.hardEndMs < rules.lotOpenMs) return refuse('HARD_END_TOO_EARLY');
  if (new Set(rules.commissionCaps.map((cap) => cap.category)).size < rules.commissionCaps.length) return refuse('COMMISSION_CAPS_REPEATED');
  return accept([{ type: 'MarketCreated', market }]);
}

function isCurrency(currency: string): boolean {
  try {
    exponentOf(currency);
    return true;
  } catch {
    return false;
  }
}
