import { refused } from '@naru/kernel/decision';
import type { Id } from '@naru/kernel/ids';
import { type BusinessDay, type Instant, businessDayOf, daysAfter } from '@naru/kernel/instant';
import { date } from '@naru/platform/database';
import type { Market } from '../market/market.js';
import type { Queries } from '../queries.js';
import type { Account } from './accounts.js';
import type { DayFigures, MarketDay } from './market-day.js';

const OPEN = 'insert into market_days (market_id, business_day) values ($1, $2::date) on conflict (market_id, business_day) do nothing';

/** Whether the day is open; it stays so until the commit. */
async function heldOpen(tx: Queries, marketId: Id, day: BusinessDay): Promise<boolean> {
  await tx.query(OPEN, [marketId, day]);
  const [row] = await tx.query<{ phase: string }>('select phase from market_days where market_id = $1 and business_day = $2::date for share', [marketId, day]);
  return row!.phase === 'open';
}

/** Keeps `day` open until the commit. Throws MARKET_DAY_CLOSED. */
export async function holdDay(tx: Queries, marketId: Id, day: BusinessDay): Promise<void> {
  if (!(await heldOpen(tx, marketId, day))) refused('MARKET_DAY_CLOSED', { businessDay: day });
}

/** The day that is posted to at `now`: today, or the first day after it that is not closed. It stays open until the commit. */
export async function holdPostingDay(tx: Queries, { marketId, timeZone }: Market, now: Instant): Promise<BusinessDay> {
  let day = businessDayOf(now, timeZone);
  while (!(await heldOpen(tx, marketId, day))) day = daysAfter(day, 1);
  return day;
}

/** Locks a day against all who post to it. */
export async function lockDay(tx: Queries, marketId: Id, day: BusinessDay): Promise<MarketDay> {
  await tx.query(OPEN, [marketId, day]);
  const [row] = await tx.query<{ phase: 'open' | 'closed'; closed_at: Instant | null }>('select phase, closed_at from market_days where market_id = $1 and business_day = $2::date for update', [marketId, day]);
  return { businessDay: day, phase: row!.phase, closedAt: row!.closed_at ?? undefined };
}

export async function findDay(queries: Queries, marketId: Id, day: BusinessDay): Promise<MarketDay> {
  const [row] = await queries.query<{ phase: 'open' | 'closed'; closed_at: Instant | null }>('select phase, closed_at from market_days where market_id = $1 and business_day = $2::date', [marketId, day]);
  return { businessDay: day, phase: row?.phase ?? 'open', closedAt: row?.closed_at ?? undefined };
}

export async function saveClosed(tx: Queries, marketId: Id, day: BusinessDay, figures: DayFigures, closedAt: Instant): Promise<void> {
  const { debits, credits, slips, notes, invoices } = figures;
  await tx.query(
    `update market_days set phase = 'closed', debits = $3, credits = $4, slips = $5, notes = $6, invoices = $7, closed_at = $8 where market_id = $1 and business_day = $2::date`,
    [marketId, day, debits, credits, slips, notes, invoices, date(closedAt)],
  );
}

const FIGURES = `
  select
    (select coalesce(sum(amount) filter (where amount > 0), 0)::bigint from postings p where p.market_id = $1 and p.business_day = $2::date) as debits,
    (select coalesce(-sum(amount) filter (where amount < 0), 0)::bigint from postings p where p.market_id = $1 and p.business_day = $2::date) as credits,
    (select count(*) from slips d where d.market_id = $1 and d.business_day = $2::date) as slips,
    (select count(*) from settlement_notes d where d.market_id = $1 and d.business_day = $2::date) as notes,
    (select count(*) from invoices d where d.market_id = $1 and d.business_day = $2::date) as invoices,
    (select count(*) from sessions s where s.market_id = $1 and s.business_day = $2::date and not exists (select from session_settlements t where t.session_id = s.session_id)
       and (s.phase <> 'prepared' or exists (select from lots l where l.session_id = s.session_id and l.phase = 'listed'))) as "sessionsOpen",
    (select count(*) from hammers h where h.market_id = $1 and h.business_day = $2::date and h.reason is null
       and (not exists (select from slips s where s.lot_id = h.lot_id)
         or exists (select from session_settlements t where t.session_id = h.session_id)
           and (not exists (select from document_lines d join settlement_notes n on n.note_id = d.document_id where d.lot_id = h.lot_id)
             or not exists (select from document_lines d join invoices i on i.invoice_id = d.document_id where d.lot_id = h.lot_id)))) as "documentsMissing"`;

/** What the day comes to as it stands. */
export async function figuresOf(queries: Queries, marketId: Id, day: BusinessDay): Promise<DayFigures> {
  const [row] = await queries.query<DayFigures>(FIGURES, [marketId, day]);
  return row!;
}

export interface AccountFigures {
  readonly account: Account;
  readonly debits: bigint;
  readonly credits: bigint;
}

/** What each account moved on the day. */
export async function accountsOf(queries: Queries, marketId: Id, day: BusinessDay): Promise<readonly AccountFigures[]> {
  return queries.query(
    `select account, coalesce(sum(amount) filter (where amount > 0), 0)::bigint as debits, coalesce(-sum(amount) filter (where amount < 0), 0)::bigint as credits
     from postings where market_id = $1 and business_day = $2::date group by account order by account collate "C"`,
    [marketId, day],
  );
}
