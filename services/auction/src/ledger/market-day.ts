import { type Decision, accept, refuse } from '@naru/kernel/decision';
import type { BusinessDay, Instant } from '@naru/kernel/instant';
import type { Minor } from '@naru/kernel/money';

/** What a business day of a market comes to. Minor units. */
export interface DayFigures {
  readonly debits: Minor;
  readonly credits: Minor;
  readonly slips: bigint;
  readonly notes: bigint;
  readonly invoices: bigint;
  /** Sessions of the day that are not closed and settled. */
  readonly sessionsOpen: bigint;
  /** Sold lots without a slip, or without a note or an invoice that holds. */
  readonly documentsMissing: bigint;
}

export interface MarketDay {
  readonly businessDay: BusinessDay;
  readonly phase: 'open' | 'closed';
  readonly closedAt: Instant | undefined;
}

export interface MarketDayClosed {
  readonly type: 'MarketDayClosed';
  readonly closedAt: Instant;
}

/** Closes a day whose debits equal its credits and whose documents are all there (rule A16); a closed day stays as it is. */
export function closeMarketDay(day: MarketDay, figures: DayFigures, today: BusinessDay, now: Instant): Decision<MarketDayClosed> {
  const { businessDay, phase } = day;
  if (businessDay > today) return refuse('MARKET_DAY_TO_COME', { businessDay });
  if (phase === 'closed') return refuse('MARKET_DAY_CLOSED', { businessDay });
  const { debits, credits, sessionsOpen, documentsMissing } = figures;
  if (debits !== credits || sessionsOpen > 0n || documentsMissing > 0n) {
    return refuse('MARKET_DAY_NOT_BALANCED', { sessionsOpen: String(sessionsOpen), documentsMissing: String(documentsMissing), debits: String(debits), credits: String(credits) });
  }
  return accept([{ type: 'MarketDayClosed', closedAt: now }]);
}
